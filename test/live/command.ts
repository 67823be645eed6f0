import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { parseHttpUrl } from '../../nodes/NanoBanana/core/urls';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { saveFixtures } from './fixtures';
import { compareFields, judge } from './judge';
import { defaultBaseUrl } from './keyTest';
import { formatFields, formatJudgements } from './report';
import { runCheck } from './run';
import { keyCutter } from './secrets';
import { liveVendors } from './vendors';

export interface CommandOptions {
	readonly parameters: readonly string[];
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly print: (line: string) => void;
	/** For tests; 0 leaves it to the schedule of the node. */
	readonly pollIntervalMs?: number;
	readonly timeoutMs?: number;
}

const usage = `Checks with a real key whether a vendor still answers as this package takes for granted.

  npm run check:vendor -- <vendor> [--spend] [--save <folder>]

  <vendor>         ${liveVendors.map(({ id }) => id).join(', ')}
  --spend          also buys one 1K image, waits for it and downloads it.
                   Without it nothing is spent.
  --save <folder>  saves the answers as fixtures, without keys, ids, signatures and
                   e-mail addresses, and the picture

  NANO_BANANA_API_KEY    the key (never give it as a parameter: it would stay in the history)
  NANO_BANANA_BASE_URL   another base URL; default is the vendor's own

It sends a few requests that cost nothing: that of the credential's test, the same with a made-up
key, a poll of a task that does not exist and, where the vendor has it, the balance and the cancel of
a task that does not exist.
Exit code 0: everything that was seen held. 1: an assumption did not hold, the key was refused, or
the check could not come to its end.`;

/** Runs the command and answers with its exit code. The key is in nothing that it prints or saves. */
export async function checkVendor(options: CommandOptions): Promise<number> {
	const parsed = readParameters(options);
	if (typeof parsed === 'string') {
		if (parsed !== '') options.print(`${parsed}\n`);
		options.print(usage);
		return options.parameters.includes('--help') ? 0 : 1;
	}
	const { vendor, live, apiKey, baseUrl, spend, saveFolder } = parsed;
	const cut = keyCutter(apiKey);
	const say = (line: string): void => {
		options.print(cut(line));
	};
	say(`${vendor.displayName} at ${baseUrl}`);
	const result = await runCheck({
		vendor,
		live,
		apiKey,
		baseUrl,
		spend,
		pollIntervalMs: options.pollIntervalMs ?? 0,
		timeoutMs: options.timeoutMs ?? 600_000,
		cut,
		say,
	});
	const judgements = live.assumptions.map((assumption) => judge(assumption, result.evidence));
	for (const line of formatFields(compareFields(live, result.evidence))) say(line);
	for (const line of formatJudgements(judgements)) say(line);
	if (saveFolder !== undefined) {
		const paths = saveFixtures(vendor, result, saveFolder, cut);
		say(
			paths.length === 0
				? '\nNothing came that could be saved.'
				: '\nSaved, to be looked through before they are committed:',
		);
		for (const path of paths) say(`  ${path}`);
	}
	const broken = judgements.filter(({ verdict }) => verdict === 'did not hold').length;
	if (result.trouble.length > 0) say(`\n${result.trouble.join('\n')}`);
	if (result.trouble.length > 0 || broken > 0) {
		say(`\nNot everything is as expected${broken === 0 ? '' : `: ${broken} did not hold`}.`);
		return 1;
	}
	say(`\nEverything that was seen is as expected.${spend ? '' : ' Nothing was spent.'}`);
	return 0;
}

/** What is wrong with the parameters as a text; an empty one where nothing was asked for. */
function readParameters({ parameters, environment }: CommandOptions) {
	let parsed;
	try {
		parsed = parseArgs({
			args: [...parameters],
			allowPositionals: true,
			options: {
				spend: { type: 'boolean', default: false },
				save: { type: 'string' },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
	const { values, positionals } = parsed;
	const [name, ...others] = positionals;
	if (values.help || name === undefined) return '';
	if (others.length > 0) return `One vendor at a time: ${others.join(' ')} is too much`;
	const live = liveVendors.find(({ id }) => plain(id) === plain(name));
	const vendor = vendors.find(({ id }) => id === live?.id);
	if (live === undefined || vendor === undefined) return 'There is no such vendor';
	const apiKey = environment.NANO_BANANA_API_KEY?.trim() ?? '';
	if (apiKey === '') return 'NANO_BANANA_API_KEY is not set';
	if (!/^[\x21-\x7e]+$/.test(apiKey))
		return 'NANO_BANANA_API_KEY holds a character that no key has';
	const baseUrl = environment.NANO_BANANA_BASE_URL?.trim() || defaultBaseUrl(live.credential);
	const url = parseHttpUrl(baseUrl);
	if (url === undefined || url.search !== '' || url.hash !== '') {
		return 'NANO_BANANA_BASE_URL is no web address that paths can be appended to';
	}
	const { spend, save } = values;
	return {
		vendor,
		live,
		apiKey,
		baseUrl,
		spend,
		saveFolder: save === undefined || isAbsolute(save) ? save : resolve(save),
	};
}

/** Upper case and punctuation do not matter in a vendor's name. */
function plain(name: string): string {
	return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
