import fc from 'fast-check';

import {
	codeOf,
	errorCodes,
	hintOf,
	type ErrorCode,
	type Failure,
} from '../../../nodes/NanoBanana/core/failure';
import {
	connectionFailure,
	decideRetry,
	retryDelayMs,
	type ConnectionFailureReason,
	type VerbName,
} from '../../../nodes/NanoBanana/core/retryPolicy';

const verbs: readonly VerbName[] = [
	'submit',
	'getTask',
	'cancelTask',
	'uploadReference',
	'getBalance',
	'download',
];

function decide(verb: VerbName, failure: Failure, changes: object = {}) {
	return decideRetry({
		verb,
		failure,
		sends: 1,
		isIdempotent: false,
		remainingMs: 300_000,
		random: 0,
		...changes,
	});
}

/** Contract sheet, section 7: what is asked again, where the vendor has certainly not taken anything. */
const isAskedAgain: Readonly<Record<ErrorCode, boolean>> = {
	invalidRequest: false,
	authentication: false,
	forbidden: false,
	insufficientCredit: false,
	rateLimited: true,
	contentRejected: false,
	notFound: false,
	conflict: false,
	unsupported: false,
	vendorUnavailable: true,
	invalidResponse: true,
	taskFailed: false,
	taskCanceled: false,
	timeout: false,
	downloadFailed: true,
	submitUnknown: false,
};

describe.each(verbs)('%s', (verb) => {
	it.each(errorCodes.map((code) => [code, isAskedAgain[code]] as const))(
		'after "%s" is sent again: %s',
		(code, expected) => {
			expect(decide(verb, { reason: code, message: 'no' }).retry).toBe(expected);
		},
	);

	it('is not sent again after a failure that asking cannot change', () => {
		const redirected: Failure = { reason: 'wrongAddress', message: 'redirect' };
		expect(decide(verb, redirected).retry).toBe(false);
	});
});

describe('how often', () => {
	it.each<[VerbName, number]>([
		['submit', 6],
		['cancelTask', 3],
		['uploadReference', 4],
		['getBalance', 3],
		['download', 3],
	])('%s is sent at most %i times', (verb, times) => {
		const busy: Failure = { reason: 'vendorUnavailable', message: 'busy' };
		expect(decide(verb, busy, { sends: times - 1 }).retry).toBe(true);
		expect(decide(verb, busy, { sends: times }).retry).toBe(false);
	});

	it('a poll goes on until the deadline', () => {
		const busy: Failure = { reason: 'vendorUnavailable', message: 'busy' };
		expect(decide('getTask', busy, { sends: 10_000 }).retry).toBe(true);
		expect(decide('getTask', busy, { sends: 10_000, remainingMs: 1_000 }).retry).toBe(false);
	});
});

describe('a submit that got no answer', () => {
	const isSafe: Readonly<Record<ConnectionFailureReason, boolean>> = {
		refused: true,
		dns: true,
		connectTimeout: true,
		tls: true,
		blocked: false,
		timeout: false,
		reset: false,
	};

	it.each(Object.entries(isSafe) as Array<[ConnectionFailureReason, boolean]>)(
		'%s: sent again without a key: %s',
		(reason, expected) => {
			expect(decide('submit', connectionFailure('Vendor', reason)).retry).toBe(expected);
		},
	);

	it.each<ConnectionFailureReason>(['timeout', 'reset'])(
		'%s: unclear, with a hint of its own, unless a key makes it safe',
		(reason) => {
			const failure = connectionFailure('Vendor', reason);
			const decision = decide('submit', failure);
			expect(decision).toMatchObject({ retry: false, failure: { reason: 'submitUnknown' } });
			expect(decision).not.toHaveProperty('failure.hint');
			expect(decide('submit', failure, { isIdempotent: true }).retry).toBe(true);
		},
	);

	it('refused addresses blame the protection of the instance, not the vendor', () => {
		const failure = connectionFailure('Vendor', 'blocked');
		expect(failure.reason).toBe('addressBlocked');
		expect(codeOf(failure)).toBe('vendorUnavailable');
		expect(failure.message).toContain('this n8n does not allow requests to that address');
		expect(decide('getTask', failure).retry).toBe(false);
		expect(hintOf(failure)).toContain('ask the administrator');
		expect(failure.task).toBeUndefined();
	});

	it('reads and downloads go on after a broken connection', () => {
		const failure = connectionFailure('Vendor', 'reset');
		for (const verb of ['getTask', 'download', 'getBalance'] as const) {
			expect(decide(verb, failure).retry).toBe(true);
		}
	});
});

describe('how long', () => {
	it('doubles the ceiling with each send, up to half a minute', () => {
		const longest = Array.from({ length: 8 }, (_, index) => retryDelayMs(index + 1, undefined, 1));
		expect(longest).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
		expect(retryDelayMs(5, undefined, 0)).toBe(1_000);
		expect(retryDelayMs(2, undefined, 0.5)).toBe(2_500);
	});

	it('obeys Retry-After, but never hurries', () => {
		expect(retryDelayMs(1, 12_345, 0.7)).toBe(12_345);
		expect(retryDelayMs(1, 0, 0.7)).toBe(1_000);
	});

	it('stays between one second and half a minute, for ever', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 100_000 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(sends, random) => {
					const delayMs = retryDelayMs(sends, undefined, random);
					expect(delayMs).toBeGreaterThanOrEqual(1_000);
					expect(delayMs).toBeLessThanOrEqual(30_000);
				},
			),
		);
	});
});
