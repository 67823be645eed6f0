import { createSubmitGate, type SubmitResult } from '../../../nodes/NanoBanana/core/submitGate';
import { VirtualClock } from './virtualClock';

/** Submits that go through a gate, and what the vendor answers to each of them. */
function submitter(clock: VirtualClock) {
	const gate = createSubmitGate(clock);
	const sentAtMs: number[] = [];
	return {
		gate,
		sentAtMs,
		submit: async (
			answer: () => SubmitResult,
			retryAfterMs?: number,
			answerTakesMs = 100,
		): Promise<number | undefined> => {
			const turn = await gate.enter(undefined, Number.POSITIVE_INFINITY);
			if (turn.kind !== 'go') return undefined;
			sentAtMs.push(clock.now());
			const result = answer();
			await clock.sleep(answerTakesMs);
			turn.leave(result, retryAfterMs);
			return turn.waitedForOursMs;
		},
	};
}

it('lets all go at once while nothing is refused', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await Promise.all(Array.from({ length: 30 }, () => submit(() => 'taken')));
	});
	expect(new Set(sentAtMs)).toEqual(new Set([0]));
});

it('holds all of them back after one refusal, then lets one go, two, four', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await submit(() => 'refusedForSpeed', 5_000);
		await Promise.all(Array.from({ length: 7 }, () => submit(() => 'taken')));
	});
	const groups = [...new Set(sentAtMs)].map(
		(atMs) => sentAtMs.filter((other) => other === atMs).length,
	);
	expect(groups).toEqual([1, 1, 2, 4]);
	expect(sentAtMs[1]).toBe(5_100);
});

it('waits longer each time it is refused again, without Retry-After', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		for (let refusals = 0; refusals < 4; refusals++) await submit(() => 'refusedForSpeed');
		await submit(() => 'taken');
	});
	const gapsMs = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0) - 100);
	// The middle of one second and its doublings, as the clock's random number is one half.
	expect(gapsMs).toEqual([1_500, 2_500, 4_500, 8_500]);
});

it('waits for a task of its own to end where the vendor is busy with them', async () => {
	const clock = new VirtualClock();
	const { gate, submit, sentAtMs } = submitter(clock);
	let waitedMs: number | undefined;
	await clock.run(async () => {
		await submit(() => 'taken');
		await submit(() => 'taken');
		await submit(() => 'refusedWhileBusy');
		const third = submit(() => 'taken').then((ms) => (waitedMs = ms));
		await clock.sleep(20_000);
		gate.taskEnded();
		await third;
	});
	expect(sentAtMs.at(-1)).toBeGreaterThanOrEqual(20_300);
	expect(sentAtMs.at(-1)).toBeLessThanOrEqual(20_600);
	expect(waitedMs).toBeGreaterThanOrEqual(20_000);
});

it('tries once more when somebody else may have been in the way', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await submit(() => 'taken');
		await submit(() => 'refusedWhileBusy');
		await submit(() => 'taken');
	});
	expect(sentAtMs.at(-1)).toBeGreaterThanOrEqual(30_000);
	expect(sentAtMs.at(-1)).toBeLessThanOrEqual(31_000);
});

it('backs off where the vendor is busy with tasks that are not of this run', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await submit(() => 'refusedWhileBusy');
		await submit(() => 'taken');
	});
	expect(sentAtMs).toEqual([0, 1_600]);
});

it('lets nobody through after a stop', async () => {
	const clock = new VirtualClock();
	const { gate, submit } = submitter(clock);
	const stop = new AbortController();
	await clock.run(async () => {
		await submit(() => 'refusedForSpeed', 60_000);
		const waiting = gate.enter(stop.signal, Number.POSITIVE_INFINITY);
		await clock.sleep(500);
		stop.abort();
		expect(await waiting).toEqual({ kind: 'stopped' });
	});
	expect(clock.now()).toBeLessThanOrEqual(1_600);
});

it('counts what is refused together as one refusal', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	let answered = 0;
	await clock.run(async () => {
		// Every other one is taken, each a little later than the one before.
		await Promise.all(
			Array.from({ length: 20 }, (_, index) =>
				submit(() => (index % 2 === 0 ? 'refusedForSpeed' : 'taken'), undefined, 100 + index * 10),
			),
		);
		answered = clock.now();
		await Promise.all(Array.from({ length: 3 }, () => submit(() => 'taken')));
	});
	expect(answered).toBe(290);
	// One and a half second after the first refusal, then one alone, then two.
	expect(sentAtMs.slice(20)).toEqual([1_600, 1_850, 1_850]);
});

it('obeys the longest Retry-After of what is refused together', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await Promise.all([
			submit(() => 'refusedForSpeed', 2_000),
			submit(() => 'refusedForSpeed', 7_000, 200),
		]);
		await submit(() => 'taken');
	});
	expect(sentAtMs.at(-1)).toBe(7_200);
});

it('finds out how many tasks at once a vendor takes, however its answers are ordered', async () => {
	const clock = new VirtualClock();
	const { gate, submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		// Five places; the refusals come first.
		await Promise.all(
			Array.from({ length: 12 }, (_, index) =>
				submit(() => (index < 5 ? 'taken' : 'refusedWhileBusy'), undefined, index < 5 ? 900 : 100),
			),
		);
		const next = submit(() => 'taken');
		await clock.sleep(10_000);
		expect(sentAtMs).toHaveLength(12);
		gate.taskEnded();
		await next;
	});
	expect(sentAtMs.at(-1)).toBeLessThanOrEqual(900 + 10_000 + 250);
});

it('does not hold back until a moment that is too late', async () => {
	const clock = new VirtualClock();
	const { gate, submit } = submitter(clock);
	await clock.run(async () => {
		await submit(() => 'refusedForSpeed', 3_600_000);
		expect(await gate.enter(undefined, 300_000)).toEqual({
			...{ kind: 'tooLate', pauseMs: 3_600_000, isAskedFor: true },
		});
	});
	expect(clock.now()).toBe(100);
});

it('knows which pauses are its own', async () => {
	const clock = new VirtualClock();
	const { gate, submit } = submitter(clock);
	await clock.run(async () => {
		await submit(() => 'refusedForSpeed');
		expect(await gate.enter(undefined, 1_000)).toMatchObject({ isAskedFor: false });
	});
});

it('is not held back by its own number where others take all places', async () => {
	const clock = new VirtualClock();
	const { submit, sentAtMs } = submitter(clock);
	await clock.run(async () => {
		await Promise.all(
			Array.from({ length: 12 }, (_, index) =>
				submit(() => 'refusedWhileBusy', undefined, 100 + index * 10),
			),
		);
		await Promise.all(Array.from({ length: 8 }, () => submit(() => 'taken')));
	});
	// One alone after the pause, then two, four, and the last.
	expect(sentAtMs).toHaveLength(20);
	expect(sentAtMs.at(-1)).toBeLessThanOrEqual(3_000);
});

it('tells those who wait when a longer pause makes them too late', async () => {
	const clock = new VirtualClock();
	const { gate, submit } = submitter(clock);
	await clock.run(async () => {
		const slow = submit(() => 'refusedForSpeed', 600_000, 3_000);
		await submit(() => 'refusedForSpeed', 20_000);
		const waiting = gate.enter(undefined, 300_000);
		await slow;
		expect(await waiting).toMatchObject({ kind: 'tooLate' });
	});
	expect(clock.now()).toBeLessThanOrEqual(3_350);
});

it('counts no time that a submit has waited for tasks of its own run toward its deadline', async () => {
	const clock = new VirtualClock();
	const { gate, submit } = submitter(clock);
	await clock.run(async () => {
		const slow = submit(() => 'refusedForSpeed', 2_000, 12_000);
		await submit(() => 'taken');
		await submit(() => 'refusedWhileBusy');
		// Its pause ends long after the deadline, but most of that was the wait for the task of the first.
		const turn = await gate.enter(undefined, clock.now() + 5_000);
		expect(turn).toMatchObject({ kind: 'go' });
		await slow;
	});
	expect(clock.now()).toBeGreaterThanOrEqual(14_000);
});
