import { stringify } from 'flatted';

import type { Evidence } from './evidence';

export interface SecrecyVerdict {
	readonly keysOutside: number;
	readonly problems: readonly string[];
}

/** No answer of a cell that is kept whole is smaller, no run without one is larger. */
const longestExecutionData = 100_000;

/** Where the key was seen, and what else of a vendor's answer is not to be kept. */
export function judgeSecrecy({ stage, log }: Evidence): SecrecyVerdict {
	const { apiKey, sandbox, runs } = stage;
	const places = sandbox.ledger.leakedKeys.map(({ where, detail }) => `${where}: ${detail}`);
	const problems: string[] = [];
	for (const { run, error } of runs) {
		// As n8n writes an execution into its database.
		const saved = stringify(run.data);
		const thrown = [error?.message, error?.description, error?.stack].join('\n');
		if (saved.includes(apiKey)) places.push('the saved execution');
		if (thrown.includes(apiKey)) places.push('the error');
		if (/Bearer [^…]/.test(saved + thrown)) problems.push('a header with a key was kept');
		if (saved.length > longestExecutionData) {
			problems.push(`the saved execution has ${saved.length} characters`);
		}
	}
	if (log.holdsKey(apiKey)) places.push("n8n's log");
	return {
		keysOutside: places.length,
		problems: [...problems, ...places.map((place) => `the key was seen outside: ${place}`)],
	};
}
