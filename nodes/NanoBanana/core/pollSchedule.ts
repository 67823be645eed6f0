import type { DurationSpan } from './taskDurations';

/**
 * When to look at a task again. Pure: a function of when it was looked at last and of what is known of
 * tasks of its kind. All times count from its submit.
 *
 * Without history, looks come closer than the image may be late: the next one is at most 15 % of the
 * time that has passed away (or one second, whichever is more), so whatever the vendor needs, the wait is
 * at most that much longer. Until well past the time that the vendor's tasks usually take, they come
 * closer still.
 *
 * With history, most looks lie where tasks of this kind have ended before. They are counted from the end
 * of that span backwards, so that one falls right after the longest task: that one decides when a run
 * of many is over. One look before the span keeps a wrong guess cheap; after it looks come as close as
 * within, then less and less so, until the schedule is as without history.
 */

/** No task is asked for more often. */
export const shortestMs = 1_000;
const shareOfElapsed = 0.15;
const shortestChosenMs = 100;

/** No vendor is quicker than 3 s, and a task of 3 s may be noticed 1.1 s late. */
const firstPollMs = 4_000;

/** How far apart looks are at most while a task takes no longer than usual, as a share of that time. */
const shareOfTypical = 0.07;
const typicalUpTo = 2.5;

/** Where the look before the span lies, as a share of the span's beginning. */
const guardShare = 0.4;

/** How far before the look that found it a task is taken to have ended at most, as a share. */
const largestDoubt = 0.13;

const pollsInSpan = 16;

/** How much of a step the grid may move away from the next look that a schedule without history has. */
const gridTolerance = 0.3;

export interface PollProgress {
	/** When the last look began; 0 where there was none. */
	readonly lastPollMs: number;
	/** What the user chose, in milliseconds; 0 leaves it to the schedule. */
	readonly chosenIntervalMs: number;
	/** Where tasks of this kind have ended; undefined where that is not known. */
	readonly span: DurationSpan | undefined;
	/** How long the vendor's tasks usually take, in milliseconds. */
	readonly typicalMs: number;
}

/** When the next look is due, in milliseconds from the submit. */
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

/** The first look of the grid that is due then or later: counted from the span's end backwards. */
function nextOnGrid(span: DurationSpan, stepMs: number, notBeforeMs: number): number {
	// A look right at the beginning of the span finds nothing yet.
	const firstMs = Math.max(notBeforeMs, span.earliestMs + stepMs / 2);
	const steps = Math.floor((span.latestMs - firstMs) / stepMs);
	return Math.round(span.latestMs - Math.max(0, steps) * stepMs);
}

/**
 * How likely a look is to find the task ended, from 0 to 1, for deciding who is asked first where a vendor
 * limits requests. Without history a task is taken to end at any moment, as often as its typical time says.
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
 * What a task is taken to have lasted that had not ended at one look and had at the next: the middle, but
 * not long before the look that found it, which may have been the first for a long time.
 */
export function estimatedDurationMs(lastRunningPollMs: number, foundAtMs: number): number {
	return Math.max(
		(lastRunningPollMs + foundAtMs) / 2,
		foundAtMs - Math.max(shortestMs, largestDoubt * foundAtMs),
	);
}
