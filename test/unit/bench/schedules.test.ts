import { evenlySpread, seededRandom } from '../../bench/random';
import { competitors, fixedInterval, jitteredBackoff } from '../../bench/schedules/competitors';
import type { Schedule, Situation } from '../../bench/schedules/schedule';
import { isBetterInBoth, roundTripMs, simulate } from '../../bench/schedules/simulate';

const minute = { minMs: 30_000, maxMs: 80_000 };
const lengthsOf = (count: number) => evenlySpread(count, minute, seededRandom(1));
const play = (schedule: Schedule, lengthsMs: readonly number[], remembered = 0) =>
	simulate(schedule, lengthsMs, { random: seededRandom(2), remembered });

it('finds a task of 12 s with the third poll of every 5 s', () => {
	const result = play(fixedInterval(5), [12_000]);
	expect(result.meanPolls).toBe(3);
	// Three pauses and three round trips.
	expect(result.meanLagMs).toBe(15_450 - 12_000);
	expect(result.lagShare95).toBeCloseTo(3_450 / 12_000, 10);
});

it('is told what holds half-way through a poll', () => {
	expect(play(fixedInterval(5), [5_000 + roundTripMs / 2]).meanPolls).toBe(1);
	expect(play(fixedInterval(5), [5_001 + roundTripMs / 2]).meanPolls).toBe(2);
});

it.each([2, 3, 5, 10, 20])(
	'every %i s notices half a pause and a round trip late on average',
	(seconds) => {
		const stepMs = seconds * 1000 + roundTripMs;
		// Several whole steps wide, so that no part of a step is met more often than another.
		const spread = { minMs: 30_000, maxMs: 30_000 + 3 * stepMs };
		const lengthsMs = evenlySpread(20_000, spread, seededRandom(1));
		const result = play(fixedInterval(seconds), lengthsMs);
		const expectedLagMs = seconds * 500 + roundTripMs;
		expect(Math.abs(result.meanLagMs - expectedLagMs)).toBeLessThan(0.02 * expectedLagMs);
		const meanLengthMs = (spread.minMs + spread.maxMs) / 2;
		expect(result.meanPolls).toBeCloseTo((meanLengthMs + expectedLagMs) / stepMs, 1);
	},
);

it('lets the AWS waiter wait at least its least, and its most when the doubling has reached it', () => {
	const waiter = jitteredBackoff(2, 120);
	const at = (polls: number): Situation => ({
		elapsedMs: 0,
		lastPollMs: 0,
		polls,
		finished: [],
	});
	expect([0, 1, 2, 3].map((polls) => waiter.delayMs(at(polls), () => 0))).toEqual([
		2_000, 2_000, 2_000, 2_000,
	]);
	expect([0, 1, 2, 3].map((polls) => waiter.delayMs(at(polls), () => 1))).toEqual([
		2_000, 4_000, 8_000, 16_000,
	]);
	expect(waiter.delayMs(at(6), () => 0)).toBe(120_000);
});

it('tells a schedule what the tasks before were like, newest last, and no more than is remembered', () => {
	const seen: Situation['finished'][] = [];
	const listening: Schedule = {
		name: 'listening',
		delayMs: ({ polls, finished }) => {
			if (polls === 0) seen.push(finished);
			return 1_000;
		},
	};
	play(listening, [1_000, 2_000, 3_000], 2);
	expect(seen).toEqual([
		[],
		[{ unfinishedAtMs: 0, foundAtMs: 1_000 }],
		[
			{ unfinishedAtMs: 0, foundAtMs: 1_000 },
			{ unfinishedAtMs: 1_000, foundAtMs: 2_150 },
		],
	]);
	seen.length = 0;
	play(listening, [1_000, 2_000], 0);
	expect(seen).toEqual([[], []]);
});

it('gives the same figures for the same seed, and others for another', () => {
	const [waiter] = competitors.slice(-1) as [Schedule];
	const lengthsMs = lengthsOf(500);
	expect(play(waiter, lengthsMs)).toEqual(play(waiter, lengthsMs));
	expect(simulate(waiter, lengthsMs, { random: seededRandom(3), remembered: 0 })).not.toEqual(
		play(waiter, lengthsMs),
	);
});

it('calls a schedule better only where it is both sooner and cheaper', () => {
	const lengthsMs = lengthsOf(1_000);
	const [often, seldom] = [
		play(fixedInterval(2), lengthsMs),
		play(fixedInterval(10), lengthsMs),
	] as const;
	expect(isBetterInBoth(often, seldom)).toBe(false);
	expect(isBetterInBoth(seldom, often)).toBe(false);
	expect(isBetterInBoth(often, { ...seldom, meanPolls: 1_000 })).toBe(true);
});
