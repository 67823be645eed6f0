/**
 * When to look at a task again. Pure: a function of how long the task has been running.
 *
 * Looks come closer than the image is late: at most 15 % of the task's time (or one second, whichever
 * is more) pass between two of them, so whatever the vendor needs, the wait is at most that much
 * longer, and a task of a minute costs about twenty looks.
 */

const shortestMs = 1_000;
const shareOfElapsed = 0.15;
const shortestChosenMs = 100;

export interface PollProgress {
	/** Since the submit (or since the first look, for a task that another execution submitted). */
	readonly elapsedMs: number;
	/** What the user chose, in milliseconds; 0 leaves it to the schedule. */
	readonly chosenIntervalMs: number;
}

/** Milliseconds until the next look. */
export function nextPollDelayMs(progress: PollProgress): number {
	if (progress.chosenIntervalMs > 0) return Math.max(shortestChosenMs, progress.chosenIntervalMs);
	return Math.max(shortestMs, Math.round(progress.elapsedMs * shareOfElapsed));
}
