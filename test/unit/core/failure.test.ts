import {
	errorCodes,
	hintOf,
	isResumable,
	mayRetryElsewhere,
	type ErrorCode,
	type Failure,
} from '../../../nodes/NanoBanana/core/failure';
import { stopped } from '../../../nodes/NanoBanana/core/stop';

const taskId = 'task-1';

/** What a workflow may branch on, for a task that the vendor knows. */
const withTask: Readonly<Record<ErrorCode, readonly [resumable: boolean, elsewhere: boolean]>> = {
	invalidRequest: [true, false],
	authentication: [true, false],
	forbidden: [true, false],
	insufficientCredit: [true, false],
	rateLimited: [true, false],
	contentRejected: [true, false],
	notFound: [false, false],
	conflict: [true, false],
	unsupported: [true, false],
	vendorUnavailable: [true, false],
	invalidResponse: [true, false],
	taskFailed: [false, true],
	taskCanceled: [false, true],
	timeout: [true, false],
	downloadFailed: [true, false],
	submitUnknown: [true, false],
};

it.each(errorCodes)('%s of a known task: resumable and to be tried elsewhere', (code) => {
	const failure: Failure = { code, message: 'no', taskId };
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual(withTask[code]);
});

it('a task that the vendor itself has ended with a refusal cannot be resumed', () => {
	const failure: Failure = { code: 'contentRejected', message: 'no', taskId, isTaskOver: true };
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual([false, false]);
});

it.each(errorCodes)('%s before there is a task cannot be resumed', (code) => {
	expect(isResumable({ code, message: 'no' })).toBe(false);
});

it('a task that the vendor itself has ended with a refusal cannot be resumed', () => {
	const failure: Failure = { code: 'contentRejected', message: 'no', taskId, isTaskOver: true };
	expect([isResumable(failure), mayRetryElsewhere(failure)]).toEqual([false, false]);
});

it.each(errorCodes)('%s before there is a task: another vendor may be asked', (code) => {
	const expected = code !== 'contentRejected' && code !== 'submitUnknown';
	expect(mayRetryElsewhere({ code, message: 'no' })).toBe(expected);
	expect(mayRetryElsewhere({ code, message: 'no', taskMayExist: true })).toBe(false);
});

it.each(errorCodes)('%s tells what to do next, in whole sentences', (code) => {
	expect(hintOf({ code, message: 'no' })).toMatch(/^[A-Z].+[.]$/);
	expect(hintOf({ code, message: 'no', hint: 'Do this.' })).toBe('Do this.');
});

it('a stopped execution leaves its task to be waited for, not to be bought again', () => {
	const failure: Failure = { ...stopped(), taskId };
	expect(isResumable(failure)).toBe(true);
	expect(mayRetryElsewhere(failure)).toBe(false);
	expect(hintOf(failure)).toContain('Task → Wait');
});
