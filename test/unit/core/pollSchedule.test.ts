import fc from 'fast-check';

import {
	chanceOfEnd,
	estimatedDurationMs,
	nextPollAtMs,
} from '../../../nodes/NanoBanana/core/pollSchedule';
import type { DurationSpan } from '../../../nodes/NanoBanana/core/taskDurations';

/** A minute and a half is when polls of such tasks begin to come as seldom as they may. */
const typicalMs = 40_000;

/** When a task that takes so long is seen to be ready, and when it was polled. */
function pollTimes(taskMs: number, span?: DurationSpan, usualMs = typicalMs): readonly number[] {
	const polls: number[] = [];
	let lastPollMs = 0;
	do {
		lastPollMs = nextPollAtMs({ lastPollMs, chosenIntervalMs: 0, span, typicalMs: usualMs });
		polls.push(lastPollMs);
	} while (lastPollMs < taskMs);
	return polls;
}

const lateMs = (taskMs: number, span?: DurationSpan): number =>
	(pollTimes(taskMs, span).at(-1) ?? 0) - taskMs;

const anyTask = fc.integer({ min: 3_000, max: 300_000 });
const anySpan = fc
	.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 200_000 }))
	.map(([earliestMs, widthMs]) => ({ earliestMs, latestMs: earliestMs + widthMs }));

describe('without history', () => {
	it('is late by at most 15 % of the task, or 1.1 s, for any task of 3 to 300 s', () => {
		fc.assert(
			fc.property(anyTask, fc.integer({ min: 1_000, max: 600_000 }), (taskMs, usualMs) => {
				const late = (pollTimes(taskMs, undefined, usualMs).at(-1) ?? 0) - taskMs;
				expect(late).toBeLessThanOrEqual(Math.max(1_100, 0.15 * taskMs));
			}),
			{ numRuns: 5_000 },
		);
	});

	it.each([
		[10_000, 8],
		[60_000, 28],
		[300_000, 50],
	])('asks about a task of %i ms no more than %i times', (taskMs, most) => {
		expect(pollTimes(taskMs).length).toBeLessThanOrEqual(most);
	});

	it('is late by at most 7 % of the usual time until well past it', () => {
		for (let taskMs = 20_000; taskMs <= 100_000; taskMs += 50) {
			expect(lateMs(taskMs)).toBeLessThanOrEqual(0.07 * typicalMs);
		}
		expect(lateMs(103_000)).toBeGreaterThan(0.07 * typicalMs);
	});

	it('begins like this', () => {
		expect(pollTimes(9_000)).toEqual([4_000, 5_000, 6_000, 7_000, 8_050, 9_258]);
	});
});

describe('with history', () => {
	const span = { earliestMs: 30_000, latestMs: 80_000 };

	it('polls once before the span, then where tasks have ended, and right at its end', () => {
		const polls = pollTimes(80_000, span);
		expect(polls[0]).toBe(12_000);
		expect(polls[1]).toBeGreaterThanOrEqual(30_000);
		expect(polls.at(-1)).toBe(80_000);
		expect(polls.length).toBeLessThanOrEqual(17);
	});

	it('goes on as without history when the task takes longer than any before', () => {
		fc.assert(
			fc.property(fc.integer({ min: 80_001, max: 300_000 }), (taskMs) => {
				expect(lateMs(taskMs, span)).toBeLessThanOrEqual(0.15 * taskMs);
			}),
		);
	});

	it('polls as closely as within the span right after it, then less and less so', () => {
		const polls = pollTimes(110_000, span);
		const after = polls.slice(polls.indexOf(80_000));
		expect(after.slice(0, 5)).toEqual([80_000, 83_125, 89_375, 101_875, 117_156]);
	});

	it('notices a task that is much quicker than all before within twice its length', () => {
		for (let taskMs = 5_000; taskMs < 30_000; taskMs += 100) {
			expect(lateMs(taskMs, span)).toBeLessThanOrEqual(2 * taskMs);
		}
	});

	it('finds a task within the span late by no more than a step and a half, or 15 % and a bit', () => {
		fc.assert(
			fc.property(anySpan, fc.double({ min: 0, max: 1, noNaN: true }), (any, share) => {
				fc.pre(any.earliestMs >= 3_000);
				const widthMs = any.latestMs - any.earliestMs;
				const taskMs = Math.round(any.earliestMs + share * widthMs);
				const stepMs = Math.max(1_000, widthMs / 16);
				const allowedMs = Math.max(1.5 * stepMs, 0.15 * taskMs + 0.3 * stepMs);
				expect(lateMs(taskMs, any)).toBeLessThanOrEqual(allowedMs);
			}),
			{ numRuns: 2_000 },
		);
	});
});

it('never polls twice within a second, whatever it believes', () => {
	fc.assert(
		fc.property(anyTask, fc.option(anySpan, { nil: undefined }), (taskMs, span) => {
			const polls = pollTimes(taskMs, span);
			for (const [index, atMs] of polls.entries()) {
				expect(atMs - (polls[index - 1] ?? 0)).toBeGreaterThanOrEqual(index === 0 ? 0 : 1_000);
			}
		}),
		{ numRuns: 2_000 },
	);
});

describe('an interval that the user chose', () => {
	it.each([
		[2_500, 2_500],
		[100, 100],
		[1, 100],
	])('of %i ms is kept, but for the shortest: %i ms', (chosenIntervalMs, delayMs) => {
		const span = { earliestMs: 30_000, latestMs: 80_000 };
		const next = (lastPollMs: number): number =>
			nextPollAtMs({ lastPollMs, chosenIntervalMs, span, typicalMs });
		expect(next(0)).toBe(delayMs);
		expect(next(50_000)).toBe(50_000 + delayMs);
	});
});

it('takes a task to have ended in the middle between two polls, but never long ago', () => {
	expect(estimatedDurationMs(9_000, 10_000)).toBe(9_500);
	expect(estimatedDurationMs(0, 30_000)).toBe(26_100);
	expect(estimatedDurationMs(0, 4_000)).toBe(3_000);
});

describe('the chance of a poll', () => {
	it('is between 0 and 1 and grows with the time since the last one', () => {
		fc.assert(
			fc.property(
				fc.option(anySpan, { nil: undefined }),
				fc.integer({ min: 0, max: 300_000 }),
				fc.integer({ min: 0, max: 300_000 }),
				(span, lastPollMs, sinceMs) => {
					const chance = chanceOfEnd(lastPollMs + sinceMs, lastPollMs, span, 40_000);
					expect(chance).toBeGreaterThanOrEqual(0);
					expect(chance).toBeLessThanOrEqual(1);
					const later = chanceOfEnd(lastPollMs + sinceMs + 1_000, lastPollMs, span, 40_000);
					expect(later).toBeGreaterThanOrEqual(chance);
				},
			),
		);
	});

	it('is nothing before any task has ended, and certain after the longest', () => {
		const span = { earliestMs: 10_000, latestMs: 20_000 };
		expect(chanceOfEnd(9_000, 0, span, 40_000)).toBe(0);
		expect(chanceOfEnd(15_000, 0, span, 40_000)).toBe(0.5);
		expect(chanceOfEnd(20_000, 15_000, span, 40_000)).toBe(1);
	});
});
