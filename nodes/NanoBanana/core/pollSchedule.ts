import type { DurationSpan } from './taskDurations';

/**
 * When to poll a task again. Pure: a function of the last poll and of the known durations of such tasks.
 * All times count from the task's submit.
 *
 * Without history, the next poll comes after at most 15 % of the time that has passed (or one second,
 * whichever is more). So the wait is at most that much longer than the vendor needs. Polls come closer
 * still until well past the usual time of the vendor's tasks.
 *
 * With history, most polls lie in the span where such tasks have ended before. They count backwards from
 * the end of that span, so that one falls right after the longest task, which decides when a run of many is
 * over. One poll before the span keeps a wrong guess cheap. After the span, polls come as close as within
 * it, then less and less so, until the schedule is as without history.
 */

/** The schedule never polls a task more often. */
export const shortestMs = 1_000;
const shareOfElapsed = 0.15;
const shortestChosenMs = 100;

/** No vendor is quicker than 3 s, and a task of 3 s may be noticed 1.1 s late. */
const firstPollMs = 4_000;

/** The longest step while a task takes no longer than usual, as a share of the usual time. */
const shareOfTypical = 0.07;
const typicalUpTo = 2.5;

/** The time of the poll before the span, as a share of the span's beginning. */
const guardShare = 0.4;

/** The longest assumed time from a task's end to the poll that found it, as a share. */
const largestDoubt = 0.13;

const pollsInSpan = 16;

/** The share of a step by which a poll of the grid may come later than without history. */
const gridTolerance = 0.3;

export interface PollProgress {
	/** When the last poll began; 0 where there was none. */
	readonly lastPollMs: number;
	/** The interval that the user chose, in milliseconds; 0 leaves it to the schedule. */
	readonly chosenIntervalMs: number;
	/** The span in which such tasks have ended; undefined where it is unknown. */
	readonly span: DurationSpan | undefined;
	/** How long the vendor's tasks usually take, in milliseconds. */
	readonly typicalMs: number;
}

/** When the next poll is due, in milliseconds from the submit. */
export function nextPollAtMs({
	lastPollMs,
	chosenIntervalMs,
	span,
	typicalMs,
}: PollProgress): number {
	if (chosenIntervalMs > 0) return lastPollMs + Math.max(shortestChosenMs, chosenIntervalMs);
	const steadyMs =
		lastPollMs === 0
			? firstPollMs
			: lastPollMs + Math.max(shortestMs, Math.round(lastPollMs * shareOfElapsed));
	if (span === undefined) {
		const isUsual = lastPollMs > 0 && lastPollMs < typicalUpTo * typicalMs;
		const closerMs = Math.max(shortestMs, Math.round(shareOfTypical * typicalMs));
		return isUsual ? Math.min(steadyMs, lastPollMs + closerMs) : steadyMs;
	}
	const stepMs = Math.max(shortestMs, (span.latestMs - span.earliestMs) / pollsInSpan);
	if (lastPollMs >= span.latestMs) {
		return Math.min(steadyMs, lastPollMs + Math.round(lastPollMs - span.latestMs + stepMs));
	}
	const earliestNextMs = lastPollMs === 0 ? 0 : lastPollMs + shortestMs;
	const gridMs = nextOnGrid(span, stepMs, earliestNextMs);
	if (lastPollMs < span.earliestMs) {
		const guardMs = Math.round(guardShare * span.earliestMs);
		return lastPollMs === 0 && guardMs >= firstPollMs ? guardMs : gridMs;
	}
	return gridMs - steadyMs <= gridTolerance * stepMs ? gridMs : steadyMs;
}

/** The first poll of the grid then or later: the grid counts backwards from the span's end. */
function nextOnGrid(span: DurationSpan, stepMs: number, notBeforeMs: number): number {
	// A poll right at the beginning of the span finds nothing yet.
	const firstMs = Math.max(notBeforeMs, span.earliestMs + stepMs / 2);
	const steps = Math.floor((span.latestMs - firstMs) / stepMs);
	return Math.round(span.latestMs - Math.max(0, steps) * stepMs);
}

/**
 * How likely a poll is to find the task ended, from 0 to 1. It decides which task is polled first where a
 * vendor limits requests. Without history a task may end at any moment, at the rate of its typical time.
 */
export function chanceOfEnd(
	elapsedMs: number,
	lastPollMs: number,
	span: DurationSpan | undefined,
	typicalMs: number,
): number {
	if (span === undefined || lastPollMs >= span.latestMs) {
		return 1 - Math.exp(-Math.max(0, elapsedMs - lastPollMs) / typicalMs);
	}
	const widthMs = Math.max(1, span.latestMs - span.earliestMs);
	const shareEndedBy = (ms: number): number =>
		Math.min(1, Math.max(0, (ms - span.earliestMs) / widthMs));
	const before = shareEndedBy(lastPollMs);
	return (shareEndedBy(elapsedMs) - before) / Math.max(1e-9, 1 - before);
}

/**
 * The assumed duration of a task that was running at one poll and had ended at the next: the middle, but
 * not long before the poll that found it, since that may have been the first for a long time.
 */
export function estimatedDurationMs(lastRunningPollMs: number, foundAtMs: number): number {
	return Math.max(
		(lastRunningPollMs + foundAtMs) / 2,
		foundAtMs - Math.max(shortestMs, largestDoubt * foundAtMs),
	);
}
