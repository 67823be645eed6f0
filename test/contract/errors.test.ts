import { codeOf, mayRetryElsewhere, type Failure } from '../../nodes/NanoBanana/core/failure';
import { decideRetry, type VerbName } from '../../nodes/NanoBanana/core/retryPolicy';
import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import { testedVendor } from '../vendors';
import { answer, readAt, readersOf, submitInput, vendorsUnder, zodVersions } from './support';

const task = { taskId: 'task-1' };

/**
 * What an HTTP status means that no vendor has given a shape of its own: a code and whether a poll is repeated.
 * After a submit nothing is certain.
 */
const bareStatuses: ReadonlyArray<readonly [number, string, boolean]> = [
	[301, 'invalidResponse', false],
	[308, 'invalidResponse', false],
	[400, 'invalidRequest', true],
	[401, 'authentication', true],
	[402, 'insufficientCredit', true],
	[403, 'forbidden', true],
	[404, 'notFound', false],
	[405, 'invalidResponse', false],
	[408, 'vendorUnavailable', true],
	[409, 'conflict', true],
	[410, 'notFound', false],
	[413, 'invalidRequest', true],
	[418, 'invalidRequest', true],
	[422, 'invalidRequest', true],
	[429, 'rateLimited', true],
	[451, 'contentRejected', true],
	[455, 'vendorUnavailable', true],
	[500, 'vendorUnavailable', true],
	[502, 'vendorUnavailable', true],
	[503, 'vendorUnavailable', true],
	[504, 'vendorUnavailable', true],
	[520, 'vendorUnavailable', true],
];

describe.each(zodVersions)('with %s', (zod) => {
	describe.each(vendorsUnder(zod).map((vendor) => [vendor.id, vendor] as const))(
		'%s',
		(_id, vendor) => {
			const { facts } = testedVendor(vendor.id);

			describe.each(facts.errors.map((error) => [error.name, error] as const))(
				'%s',
				(_name, error) => {
					const response = answer(error.status, error.body);

					it('as the answer to a poll', () => {
						for (const reader of readersOf(vendor).filter(({ verb }) => verb === 'getTask')) {
							const failure = failureOf(reader.read(response));
							expect(codeOf(failure)).toBe(error.code);
							expect(failure.httpStatus).toBe(error.status);
							expect(isSentAgain('getTask', failure, vendor)).toBe(error.pollAgain);
						}
					});

					it('as the answer to a submit', () => {
						const failure = failureOf(readAt(vendor.submit(submitInput()), response));
						expect(codeOf(failure)).toBe(error.codeOnSubmit ?? error.code);
						expect(failure.task === 'maybe').toBe(error.taskMayExist);
						expect(isSentAgain('submit', failure, vendor)).toBe(error.submitAgain);
						if (error.taskMayExist) expect(mayRetryElsewhere(failure)).toBe(false);
					});

					it('says what the vendor said', () => {
						const failure = failureOf(readAt(vendor.submit(submitInput()), response));
						expect(failure.message).toMatch(new RegExp(`^${vendor.displayName} `));
						if (error.says !== undefined) expect(failure.message).toContain(error.says);
						if (error.vendorCode !== undefined) expect(failure.vendorCode).toBe(error.vendorCode);
						if (error.hint !== undefined) expect(failure.hint).toMatch(error.hint);
					});
				},
			);

			it.each(bareStatuses)('HTTP %i without a body is %s', (status, code, again) => {
				for (const body of ['', '<html><title>gateway</title></html>', '{}']) {
					const response = answer(status, body);
					for (const reader of readersOf(vendor).filter(({ verb }) => verb === 'getTask')) {
						const poll = failureOf(reader.read(response));
						const own = facts.bareStatuses?.[status];
						expect(codeOf(poll)).toBe(own?.code ?? code);
						expect(isSentAgain('getTask', poll, vendor)).toBe(own?.again ?? again);
					}
					const submit = failureOf(readAt(vendor.submit(submitInput()), response));
					expect(codeOf(submit)).toBe(code === 'notFound' ? 'unsupported' : code);
					expect(submit.task).toBe('maybe');
				}
			});

			it('never follows a redirect, and says so', () => {
				const response = answer(307, '', { location: 'https://elsewhere.example/' });
				for (const reader of readersOf(vendor)) {
					expect(failureOf(reader.read(response)).message).toContain('redirect');
				}
			});

			it.each([
				['7', 7_000],
				['0', 0],
				['1.5', 1_500],
			])('obeys Retry-After: %s', (header, retryAfterMs) => {
				for (const reader of readersOf(vendor)) {
					const outcome = reader.read(answer(429, {}, { 'retry-after': header }));
					expect(failureOf(outcome)).toMatchObject({ reason: 'rateLimited', retryAfterMs });
				}
			});

			it('obeys a Retry-After that is a date', () => {
				const date = new Date(Date.now() + 60_000).toUTCString();
				const failure = failureOf(
					readAt(vendor.getTask(task.taskId), answer(503, {}, { 'retry-after': date })),
				);
				expect(failure.retryAfterMs).toBeGreaterThan(57_000);
				expect(failure.retryAfterMs).toBeLessThanOrEqual(60_000);
			});

			it('leaves a senseless Retry-After aside', () => {
				for (const header of ['', 'soon', '-5', 'NaN']) {
					const response = answer(429, {}, { 'retry-after': header });
					expect(
						failureOf(readAt(vendor.getTask(task.taskId), response)).retryAfterMs,
					).toBeUndefined();
				}
			});

			it('shows no key that an error repeats', () => {
				const words = 'Refused: Authorization: Bearer sk-live-0123456789 is wrong';
				const bodies = [
					{ error: { message: words, code: words } },
					{ error: words },
					{ code: 401, msg: words },
					{ code: -1, message: words },
					{ detail: words },
					words,
				];
				for (const body of bodies) {
					for (const status of [200, 400, 401, 500]) {
						for (const reader of readersOf(vendor)) {
							const outcome = reader.read(answer(status, body));
							expect(JSON.stringify(outcome)).not.toContain('sk-live');
						}
					}
				}
			});

			it('shows an error page in few words', () => {
				const page = `<html><head><style>p{}</style><script>alert(1)</script></head><body><h1>Bad Gateway</h1>${'<p>long</p>'.repeat(500)}</body></html>`;
				const { message } = failureOf(readAt(vendor.getTask(task.taskId), answer(502, page)));
				expect(message).toContain('Bad Gateway');
				expect(message).not.toContain('alert');
				expect(message.length).toBeLessThan(400);
			});

			it('tells a wrong address from an unknown task', () => {
				for (const reader of readersOf(vendor)) {
					const failure = failureOf(reader.read(answer(404, 'Cannot POST /nowhere')));
					const namesTask = reader.verb === 'getTask' || reader.verb === 'cancelTask';
					expect(codeOf(failure)).toBe(namesTask ? 'notFound' : 'unsupported');
					if (!namesTask) {
						expect(failure.hint).toContain('base URL');
						expect(failure.message).not.toContain('task');
					}
				}
			});
		},
	);
});

function failureOf(outcome: { readonly ok: boolean; readonly failure?: Failure }): Failure {
	if (outcome.ok || outcome.failure === undefined) throw new Error('It was read as a success');
	return outcome.failure;
}

function isSentAgain(verb: VerbName, failure: Failure, vendor: ImageVendor): boolean {
	return decideRetry({
		verb,
		failure,
		sends: 1,
		isIdempotent: verb === 'submit' && vendor.submitIsIdempotent,
		remainingMs: Number.POSITIVE_INFINITY,
		random: 0.5,
	}).retry;
}
