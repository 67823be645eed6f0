import type { WaitResult } from './waitForTask';

/** How far the vendor's clock may be from what the looks tell, as a share, to be believed. */
const largestDisagreement = 0.2;

/**
 * How long an awaited task has taken from the send of its submit, in milliseconds, for the poll schedule
 * of the next ones; undefined where it made no image, which tells nothing of how long one takes.
 *
 * By the vendor's own clock where it tells and is believable, else as far as the looks tell. A vendor
 * counts from when it has taken the task, which was at some moment between the send of the submit and its
 * answer. The later one is assumed: a look too early costs a further step, one too late the difference.
 * The look that found the end bounds it, so that a slow answer to a submit does no harm.
 *
 * @param submitTookMs from the send of the submit to its answer, in milliseconds
 */
export function learnedDurationMs(
	{ outcome, durationMs, foundAtMs = Infinity }: WaitResult,
	submitTookMs: number,
): number | undefined {
	if (!outcome.ok || outcome.value.state !== 'succeeded' || durationMs === undefined)
		return undefined;
	const { submittedAtMs, completedAtMs } = outcome.value;
	if (submittedAtMs === undefined || completedAtMs === undefined) return durationMs;
	const toldMs = completedAtMs - submittedAtMs;
	// Whole seconds, other time zones and times that are set later are no durations.
	const isPrecise = submittedAtMs % 1000 !== 0 || completedAtMs % 1000 !== 0;
	const isBelievable = Math.abs(toldMs - durationMs) <= largestDisagreement * durationMs;
	if (!isPrecise || !isBelievable) return durationMs;
	return Math.max(toldMs, Math.min(toldMs + submitTookMs, foundAtMs));
}
