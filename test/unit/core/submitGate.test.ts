import { createSubmitGate } from '../../../nodes/NanoBanana/core/submitGate';
import { VirtualClock } from './virtualClock';

/** Submits that go through a gate, and what the vendor answers to each of them. */
function submitter(clock: VirtualClock) {
	const gate = createSubmitGate(clock);
	const sentAtMs: number[] = [];
	return {
		gate,
		sentAtMs,
		submit: async (
			answer: () => Parameters<typeof gate.leave>[0],
			retryAfterMs?: number,
		): Promise<number | undefined> => {
			const waitedMs = await gate.enter(undefined);
			sentAtMs.push(clock.now());
			const result = answer();
			await clock.sleep(100);
			gate.leave(result, retryAfterMs);
			return waitedMs;
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
		const waiting = gate.enter(stop.signal);
		await clock.sleep(500);
		stop.abort();
		expect(await waiting).toBeUndefined();
	});
	expect(clock.now()).toBeLessThanOrEqual(1_600);
});
