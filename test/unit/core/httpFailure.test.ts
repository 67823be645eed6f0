import type { DocumentedAnswers } from '../../../nodes/NanoBanana/core/certain';
import { mayRetryElsewhere, type ErrorCode } from '../../../nodes/NanoBanana/core/failure';
import {
	codeForStatus,
	errorPartsOf,
	failureFromResponse,
	failureWithTask,
	failureWithoutTask,
	isSuccessStatus,
	parseRetryAfter,
	reasonOfWords,
	taskFailure,
	unreadableAnswer,
} from '../../../nodes/NanoBanana/core/httpFailure';
import { decideRetry } from '../../../nodes/NanoBanana/core/retryPolicy';
import { parseJson } from '../../../nodes/NanoBanana/core/tolerant';
import type { VendorResponse } from '../../../nodes/NanoBanana/core/vendor';
import { nameOf, plainVendor } from '../../vendors/roles';

const vendor: DocumentedAnswers = {
	vendorName: 'Vendor',
	refusals: [400, 401, 402, 422, 429, 455, 503],
	hasShape: ({ error }) => error !== undefined,
	taskNames: ['taskid'],
};
const refusal = { error: { message: 'no' } };

function answer(
	status: number,
	body: unknown = '',
	headers: Readonly<Record<string, string>> = {},
): VendorResponse {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers, json: parseJson(text), text };
}

describe('what an HTTP status means', () => {
	it.each<[number, ErrorCode]>([
		[400, 'invalidRequest'],
		[401, 'authentication'],
		[402, 'insufficientCredit'],
		[403, 'forbidden'],
		[404, 'notFound'],
		[405, 'invalidResponse'],
		[408, 'vendorUnavailable'],
		[409, 'conflict'],
		[410, 'notFound'],
		[413, 'invalidRequest'],
		[415, 'invalidRequest'],
		[418, 'invalidRequest'],
		[422, 'invalidRequest'],
		[425, 'rateLimited'],
		[429, 'rateLimited'],
		[451, 'contentRejected'],
		[455, 'vendorUnavailable'],
		[500, 'vendorUnavailable'],
		[502, 'vendorUnavailable'],
		[503, 'vendorUnavailable'],
		[504, 'vendorUnavailable'],
		[530, 'vendorUnavailable'],
		[200, 'invalidResponse'],
		[302, 'invalidResponse'],
	])('%i: %s', (status, code) => {
		expect(codeForStatus(status)).toBe(code);
	});

	it.each([
		[200, true],
		[201, true],
		[202, true],
		[299, true],
		[199, false],
		[302, false],
		[404, false],
	])('%i is a success: %p', (status, expected) => {
		expect(isSuccessStatus(answer(status))).toBe(expected);
	});
});

describe('whether a submit may be sent again after an answer', () => {
	const isSentAgain = (status: number, body: unknown) =>
		decideRetry({
			verb: 'submit',
			failure: failureFromResponse(vendor, answer(status, body)),
			sends: 1,
			isIdempotent: false,
			remainingMs: 300_000,
			random: 0,
		}).retry;

	it.each([
		[429, true],
		[455, true],
		[503, true],
		[200, false],
		[302, false],
		[400, false],
		[401, false],
		[404, false],
		[405, false],
		[408, false],
		[409, false],
		[500, false],
		[502, false],
		[504, false],
	])('%i in the shape of the vendor: %p', (status, expected) => {
		expect(isSentAgain(status, refusal)).toBe(expected);
		expect(isSentAgain(status, '<html>')).toBe(false);
	});

	it.each([200, 302, 400, 401, 404, 408, 429, 500, 503])(
		'%i in another shape leaves it open whether the task was taken',
		(status) => {
			for (const body of ['', '<html>', {}, { message: 'no' }, [refusal]]) {
				expect(mayRetryElsewhere(failureFromResponse(vendor, answer(status, body)))).toBe(false);
			}
		},
	);

	it.each([400, 401, 402, 422, 429, 455, 503])('%i as documented certainly did not', (status) => {
		expect(mayRetryElsewhere(failureFromResponse(vendor, answer(status, refusal)))).toBe(true);
	});

	it.each([200, 302, 403, 404, 409, 500])('%i is not documented', (status) => {
		expect(mayRetryElsewhere(failureFromResponse(vendor, answer(status, refusal)))).toBe(false);
	});
});

describe('the failure of an answer', () => {
	it('keeps the status, the vendor’s code and words, and how long to wait', () => {
		const failure = failureFromResponse(
			{ ...vendor, vendorName: nameOf(plainVendor) },
			answer(
				429,
				{ error: { message: 'Slow down', code: 'RATE_LIMITED' } },
				{ 'retry-after': '7' },
			),
			{ vendorCode: 'RATE_LIMITED', requestId: 'req-1' },
		);
		expect(failure).toEqual({
			reason: 'rateLimited',
			message: `${nameOf(plainVendor)} received too many requests: Slow down`,
			httpStatus: 429,
			vendorCode: 'RATE_LIMITED',
			requestId: 'req-1',
			retryAfterMs: 7_000,
		});
	});

	it('names the status where the vendor has no words', () => {
		expect(failureFromResponse(vendor, answer(502)).message).toBe(
			'Vendor is not available right now: HTTP 502',
		);
	});

	it('shows the words of an HTML page, not its markup', () => {
		const page = '<html><head><title>504 Gateway Time-out</title></head></html>';
		expect(failureFromResponse(vendor, answer(504, page)).message).toBe(
			'Vendor is not available right now: 504 Gateway Time-out',
		);
	});

	it('never repeats a key that the vendor echoes', () => {
		const echo = { error: { message: 'Bad header: Authorization: Bearer sk-secret-123' } };
		expect(JSON.stringify(failureFromResponse(vendor, answer(401, echo)))).not.toContain(
			'sk-secret',
		);
	});

	it('says why a redirect is not followed, and does not ask again', () => {
		const failure = failureFromResponse(vendor, answer(302, '', { location: 'https://x.example' }));
		expect(failure.message).toContain('redirect, which is not followed so that the key stays');
		expect(failure.reason).toBe('wrongAddress');
	});

	it.each([400, 422])('knows moderation behind a %i by its words', (status) => {
		const failure = failureFromResponse(
			vendor,
			answer(status, { error: { message: 'Blocked by safety' } }),
		);
		expect(failure.reason).toBe('contentRejected');
		expect(mayRetryElsewhere(failure)).toBe(false);
	});

	it('what is missing in an answer leaves the submit unclear', () => {
		const failure = unreadableAnswer(vendor, answer(200, { ok: 1 }), 'the task ID');
		expect(failure).toMatchObject({ reason: 'invalidResponse', task: 'maybe' });
		expect(failure.message).toBe(
			'Vendor gave an answer that could not be read: the task ID is missing from its answer',
		);
		const page = unreadableAnswer(vendor, answer(200, '<html>'), 'the task ID');
		expect(page.message).toContain('the answer is not JSON');
	});

	it('"not found" without a task blames the address', () => {
		const failure = failureWithoutTask(failureFromResponse(vendor, answer(404)));
		expect(failure.reason).toBe('unsupported');
		expect(failure.message).toBe('Vendor does not offer this: HTTP 404');
		expect(failure.hint).toContain('base URL');
		const other = failureFromResponse(vendor, answer(401));
		expect(failureWithoutTask(other)).toBe(other);
	});
});

describe('"not found" where a task was asked for', () => {
	it.each([404, 410])('%i is certain in any shape', (status) => {
		const failure = failureWithTask(failureFromResponse(vendor, answer(status, '<html>')));
		expect(failure).toMatchObject({ reason: 'notFound' });
		expect(failure.task).toBeUndefined();
	});

	it('is not by words', () => {
		const body = { error: { message: 'task not found' } };
		const failure = failureFromResponse(vendor, answer(200, body), { reason: 'notFound' });
		expect(failureWithTask(failure).task).toBe('maybe');
	});
});

describe('an error inside a successful answer', () => {
	it.each([
		['Unauthorized', 'authentication'],
		['Insufficient credits', 'insufficientCredit'],
		['Rate limit exceeded', 'rateLimited'],
		['Oops', 'vendorUnavailable'],
		['provider connection reset, api key rotated, retrying', 'vendorUnavailable'],
		['Internal error: invalid response from upstream', 'vendorUnavailable'],
		['the request timed out: token required', 'vendorUnavailable'],
	])('%j: %s', (words, expected) => {
		expect(reasonOfWords(words, answer(200))).toBe(expected);
	});

	it.each([
		['failed', { text: 'failed' }],
		[
			{ message: 'no', code: 'x_y' },
			{ text: 'no', code: 'x_y' },
		],
		[
			{ message: 'no', type: 'kind' },
			{ text: 'no', code: 'kind' },
		],
		[null, {}],
		[[], {}],
	])('the parts of %j', (error, expected) => {
		expect(errorPartsOf(error)).toEqual(expected);
	});
});

describe('why a task ended without an image', () => {
	it('is the vendor’s own text', () => {
		expect(taskFailure('Vendor', {}, { text: 'worker crashed', vendorCode: 'E1' })).toEqual({
			reason: 'taskFailed',
			message: 'Vendor could not make the image: worker crashed',
			vendorCode: 'E1',
		});
	});

	it('is moderation where the words say so, in text or code', () => {
		expect(taskFailure('Vendor', {}, { text: 'flagged by safety' }).reason).toBe('contentRejected');
		expect(taskFailure('Vendor', {}, { vendorCode: 'output_moderation' }).reason).toBe(
			'contentRejected',
		);
	});

	it('has a sentence without any words too', () => {
		expect(taskFailure('Vendor', {}, { reason: 'taskCanceled' }).message).toBe(
			'Vendor canceled the task',
		);
	});
});

describe('Retry-After', () => {
	const now = Date.parse('2026-03-01T12:00:00Z');

	it.each([
		['0', 0],
		['7', 7_000],
		[' 1.5 ', 1_500],
		['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
		['Sun, 01 Mar 2026 11:00:00 GMT', 0],
		['', undefined],
		['soon', undefined],
		['-5', undefined],
		['2026', 2_026_000],
		[undefined, undefined],
	])('%j: %p ms', (header, expected) => {
		expect(parseRetryAfter(header, now)).toBe(expected);
	});
});
