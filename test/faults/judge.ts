import type { RunResult } from '../engine/harness/runWorkflow';
import type { Cell } from './cells';
import { errorOf, outcomeOf, type Evidence } from './evidence';
import { judgeMoney } from './money';
import { judgeOutput } from './output';
import { judgeRequests } from './requests';
import { judgeSecrecy } from './secrecy';
import type { Outcome } from './rules';

/** What came of one cell. */
export interface Verdict {
	readonly cell: Cell;
	readonly outcome: Outcome | 'failure' | 'no end';
	readonly seconds: number;
	/** What is wrong, in words; none where all is as it must be. */
	readonly problems: readonly string[];
	/** Tasks that the vendor took and charged, refunded ones left out. */
	readonly charged: number;
	readonly lost: number;
	readonly duplicates: number;
	readonly keysOutside: number;
}

/** Compares what happened with the expectation of the cell and with what holds for all of them. */
export async function judge(given: Omit<Evidence, 'outcome'>, seconds: number): Promise<Verdict> {
	const evidence: Evidence = { ...given, outcome: outcomeOf(given.result) };
	const { cell, outcome, result } = evidence;
	const money = judgeMoney(evidence);
	const secrecy = judgeSecrecy(evidence);
	const details = outcome === 'success' ? '' : `: ${wordsOf(result)}`;
	return {
		cell,
		outcome,
		seconds,
		charged: money.charged,
		lost: money.lost,
		duplicates: money.duplicates,
		keysOutside: secrecy.keysOutside,
		problems: [
			...(isExpected(evidence)
				? []
				: [`ended as ${outcome}, expected ${expectedOf(cell)}${details}`]),
			...money.problems,
			...judgeRequests(evidence),
			...secrecy.problems,
			...(await judgeOutput(evidence)),
		],
	};
}

function isExpected({ cell, outcome }: Evidence): boolean {
	const { outcomes, afterRetry } = cell.expectation;
	if (!cell.isRetried) return outcomes.some((expected) => expected === outcome);
	return afterRetry === 'either' || (afterRetry === 'success') === (outcome === 'success');
}

function expectedOf({ expectation, isRetried }: Cell): string {
	return isRetried ? expectation.afterRetry : expectation.outcomes.join(' or ');
}

function wordsOf({ error, errorItems }: RunResult): string {
	return error?.message ?? errorOf(errorItems[0])?.message ?? 'without a word';
}
