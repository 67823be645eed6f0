import fc from 'fast-check';

import {
	mayRetryElsewhere,
	reasons,
	type Failure,
	type Reason,
	type Outcome,
} from '../../../nodes/NanoBanana/core/failure';
import {
	connectionFailure,
	sendWithRetry,
	type SendOptions,
	type VerbName,
} from '../../../nodes/NanoBanana/core/retryPolicy';
import { FakeClock } from './fakeClock';

const tooMany: Failure = { reason: 'rateLimited', message: 'Vendor was asked too often' };
const refused = connectionFailure('Vendor', 'refused');
const reset = connectionFailure('Vendor', 'reset');
const noCredit: Failure = { reason: 'insufficientCredit', message: 'Vendor has too little credit' };

/** Sends while these answers come in turn, the last one for ever; a text is a success. */
async function sendThrough(
	answers: ReadonlyArray<Failure | string>,
	changes: Partial<SendOptions> & { readonly clock?: FakeClock } = {},
) {
	const clock = changes.clock ?? new FakeClock();
	const sentAt: number[] = [];
	const outcome = await sendWithRetry<string>(
		() => {
			const answer = answers[Math.min(sentAt.length, answers.length - 1)]!;
			sentAt.push(clock.now());
			return Promise.resolve<Outcome<string>>(
				typeof answer === 'string' ? { ok: true, value: answer } : { ok: false, failure: answer },
			);
		},
		{ verb: 'submit', deadlineMs: clock.now() + 300_000, ...changes, clock },
	);
	return { outcome, clock, sends: sentAt.length };
}

function failureOf(outcome: Outcome<unknown>): Failure {
	if (outcome.ok) throw new Error('Expected a failure');
	return outcome.failure;
}

it('sends once where the vendor answers', async () => {
	const { outcome, sends, clock } = await sendThrough(['task-1']);
	expect(outcome).toEqual({ ok: true, value: 'task-1' });
	expect(sends).toBe(1);
	expect(clock.slept).toEqual([]);
});

it('sends a refused submit again, each time after a longer wait', async () => {
	const clock = new FakeClock({ randoms: [1] });
	const { outcome, sends } = await sendThrough([tooMany, refused, tooMany, tooMany, 'task-1'], {
		clock,
	});
	expect(outcome).toEqual({ ok: true, value: 'task-1' });
	expect(sends).toBe(5);
	expect(clock.slept).toEqual([2_000, 4_000, 8_000, 16_000]);
});

it('gives up after six sends of a submit, with the vendor’s own failure', async () => {
	const { outcome, sends } = await sendThrough([refused]);
	expect(sends).toBe(6);
	expect(failureOf(outcome)).toEqual(refused);
});

it('waits for its turn until the deadline where the vendor is asked too often', async () => {
	const clock = new FakeClock();
	const deadlineMs = clock.now() + 120_000;
	const { outcome, sends } = await sendThrough([...Array<Failure>(9).fill(tooMany), 'task-1'], {
		clock,
		deadlineMs,
	});
	expect(sends).toBe(10);
	expect(outcome.ok).toBe(true);
	expect(clock.now()).toBeLessThan(deadlineMs);
});

it('does not begin a wait that would end after the deadline', async () => {
	const clock = new FakeClock();
	const late: Failure = { ...tooMany, retryAfterMs: 10_000 };
	const { outcome, sends } = await sendThrough([late], { clock, deadlineMs: clock.now() + 10_000 });
	expect(sends).toBe(1);
	expect(failureOf(outcome).reason).toBe('rateLimited');
});

it('never sends a submit again that the vendor may have taken', async () => {
	const { outcome, sends } = await sendThrough([reset, 'task-1']);
	expect(sends).toBe(1);
	const failure = failureOf(outcome);
	expect(failure.reason).toBe('submitUnknown');
	expect(failure.message).toBe(
		'Vendor is not available right now: the connection broke off. It is not known whether the task was taken',
	);
	expect(mayRetryElsewhere(failure)).toBe(false);
});

it('sends it again under an idempotency key', async () => {
	const { outcome, sends } = await sendThrough([reset, reset, 'task-1'], { isIdempotent: true });
	expect(outcome).toEqual({ ok: true, value: 'task-1' });
	expect(sends).toBe(3);
});

describe('an unclear submit stays unclear', () => {
	it('whatever a later send of it is answered', async () => {
		const { outcome, sends } = await sendThrough([reset, noCredit], { isIdempotent: true });
		expect(sends).toBe(2);
		expect(failureOf(outcome)).toMatchObject({ reason: 'submitUnknown', task: 'maybe' });
		expect(failureOf(outcome).message).toContain('too little credit');
	});

	it('when the execution is stopped between two sends', async () => {
		const clock = new FakeClock();
		const controller = new AbortController();
		clock.at(500, () => controller.abort());
		const { outcome, sends } = await sendThrough([reset, 'task-1'], {
			clock,
			isIdempotent: true,
			signal: controller.signal,
		});
		expect(sends).toBe(1);
		expect(failureOf(outcome)).toMatchObject({ reason: 'submitUnknown', task: 'maybe' });
	});

	it('when the deadline comes first', async () => {
		const clock = new FakeClock();
		const { outcome } = await sendThrough([reset, refused], {
			clock,
			isIdempotent: true,
			deadlineMs: clock.now() + 1_500,
		});
		expect(failureOf(outcome)).toMatchObject({ reason: 'submitUnknown', task: 'maybe' });
	});
});

describe('stop', () => {
	it('sends nothing where it came before', async () => {
		const { outcome, sends } = await sendThrough(['task-1'], { signal: AbortSignal.abort() });
		expect(sends).toBe(0);
		expect(failureOf(outcome).message).toBe('The execution was stopped');
	});

	it('ends a wait and sends nothing after it', async () => {
		const clock = new FakeClock();
		const controller = new AbortController();
		clock.at(400, () => controller.abort());
		const { sends } = await sendThrough([tooMany], { clock, signal: controller.signal });
		expect(sends).toBe(1);
		expect(clock.now()).toBe(1_000_400);
	});

	it('keeps an answer that came all the same', async () => {
		const clock = new FakeClock();
		const controller = new AbortController();
		const outcome = await sendWithRetry(
			() => {
				controller.abort();
				return Promise.resolve<Outcome<string>>({ ok: true, value: 'task-1' });
			},
			{ verb: 'submit', clock, deadlineMs: clock.now() + 1_000, signal: controller.signal },
		);
		expect(outcome).toEqual({ ok: true, value: 'task-1' });
	});
});

describe('whatever the vendor answers, in whatever order', () => {
	const failures: fc.Arbitrary<Failure> = fc.record(
		{
			reason: fc.constantFrom(...(Object.keys(reasons) as Reason[])),
			message: fc.constant('Vendor failed'),
			task: fc.constantFrom('none', 'maybe'),
			retryAfterMs: fc.nat(60_000),
		},
		{ requiredKeys: ['reason', 'message'] },
	);
	const answers = fc.array(fc.oneof(failures, fc.constant('task-1')), {
		minLength: 1,
		maxLength: 12,
	});
	const isRefusalForSpeed = (answer: Failure | string): boolean =>
		typeof answer !== 'string' &&
		reasons[answer.reason].code === 'rateLimited' &&
		answer.task !== 'maybe';
	const randoms = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });

	it('no submit without an idempotency key follows one that may have been taken', async () => {
		await fc.assert(
			fc.asyncProperty(answers, randoms, async (sequence, numbers) => {
				const clock = new FakeClock({ randoms: numbers });
				const { sends, outcome } = await sendThrough(sequence, { clock });
				const sent = Array.from(
					{ length: sends },
					(_, index) => sequence[Math.min(index, sequence.length - 1)]!,
				);
				const mayHaveBeenTaken = sent.map(
					(answer) => typeof answer === 'string' || answer.task === 'maybe',
				);
				expect(mayHaveBeenTaken.slice(0, -1)).not.toContain(true);
				if (!outcome.ok && mayHaveBeenTaken.at(-1) === true) {
					expect(mayRetryElsewhere(outcome.failure)).toBe(false);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('with a key, what may have been taken is never given to another vendor', async () => {
		await fc.assert(
			fc.asyncProperty(answers, randoms, async (sequence, numbers) => {
				const clock = new FakeClock({ randoms: numbers });
				const { sends, outcome } = await sendThrough(sequence, { clock, isIdempotent: true });
				const sent = sequence.slice(0, sends);
				const unclear = sent.some(
					(answer) => typeof answer !== 'string' && answer.task === 'maybe',
				);
				if (!outcome.ok && unclear) expect(mayRetryElsewhere(outcome.failure)).toBe(false);
			}),
			{ numRuns: 500 },
		);
	});

	it('every verb comes to an end, within its deadline', async () => {
		const verbs: readonly VerbName[] = [
			'submit',
			'cancelTask',
			'uploadReference',
			'getBalance',
			'download',
		];
		await fc.assert(
			fc.asyncProperty(
				answers,
				randoms,
				fc.constantFrom(...verbs),
				fc.integer({ min: 0, max: 300_000 }),
				async (sequence, numbers, verb, timeoutMs) => {
					const clock = new FakeClock({ randoms: numbers });
					const deadlineMs = clock.now() + timeoutMs;
					const { sends } = await sendThrough(sequence, { clock, verb, deadlineMs });
					// A refusal for speed does not count: the deadline ends that queue, at one send a second at most.
					const mayQueue = verb === 'submit' && sequence.some(isRefusalForSpeed);
					expect(sends).toBeLessThanOrEqual(mayQueue ? 1 + timeoutMs / 1_000 : 6);
					expect(clock.now()).toBeLessThanOrEqual(deadlineMs);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});
