import {
	errorCodes,
	hintOf,
	isResumable,
	ofTask,
	joinedFailure,
	mayRetryElsewhere,
	type ErrorCode,
	type Failure,
} from '../../../nodes/NanoBanana/core/failure';
import { stopped } from '../../../nodes/NanoBanana/core/clock';

const taskId = 'task-1';

/** What a workflow may branch on, for a task that the vendor knows. */
const withTask: Readonly<Record<ErrorCode, readonly [resumable: boolean, elsewhere: boolean]>> = {
	invalidRequest: [true, false],
	authentication: [true, false],
	forbidden: [true, false],
	insufficientCredit: [true, false],
	rateLimited: [true, false],
	contentRejected: [true, false],
	// A task that a vendor does not know may be known to it again in a while.
	notFound: [true, false],
	conflict: [true, false],
	unsupported: [true, false],
	vendorUnavailable: [true, false],
	invalidResponse: [true, false],
	// So says one poll at most: what ends a task is its own state, see below.
	taskFailed: [true, false],
	taskCanceled: [true, false],
	timeout: [true, false],
	downloadFailed: [true, false],
	submitUnknown: [true, false],
};

it.each(errorCodes)('%s of a known task: resumable and to be tried elsewhere', (code) => {
	const failure = ofTask({ reason: code, message: 'no' }, taskId);
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual(withTask[code]);
});

it.each([
	['taskFailed', true],
	['taskCanceled', true],
	['contentRejected', false],
] as const)('%s as the state of a task ends it; elsewhere: %s', (code, isElsewhere) => {
	const failure: Failure = { reason: code, message: 'no', taskId, task: 'over' };
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual([false, isElsewhere]);
});

it('what the user wanted to spend here is not spent elsewhere', () => {
	const failure: Failure = { reason: 'spendingLimit', message: 'no' };
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual([false, false]);
});

describe('the failures of several tasks of one item', () => {
	const over: Failure = { reason: 'taskFailed', message: 'over', taskId: 'a', task: 'over' };
	const refused: Failure = { reason: 'vendorUnavailable', message: 'refused' };
	const late: Failure = { reason: 'timeout', message: 'late', taskId: 'b', task: 'running' };
	const unclear: Failure = { reason: 'submitUnknown', message: 'unclear', task: 'maybe' };
	const blocked: Failure = {
		reason: 'contentRejected',
		message: 'blocked',
		taskId: 'c',
		task: 'over',
	};

	it.each<readonly [string, Failure, readonly Failure[], boolean, boolean]>([
		['all may go elsewhere', over, [refused], false, true],
		['one is unclear', over, [unclear], false, false],
		['the first is unclear', unclear, [over], false, false],
		['one was moderated', refused, [over, blocked], false, false],
		['one may still be running', over, [unclear, late], true, false],
		['the first may still be running', late, [over], true, false],
	])('%s', (_name, first, others, resumable, elsewhere) => {
		const failure = joinedFailure(first, others);
		expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual([resumable, elsewhere]);
		expect(failure.taskId === undefined || !resumable || failure.taskId === 'b').toBe(true);
	});

	it('cost together what each task costs, once', () => {
		const cost = { amount: 8, unit: 'credits' } as const;
		const other = { amount: 0, unit: 'credits', refunded: 8 } as const;
		const failure = joinedFailure({ ...late, cost }, [
			{ ...late, cost },
			{ ...over, cost: other },
		]);
		expect(failure.cost).toEqual({ amount: 8, unit: 'credits', refunded: 8 });
	});

	it('is the failure itself where there is but one', () => {
		expect(joinedFailure(late, [])).toBe(late);
	});
});

it.each(errorCodes)('%s before there is a task cannot be resumed', (code) => {
	expect(isResumable({ reason: code, message: 'no' })).toBe(false);
});

it.each(errorCodes)('%s before there is a task: another vendor may be asked', (code) => {
	const expected = code !== 'contentRejected' && code !== 'submitUnknown';
	expect(mayRetryElsewhere({ reason: code, message: 'no' })).toBe(expected);
	expect(mayRetryElsewhere({ reason: code, message: 'no', task: 'maybe' })).toBe(false);
});

it.each(errorCodes)('%s tells what to do next, in whole sentences', (code) => {
	expect(hintOf({ reason: code, message: 'no' })).toMatch(/^[A-Z].+[.]$/);
	expect(hintOf({ reason: code, message: 'no', hint: 'Do this.' })).toBe('Do this.');
});

it('a refusal for speed says for how long the vendor wants to be left alone', () => {
	const refusal: Failure = { reason: 'rateLimited', message: 'no', retryAfterMs: 90_400 };
	expect(hintOf(refusal)).toMatch(/^The vendor asks you to wait 91 s\. Wait a few minutes/);
});

it('a stopped execution leaves its task to be waited for, not to be bought again', () => {
	const failure = ofTask(stopped(), taskId);
	expect(isResumable(failure)).toBe(true);
	expect(mayRetryElsewhere(failure)).toBe(false);
	expect(hintOf(failure)).toContain('Task → Wait');
});
