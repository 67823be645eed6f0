import type { ErrorCode } from '../../nodes/NanoBanana/core/failure';
import type { Verb, VendorId } from '../sandbox';
import { testedVendor } from '../vendors';

export const operationNames = [
	'generate',
	'submitThenWait',
	'edit',
	'taskGet',
	'taskCancel',
	'getBalance',
	'park',
	'trigger',
] as const;
export type OperationName = (typeof operationNames)[number];

/** `success` is the operation's own: the picture, the state of the task, the balance. */
export type Outcome = 'success' | ErrorCode;

/** Where a fault strikes. */
export interface Place {
	readonly vendor: VendorId;
	readonly verb: Verb;
	readonly operation: OperationName;
}

export interface Expectation {
	readonly strikes: 'once' | 'twice' | 'often' | 'always';
	/** Each of them is right. */
	readonly outcomes: readonly Outcome[];
	/** The request that was struck is not sent again within the run. */
	readonly isAskedOnce: boolean;
	/** How it ends where n8n runs the node up to three times. */
	readonly afterRetry: 'success' | 'failure' | 'either';
}

export interface Rule {
	(place: Place): readonly Expectation[];
	/** A submit that is struck may have been taken. */
	readonly isUnclearForSubmit?: true;
}

/** Whether an operation waits for the image, so that trouble with polls ends in its time limit. */
export function waitsForImage(operation: OperationName): boolean {
	return !['taskGet', 'taskCancel', 'getBalance'].includes(operation);
}

/** An idempotent vendor takes the same task under the same key. */
function isSafeToRepeat({ vendor, verb }: Place): boolean {
	return verb !== 'submit' || testedVendor(vendor).facts.abilities.idempotent === true;
}

function expectation(
	strikes: Expectation['strikes'],
	outcomes: readonly Outcome[],
	afterRetry: Expectation['afterRetry'],
	isAskedOnce = false,
): Expectation {
	return { strikes, outcomes, afterRetry, isAskedOnce };
}

function troubleForEver({ verb, operation }: Place, codes: readonly ErrorCode[]): Expectation {
	const isPolling = verb === 'getTask' && waitsForImage(operation);
	return expectation('always', isPolling ? ['timeout'] : codes, 'failure');
}

/** The answer is strange, yet all that is needed stands in it. */
export const harmless: Rule = () => [expectation('always', ['success'], 'success')];

/** The same, where each time costs a time-out. */
export const harmlessOnce: Rule = () => [expectation('once', ['success'], 'success')];

/** Passes when it is asked again, which is safe. */
export function passing(...codes: readonly ErrorCode[]): Rule {
	return (place) => [expectation('once', ['success'], 'success'), troubleForEver(place, codes)];
}

/**
 * "Too often": a submit may be sent again until a place is free, for minutes, so here it strikes a few
 * times only. Whether the node is as patient as that is its own choice, but for a vendor that says so.
 */
export function crowded(...oftenEndsAs: readonly Outcome[]): Rule {
	return (place) =>
		place.verb === 'submit'
			? [
					expectation('once', ['success'], 'success'),
					expectation('often', oftenEndsAs, oftenEndsAs.length === 1 ? 'success' : 'either'),
				]
			: passing('rateLimited')(place);
}

/**
 * A parked execution believes no single poll: the vendor is told to call again, and after the time limit
 * Task → Wait asks once more.
 */
const polledAgain: readonly Expectation[] = [expectation('once', ['success'], 'success')];

function isParkedPoll({ verb, operation }: Place): boolean {
	return verb === 'getTask' && operation === 'park';
}

/** Asking again within the run is of no use; a later run of the node may fare better. */
export function refused(...codes: readonly ErrorCode[]): Rule {
	return (place) => (isParkedPoll(place) ? polledAgain : refusedOnce(place, codes, 'either'));
}

function refusedOnce(
	{ verb }: Place,
	codes: readonly ErrorCode[],
	afterRetry: Expectation['afterRetry'],
): readonly Expectation[] {
	return [expectation('once', codes, verb === 'submit' ? afterRetry : 'success', true)];
}

/** The same request is refused for ever: Retry On Fail does not even ask. */
export function refusedForGood(...codes: readonly ErrorCode[]): Rule {
	return (place) => (isParkedPoll(place) ? polledAgain : refusedOnce(place, codes, 'failure'));
}

/** A submit may have been taken; everything else passes when it is asked again. */
export function unclear(...codes: readonly ErrorCode[]): Rule {
	const rule = (place: Place): readonly Expectation[] =>
		place.verb === 'cancel'
			? canceledUnheard(codes)
			: isSafeToRepeat(place)
				? passing(...(place.verb === 'submit' ? (['submitUnknown'] as const) : codes))(place)
				: [expectation('once', ['submitUnknown'], 'failure', true)];
	return Object.assign(rule, { isUnclearForSubmit: true } as const);
}

/** Whether a task was canceled the poll afterwards tells, too, whatever the answer was. */
function canceledUnheard(codes: readonly ErrorCode[]): readonly Expectation[] {
	return [
		expectation('once', ['success'], 'success'),
		expectation('always', ['success', ...codes], 'failure'),
	];
}

/** No answer at all. Half a minute is also the time limit of all that is not worth more patience. */
export const hanging: Rule = Object.assign(
	(place: Place): readonly Expectation[] => {
		const { verb, operation } = place;
		if (!isSafeToRepeat(place)) return [expectation('once', ['submitUnknown'], 'failure', true)];
		if (waitsForImage(operation)) {
			const once = expectation('once', ['success'], 'success');
			return verb === 'getTask' ? [once, troubleForEver(place, [])] : [once];
		}
		return [expectation('once', ['success', 'vendorUnavailable'], 'success')];
	},
	{ isUnclearForSubmit: true } as const,
);

/**
 * A trouble has a name, and nothing is certain: a submit may have been taken, and a paid task is asked for
 * until its time is up. Requests that cost nothing may be given up at once.
 */
export function provingNothing(...codes: readonly ErrorCode[]): Rule {
	const all: readonly ErrorCode[] = ['vendorUnavailable', 'invalidResponse', ...codes];
	const rule: Rule = (place) =>
		place.verb === 'submit' || place.verb === 'getTask'
			? unclear(...all)(place)
			: [expectation('once', ['success', ...all], 'success')];
	return Object.assign(rule, { isUnclearForSubmit: true } as const);
}

/** The task is taken, and there is no way to ask for it: its id is told. */
export const unusableId: Rule = Object.assign(
	(place: Place): readonly Expectation[] => [
		expectation('once', ['submitUnknown'], 'failure', !isSafeToRepeat(place)),
	],
	{ isUnclearForSubmit: true } as const,
);

/** No vendor documents a redirect: it is not followed, and nothing of a task is certain after it. */
export const redirected: Rule = Object.assign(
	(place: Place): readonly Expectation[] => {
		const { vendor, verb, operation } = place;
		if (verb === 'submit') {
			// Under its key the same submit may go out again, in this run or in a later one.
			return testedVendor(vendor).facts.abilities.idempotent === true
				? [expectation('once', ['submitUnknown', 'success'], 'success')]
				: [expectation('once', ['submitUnknown'], 'failure', true)];
		}
		if (verb === 'getTask' && waitsForImage(operation)) {
			const once = expectation('once', ['success'], 'success');
			return isParkedPoll(place) ? [once] : [once, troubleForEver(place, [])];
		}
		return [expectation('once', ['success', 'invalidResponse'], 'success')];
	},
	{ isUnclearForSubmit: true } as const,
);

/** "I do not know this task", at a poll that may be ahead of what the vendor itself reads. */
export function unknownForAMoment(...codes: readonly ErrorCode[]): Rule {
	return (place) => {
		const { verb, operation } = place;
		if (verb !== 'getTask') return refused(...codes)(place);
		if (operation === 'taskCancel') return [expectation('once', ['success', ...codes], 'success')];
		if (operation === 'park') return polledAgain;
		return [
			expectation('once', ['success'], 'success'),
			// A task is not given up in its first minute, and the time of these cells is shorter.
			expectation('always', waitsForImage(operation) ? ['timeout'] : codes, 'failure'),
		];
	};
}

/** The same, by a number that promises nothing where it answers a submit. */
export function unknownOrUnclear(...codes: readonly ErrorCode[]): Rule {
	const rule: Rule = (place) =>
		place.verb === 'submit' ? unclear()(place) : unknownForAMoment(...codes)(place);
	return Object.assign(rule, { isUnclearForSubmit: true } as const);
}

/** Hidden for the first moment after its submit only. */
export const hiddenForAMoment: Rule = ({ operation }) => [
	expectation(
		'always',
		waitsForImage(operation) ? ['success'] : ['success', 'notFound'],
		'success',
	),
];

/** A success without an image is polled again twice. */
export const lateEmptySuccess: Rule = ({ operation }) =>
	waitsForImage(operation)
		? [
				expectation('once', ['success'], 'success'),
				expectation('twice', ['success'], 'success'),
				expectation('always', ['invalidResponse'], 'failure'),
			]
		: [expectation('always', ['success'], 'success')];

/** How the task itself ends; one poll of it is a success whatever it shows. */
export function taskEnds(
	endings: Readonly<Partial<Record<'once' | 'always', Outcome>>>,
	afterRetryOfOnce?: 'success',
): Rule {
	return ({ verb, operation }) =>
		Object.entries(endings).map(([strikes, ending]) => {
			const isOnce = strikes === 'once';
			const outcome = waitsForImage(operation) ? ending : 'success';
			const passes = ending === 'success' || (isOnce && afterRetryOfOnce === 'success');
			const isOver = isOnce && verb === 'submit' && !passes;
			return expectation(
				isOnce ? 'once' : 'always',
				[outcome],
				passes ? 'success' : 'failure',
				isOver,
			);
		});
}

/** Only some endings are allowed; how often it is asked is left open. */
export function asMayBe(
	strikes: Expectation['strikes'],
	outcomes: readonly Outcome[],
	afterRetry: Expectation['afterRetry'],
): Rule {
	return () => [expectation(strikes, outcomes, afterRetry)];
}
