import type { Random } from '../random';
import { mean, percentile } from '../statistics';
import type { FinishedTask, Schedule } from './schedule';

/** One poll at the vendor and back; the vendor answers what holds half-way. */
export const roundTripMs = 150;

export interface SimulationOptions {
	readonly random: Random;
	/** How many finished tasks the client remembers; 0: none. */
	readonly remembered: number;
}

export interface SimulationResult {
	readonly schedule: string;
	/** From a task's end to the end of the poll that finds it. */
	readonly meanLagMs: number;
	/** The same as a share of each task's length. */
	readonly meanLagShare: number;
	readonly lagShare95: number;
	readonly meanPolls: number;
	readonly polls95: number;
}

/** Plays tasks of the given lengths one after the other, on a clock of its own. */
export function simulate(
	schedule: Schedule,
	lengthsMs: readonly number[],
	options: SimulationOptions,
): SimulationResult {
	const lagsMs: number[] = [];
	const lagShares: number[] = [];
	const polls: number[] = [];
	let finished: FinishedTask[] = [];
	for (const lengthMs of lengthsMs) {
		const { polls: pollCount, ...task } = waitFor(schedule, lengthMs, finished, options.random);
		const lagMs = task.foundAtMs + roundTripMs - lengthMs;
		lagsMs.push(lagMs);
		lagShares.push(lagMs / lengthMs);
		polls.push(pollCount);
		if (options.remembered > 0) finished = [...finished, task].slice(-options.remembered);
	}
	return {
		schedule: schedule.name,
		meanLagMs: mean(lagsMs),
		meanLagShare: mean(lagShares),
		lagShare95: percentile(lagShares, 95),
		meanPolls: mean(polls),
		polls95: percentile(polls, 95),
	};
}

function waitFor(
	schedule: Schedule,
	lengthMs: number,
	finished: readonly FinishedTask[],
	random: Random,
): FinishedTask & { readonly polls: number } {
	let nowMs = 0;
	let lastPollMs = 0;
	for (let polls = 0; ;) {
		const delayMs = schedule.delayMs({ elapsedMs: nowMs, lastPollMs, polls, finished }, random);
		const pollsAtMs = nowMs + delayMs;
		polls++;
		if (pollsAtMs + roundTripMs / 2 >= lengthMs) {
			return { unfinishedAtMs: lastPollMs, foundAtMs: pollsAtMs, polls };
		}
		lastPollMs = pollsAtMs;
		nowMs = pollsAtMs + roundTripMs;
	}
}

/** Whether one schedule notices sooner and asks less often than another. */
export function isBetterInBoth(one: SimulationResult, other: SimulationResult): boolean {
	return one.meanLagShare < other.meanLagShare && one.meanPolls < other.meanPolls;
}
