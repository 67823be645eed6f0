import fc from 'fast-check';

import { nextPollDelayMs } from '../../../nodes/NanoBanana/core/pollSchedule';

/** When a task that takes so long is seen to be ready, and after how many looks. */
function seenReady(taskMs: number): { readonly atMs: number; readonly looks: number } {
	let atMs = 0;
	let looks = 0;
	do {
		atMs += nextPollDelayMs({ elapsedMs: atMs, chosenIntervalMs: 0 });
		looks++;
	} while (atMs < taskMs);
	return { atMs, looks };
}

describe('the adaptive schedule', () => {
	it('is late by at most 15 % of the task, or 1.1 s, for any task of 3 to 300 s', () => {
		fc.assert(
			fc.property(fc.integer({ min: 3_000, max: 300_000 }), (taskMs) => {
				const lateMs = seenReady(taskMs).atMs - taskMs;
				expect(lateMs).toBeLessThanOrEqual(Math.max(1_100, 0.15 * taskMs));
			}),
			{ numRuns: 5_000 },
		);
	});

	it.each([
		[10_000, 10],
		[60_000, 23],
		[300_000, 34],
	])('asks about a task of %i ms no more than %i times', (taskMs, most) => {
		expect(seenReady(taskMs).looks).toBeLessThanOrEqual(most);
	});

	it('never asks twice within a second', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10_000_000 }), (elapsedMs) => {
				const delayMs = nextPollDelayMs({ elapsedMs, chosenIntervalMs: 0 });
				expect(delayMs).toBeGreaterThanOrEqual(1_000);
			}),
		);
	});
});

describe('an interval that the user chose', () => {
	it.each([
		[2_500, 2_500],
		[100, 100],
		[1, 100],
	])('of %i ms is kept, but for the shortest: %i ms', (chosenIntervalMs, delayMs) => {
		expect(nextPollDelayMs({ elapsedMs: 0, chosenIntervalMs })).toBe(delayMs);
		expect(nextPollDelayMs({ elapsedMs: 250_000, chosenIntervalMs })).toBe(delayMs);
	});
});
