import { cleanText } from '../../nodes/NanoBanana/core/text';
import { describeExpected, fieldPaths, isAsExpected, valueAt } from './places';
import type { AnswerKind, Assumption, Check, Evidence, Exchange, LiveVendor, Step } from './types';

export type Verdict = 'held' | 'did not hold' | 'not seen';

export interface Judgement {
	readonly assumption: Assumption;
	readonly verdict: Verdict;
	/** What came instead, or why nothing was seen. */
	readonly why?: string;
}

/** Fields of one kind of answer against what is documented. */
export interface FieldReport {
	readonly kind: AnswerKind;
	readonly came: readonly string[];
	readonly missing: readonly string[];
	readonly undocumented: readonly string[];
}

const unseenBecause: Readonly<Partial<Record<Step, string>>> = {
	pollInFlight: 'the task was ready at the first poll',
	pollSucceeded: 'the task brought no picture',
	pollFailed: 'no task failed',
	pollRefused: 'no poll was refused',
};

/** Judges one assumption by what came. */
export function judge(assumption: Assumption, evidence: Evidence): Judgement {
	const { check } = assumption;
	if (typeof check === 'string') return { assumption, verdict: 'not seen', why: check };
	if (check.onlyAtVendor === true && !evidence.isAtVendor) {
		const why = 'only the vendor’s own address can tell';
		return { assumption, verdict: 'not seen', why };
	}
	const seen = evidence.exchanges.filter(({ step }) => step === check.at);
	if (seen.length === 0) {
		const hasPolled = evidence.exchanges.some(({ step }) => step.startsWith('poll'));
		const why = (hasPolled ? unseenBecause[check.at] : undefined) ?? evidence.missing;
		return { assumption, verdict: 'not seen', why };
	}
	const objection = seen.flatMap((exchange) => objectionsOf(check, exchange))[0];
	return objection === undefined
		? { assumption, verdict: 'held' }
		: { assumption, verdict: 'did not hold', why: objection };
}

function objectionsOf(check: Check, exchange: Exchange): string[] {
	const { status } = exchange.response;
	const show = (place: string): string => shown(valueAt(exchange, place));
	const { same, different } = check;
	return [
		...(check.status === undefined || check.status === status
			? []
			: [`HTTP ${status} came instead of ${check.status}`]),
		...Object.entries(check.values ?? {})
			.filter(([place, expected]) => !isAsExpected(valueAt(exchange, place), expected))
			.map(
				([place, expected]) =>
					`${place} is ${show(place)} instead of ${describeExpected(expected)}`,
			),
		...(same !== undefined && !isEqual(exchange, same)
			? [`${same[0]} is ${show(same[0])}, but ${same[1]} is ${show(same[1])}`]
			: []),
		...(different !== undefined && isEqual(exchange, different)
			? [`${different[0]} and ${different[1]} are both ${show(different[0])}`]
			: []),
	];
}

function isEqual(exchange: Exchange, [one, other]: readonly [string, string]): boolean {
	const value = valueAt(exchange, one);
	return value !== undefined && JSON.stringify(value) === JSON.stringify(valueAt(exchange, other));
}

function shown(value: unknown): string {
	if (value === undefined) return 'missing';
	const text = cleanText(JSON.stringify(value));
	return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

const kindOfStep: Readonly<Record<Step, AnswerKind | undefined>> = {
	keyTest: undefined,
	madeUpKey: 'error',
	unknownTask: 'error',
	balance: 'balance',
	cancelUnknown: 'error',
	submit: 'submit',
	pollInFlight: 'poll',
	pollSucceeded: 'poll',
	pollFailed: 'poll',
	pollRefused: 'error',
	cancelEnded: 'cancel',
	download: undefined,
};

/** Which documented fields came, which did not, and which nobody has documented. */
export function compareFields(live: LiveVendor, evidence: Evidence): readonly FieldReport[] {
	return Object.entries(live.fields).flatMap(([name, documented]) => {
		const kind = name as AnswerKind;
		const answers = evidence.exchanges.filter(({ step }) => kindOfStep[step] === kind);
		if (answers.length === 0) return [];
		const found = [...new Set(answers.flatMap(({ response }) => fieldPaths(response.json)))];
		// A list or an object that came empty, or with members of its own, came all the same.
		const came = documented.filter((path) =>
			found.some((each) => contains(path, each) || each === path.replace(/\[\].*$/, '')),
		);
		return {
			kind,
			came,
			missing: documented.filter((path) => !came.includes(path)),
			undocumented: found.filter((path) => !documented.some((each) => contains(path, each))),
		};
	});
}

/** Whether a path is the outer one or lies inside it. */
function contains(outer: string, path: string): boolean {
	return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
