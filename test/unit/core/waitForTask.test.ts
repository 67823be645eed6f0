import {
	hintOf,
	isResumable,
	mayRetryElsewhere,
	type Failure,
	type Outcome,
} from '../../../nodes/NanoBanana/core/failure';
import type { TaskSnapshot } from '../../../nodes/NanoBanana/core/task';
import { openTaskDurations } from '../../../nodes/NanoBanana/core/taskDurations';
import { waitForTask, type WaitOptions } from '../../../nodes/NanoBanana/core/waitForTask';
import { FakeClock } from './fakeClock';

const running: TaskSnapshot = {
	taskId: 'task-1',
	state: 'running',
	vendorState: 'IN_PROGRESS',
	images: [],
};
const done: TaskSnapshot = {
	...running,
	state: 'succeeded',
	vendorState: 'COMPLETED',
	images: [{ url: 'https://files.example/1.png' }],
};
const emptySuccess: TaskSnapshot = { ...done, images: [] };
const unavailable: Failure = {
	reason: 'vendorUnavailable',
	message: 'Vendor is not available right now: HTTP 502',
};
const unknownTask: Failure = { reason: 'notFound', message: 'Vendor does not know the task' };

type Answer = TaskSnapshot | Failure;

function outcomeOf(answer: Answer): Outcome<TaskSnapshot> {
	return 'taskId' in answer && 'images' in answer
		? { ok: true, value: answer }
		: { ok: false, failure: answer };
}

/** Waits while the vendor gives these answers in turn, the last one for ever. */
async function waitThrough(
	answers: readonly Answer[],
	changes: Partial<WaitOptions> & { readonly clock?: FakeClock } = {},
) {
	const clock = changes.clock ?? new FakeClock();
	const startedAtMs = changes.startedAtMs ?? clock.now();
	const polledAt: number[] = [];
	const result = await waitForTask({
		vendorName: 'Vendor',
		taskId: 'task-1',
		poll: () => {
			const answer = answers[Math.min(polledAt.length, answers.length - 1)]!;
			polledAt.push(clock.now() - startedAtMs);
			return Promise.resolve(outcomeOf(answer));
		},
		timeoutMs: 300_000,
		pollIntervalMs: 0,
		typicalMs: 40_000,
		pollAtOnce: false,
		submittedAtMs: startedAtMs,
		...changes,
		clock,
		startedAtMs,
	});
	return { ...result, clock, polledAt };
}

function failureOf(outcome: Outcome<TaskSnapshot>): Failure {
	if (outcome.ok) throw new Error(`Expected a failure, got state ${outcome.value.state}`);
	return outcome.failure;
}

describe('when it polls', () => {
	it('follows the schedule and never sleeps after the terminal state', async () => {
		const { outcome, polls, clock, polledAt } = await waitThrough([
			...Array<Answer>(6).fill(running),
			done,
		]);
		expect(outcome).toEqual({ ok: true, value: done });
		expect(polls).toBe(7);
		expect(clock.slept).toEqual([4_000, 1_000, 1_000, 1_000, 1_050, 1_208, 1_389]);
		expect(polledAt.at(-1)).toBe(10_647);
	});

	it('polls where tasks of its kind have ended before, and tells how long this one took', async () => {
		const durations = openTaskDurations([20_000, 20_000, 20_000]);
		const { polledAt, durationMs, foundAtMs } = await waitThrough(
			[running, running, running, done],
			{
				durations,
			},
		);
		// One poll on the way, the next at the end of the span of 2 %, then less and less closely.
		expect(polledAt).toEqual([7_840, 20_400, 21_400, 23_400]);
		expect(durationMs).toBe(22_400);
		expect(foundAtMs).toBe(23_400);
	});

	it('learns from tasks that end meanwhile', async () => {
		const durations = openTaskDurations();
		const clock = new FakeClock();
		clock.at(5_500, () => {
			for (const durationMs of [60_000, 60_000, 60_000]) durations.add(durationMs);
		});
		const { polledAt } = await waitThrough([running, running, running, done], { clock, durations });
		expect(polledAt).toEqual([4_000, 5_000, 6_000, 60_200]);
	});

	it('counts from when a poll was really sent, where it had to wait for its turn', async () => {
		const clock = new FakeClock();
		const sentAtMs: number[] = [];
		const startedAtMs = clock.now();
		await waitThrough([], {
			clock,
			poll: ({ begins }) => {
				clock.advance(10_000);
				begins();
				sentAtMs.push(clock.now() - startedAtMs);
				return Promise.resolve({ ok: true, value: sentAtMs.length === 3 ? done : running });
			},
		});
		expect(sentAtMs).toEqual([14_000, 26_100, 38_900]);
	});

	it('keeps to an interval that the user chose', async () => {
		const { clock } = await waitThrough([running, running, done], { pollIntervalMs: 5_000 });
		expect(clock.slept).toEqual([5_000, 5_000, 5_000]);
	});

	it('polls a task at once that another execution submitted', async () => {
		const { clock, polledAt } = await waitThrough([done], { pollAtOnce: true });
		expect(polledAt).toEqual([0]);
		expect(clock.slept).toEqual([]);
	});

	it('counts the time of the polls themselves, and adds no more than one poll to the deadline', async () => {
		const clock = new FakeClock();
		const startedAtMs = clock.now();
		const { polls } = await waitForTask({
			vendorName: 'Vendor',
			taskId: 'task-1',
			clock,
			startedAtMs,
			timeoutMs: 10_000,
			pollIntervalMs: 1_000,
			typicalMs: 40_000,
			pollAtOnce: false,
			poll: () => {
				clock.advance(4_000);
				return Promise.resolve({ ok: true, value: running });
			},
		});
		// At 1, 6 and 10 seconds.
		expect(polls).toBe(3);
		expect(clock.now() - startedAtMs).toBe(14_000);
	});
});

describe('the deadline', () => {
	it('sleeps no longer than up to it, and polls a last time at it', async () => {
		const { clock, polledAt, outcome } = await waitThrough([running], {
			timeoutMs: 12_000,
			pollIntervalMs: 5_000,
		});
		expect(clock.slept).toEqual([5_000, 5_000, 2_000]);
		expect(polledAt).toEqual([5_000, 10_000, 12_000]);
		expect(failureOf(outcome).reason).toBe('timeout');
	});

	it('is passed by less than a second rather than polling twice within one', async () => {
		const { polledAt, outcome } = await waitThrough([running], { timeoutMs: 4_300 });
		expect(polledAt).toEqual([4_000, 5_000]);
		expect(failureOf(outcome).reason).toBe('timeout');
	});

	it('does not lose an image that became ready during the last sleep', async () => {
		const { outcome } = await waitThrough([running, running, done], {
			timeoutMs: 12_000,
			pollIntervalMs: 5_000,
		});
		expect(outcome).toEqual({ ok: true, value: done });
	});

	it('names the task, the state in the vendor’s own word, and how to go on', async () => {
		const odd: TaskSnapshot = { ...running, vendorState: 'REVIEWING' };
		const { outcome } = await waitThrough([odd], { timeoutMs: 5_000 });
		const failure = failureOf(outcome);
		expect(failure).toMatchObject({ reason: 'timeout', taskId: 'task-1' });
		expect(failure.message).toBe(
			'Vendor has not finished task task-1 within 5 s; its last state was "REVIEWING" after 2 polls',
		);
		expect(hintOf(failure)).toContain('Task → Wait');
		expect(isResumable(failure)).toBe(true);
		expect(mayRetryElsewhere(failure)).toBe(false);
	});

	it('tells of polls that failed to the end', async () => {
		const { outcome } = await waitThrough([running, unavailable], { timeoutMs: 6_000 });
		const failure = failureOf(outcome);
		expect(failure.reason).toBe('timeout');
		expect(failure.message).toContain('The last poll failed: Vendor is not available right now');
	});

	it('polls once where it has already passed', async () => {
		const clock = new FakeClock();
		const { outcome, polls } = await waitThrough([done], {
			clock,
			startedAtMs: clock.now() - 900_000,
			pollAtOnce: true,
		});
		expect(outcome.ok).toBe(true);
		expect(polls).toBe(1);
	});

	it('says that the vendor did not know the task at the last poll', async () => {
		const { outcome } = await waitThrough([unknownTask], { timeoutMs: 1_000 });
		expect(failureOf(outcome)).toMatchObject({ reason: 'timeout', taskId: 'task-1' });
		expect(failureOf(outcome).message).toContain(unknownTask.message);
	});
});

describe('polls that fail', () => {
	it('forgives single ones, with a backoff of their own', async () => {
		const clock = new FakeClock({ randoms: [0.5, 1, 0] });
		const { outcome } = await waitThrough([running, unavailable, unavailable, unavailable, done], {
			clock,
			pollIntervalMs: 1_000,
		});
		expect(outcome.ok).toBe(true);
		// 1 + 0.5·1, 1 + 1·3, 1 + 0·7 seconds
		expect(clock.slept).toEqual([1_000, 1_000, 1_500, 4_000, 1_000]);
	});

	it('begins the backoff anew after a poll that worked', async () => {
		const clock = new FakeClock({ randoms: [1] });
		await waitThrough([unavailable, unavailable, running, unavailable, done], {
			clock,
			pollIntervalMs: 1_000,
		});
		expect(clock.slept).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
	});

	it('waits as long as the vendor’s Retry-After asks, but not beyond the deadline', async () => {
		const tooMany: Failure = { reason: 'rateLimited', message: 'too many', retryAfterMs: 7_000 };
		const { clock } = await waitThrough([tooMany, done]);
		expect(clock.slept).toEqual([4_000, 7_000]);

		const late: Failure = { ...tooMany, retryAfterMs: 600_000 };
		const { clock: lateClock, outcome } = await waitThrough([late], { timeoutMs: 20_000 });
		expect(lateClock.slept).toEqual([4_000, 16_000]);
		expect(failureOf(outcome).reason).toBe('timeout');
	});

	it('a single poll takes no young task for forgotten, however long the vendor wants to be left alone', async () => {
		const unknown: Failure = { reason: 'notFound', message: 'no', retryAfterMs: 30_000 };
		const single = { isEnough: () => true, pollAtOnce: true, timeoutMs: 15_000 };

		const young = await waitThrough([unknown], single);
		expect(failureOf(young.outcome).reason).toBe('vendorUnavailable');
		const foreign = await waitThrough([unknown], { ...single, submittedAtMs: undefined });
		expect(failureOf(foreign.outcome).reason).toBe('notFound');
	});

	it('believes an unknown word with an image at once only where somebody has called', async () => {
		const preview: TaskSnapshot = {
			...running,
			isUnknownWord: true,
			images: [{ url: 'https://a.example/1.png' }],
		};
		const single = { isEnough: () => true, pollAtOnce: true };

		const uncalled = await waitThrough([preview], single);
		expect(uncalled.outcome).toMatchObject({ ok: true, value: { state: 'running' } });
		const called = await waitThrough([preview], { ...single, isTold: true });
		expect(called.outcome).toMatchObject({ ok: true, value: { state: 'succeeded' } });
	});

	it.each<Failure['reason']>(['authentication', 'forbidden', 'invalidRequest'])(
		'ends at once with "%s", and keeps the task ID',
		async (code) => {
			const { outcome, polls } = await waitThrough([running, { reason: code, message: 'no' }]);
			expect(polls).toBe(2);
			expect(failureOf(outcome)).toMatchObject({ reason: code, taskId: 'task-1' });
		},
	);

	it.each<Failure['reason']>([
		'authentication',
		'forbidden',
		'insufficientCredit',
		'invalidRequest',
		'contentRejected',
		'notFound',
		'conflict',
		'wrongAddress',
		'unsupported',
	])('goes on after "%s" where nothing makes it certain', async (reason) => {
		const failure: Failure = { reason, message: 'no', task: 'maybe' };
		const { outcome } = await waitThrough([running, ...Array(20).fill(failure), done]);
		expect(outcome.ok).toBe(true);
	});

	it('takes "unknown task" for "not yet known" in the first minute', async () => {
		const { outcome, polledAt } = await waitThrough([...Array(12).fill(unknownTask), done]);
		expect(outcome.ok).toBe(true);
		expect(polledAt.at(-2)).toBeLessThan(60_000);
	});

	it('believes it three times in a row after that, and lets it be taken up again', async () => {
		const { outcome, polledAt } = await waitThrough([unknownTask]);
		const failure = failureOf(outcome);
		expect(failure).toMatchObject({ reason: 'notFound', taskId: 'task-1' });
		expect(isResumable(failure)).toBe(true);
		expect(mayRetryElsewhere(failure)).toBe(false);
		expect(polledAt.filter((at) => at >= 60_000)).toHaveLength(3);
		expect(polledAt.at(-1)).toBeLessThan(90_000);
	});

	it('begins to count anew after any other answer', async () => {
		for (const other of [running, unavailable]) {
			const { outcome, polls } = await waitThrough(
				[unknownTask, unknownTask, other, unknownTask, unknownTask, done],
				{ pollAtOnce: true, startedAtMs: new FakeClock().now() - 100_000 },
			);
			expect(outcome.ok).toBe(true);
			expect(polls).toBe(6);
		}
	});

	it('never sends a poll sooner than one second after another', async () => {
		const clock = new FakeClock({ randoms: [0] });
		const { polledAt } = await waitThrough([unavailable], { clock, timeoutMs: 60_000 });
		const gaps = polledAt.slice(1, -1).map((at, index) => at - polledAt[index]!);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
	});
});

describe('a state in a word that nobody documented', () => {
	const image = { url: 'https://files.example/1.png' };
	const ready: TaskSnapshot = {
		...running,
		vendorState: 'ready',
		isUnknownWord: true,
		images: [image],
	};

	it('is a success where the same images are there three times', async () => {
		const { outcome, polls } = await waitThrough([running, ready]);
		expect(outcome).toEqual({ ok: true, value: { ...ready, state: 'succeeded' } });
		expect(polls).toBe(4);
	});

	it('is one at the deadline', async () => {
		const { outcome, polls } = await waitThrough([ready], { timeoutMs: 1_000 });
		expect(outcome.ok && outcome.value.state).toBe('succeeded');
		expect(polls).toBe(1);
	});

	it('goes on while the images change, or where there are none', async () => {
		const preview = (number: number): TaskSnapshot => ({
			...ready,
			images: [{ url: `https://files.example/preview-${number}.png` }],
		});
		const changing = await waitThrough([1, 2, 3, 4, 5].map(preview).concat(done));
		expect(changing.outcome).toEqual({ ok: true, value: done });
		const without = await waitThrough([{ ...ready, images: [] }], { timeoutMs: 60_000 });
		expect(failureOf(without.outcome).reason).toBe('timeout');
	});
});

describe('a success without an image', () => {
	it('is polled twice more, and believed when the image is there', async () => {
		const { outcome, polls } = await waitThrough([emptySuccess, emptySuccess, done]);
		expect(outcome).toEqual({ ok: true, value: done });
		expect(polls).toBe(3);
	});

	it('ends in a failure that can be taken up again', async () => {
		const { outcome, polls } = await waitThrough([emptySuccess]);
		const failure = failureOf(outcome);
		expect(polls).toBe(3);
		expect(failure).toMatchObject({ reason: 'noImage', taskId: 'task-1' });
		expect(failure.message).toBe('Vendor says that task task-1 succeeded, but sent no image');
		expect(isResumable(failure)).toBe(true);
		expect(mayRetryElsewhere(failure)).toBe(false);
	});
});

describe('terminal states', () => {
	it.each(['failed', 'canceled'] as const)('hands a %s task back as a snapshot', async (state) => {
		const ended: TaskSnapshot = { ...running, state, vendorState: state };
		const { outcome, clock } = await waitThrough([ended]);
		expect(outcome).toEqual({ ok: true, value: ended });
		expect(clock.slept).toEqual([4_000]);
	});
});

describe('stop', () => {
	it('ends a sleep and polls no more', async () => {
		const clock = new FakeClock();
		const controller = new AbortController();
		clock.at(7_500, () => controller.abort());
		const { outcome, polledAt } = await waitThrough([running], {
			clock,
			signal: controller.signal,
			pollIntervalMs: 5_000,
		});
		expect(polledAt).toEqual([5_000]);
		expect(failureOf(outcome)).toMatchObject({ taskId: 'task-1' });
		expect(clock.now()).toBe(1_007_500);
	});

	it('does not poll even once where it was stopped before', async () => {
		const { outcome, polls } = await waitThrough([done], {
			signal: AbortSignal.abort(),
			pollAtOnce: true,
		});
		expect(polls).toBe(0);
		expect(failureOf(outcome).message).toBe('The execution was stopped');
	});

	it('says "stopped", not what the broken-off poll said', async () => {
		const controller = new AbortController();
		const clock = new FakeClock();
		const { outcome } = await waitForTask({
			vendorName: 'Vendor',
			taskId: 'task-1',
			clock,
			signal: controller.signal,
			startedAtMs: clock.now(),
			timeoutMs: 300_000,
			pollIntervalMs: 0,
			typicalMs: 40_000,
			pollAtOnce: true,
			poll: () => {
				controller.abort();
				return Promise.resolve({ ok: false, failure: unavailable });
			},
		});
		expect(failureOf(outcome).message).toBe('The execution was stopped');
	});

	it('still hands over an image that came with the very poll', async () => {
		const controller = new AbortController();
		const clock = new FakeClock();
		const { outcome } = await waitForTask({
			vendorName: 'Vendor',
			taskId: 'task-1',
			clock,
			signal: controller.signal,
			startedAtMs: clock.now(),
			timeoutMs: 300_000,
			pollIntervalMs: 0,
			typicalMs: 40_000,
			pollAtOnce: true,
			poll: () => {
				controller.abort();
				return Promise.resolve({ ok: true, value: done });
			},
		});
		expect(outcome).toEqual({ ok: true, value: done });
	});

	it('leaves a task that can be waited for and is not bought elsewhere', async () => {
		const clock = new FakeClock();
		const controller = new AbortController();
		clock.at(500, () => controller.abort());
		const { outcome } = await waitThrough([running], { clock, signal: controller.signal });
		expect(isResumable(failureOf(outcome))).toBe(true);
		expect(mayRetryElsewhere(failureOf(outcome))).toBe(false);
	});
});
