import { isAborted, stopped, type Clock } from './clock';
import { failed, ofTask, reasons, success, type Failure, type Outcome } from './failure';
import { chanceOfEnd, estimatedDurationMs, nextPollAtMs, shortestMs } from './pollSchedule';
import { retryDelayMs } from './retryPolicy';
import { asEnded, isTerminal, type TaskSnapshot } from './task';
import type { TaskDurations } from './taskDurations';

/** A success without an image is polled this many times more before it is believed. */
const pollsAfterEmptySuccess = 2;

/** The same images under an unknown word are believed to be complete after this many polls. */
const pollsAtUnknownWord = 3;

/**
 * A task of ours that its vendor does not know is not given up for this time after its submit: the vendor's
 * reads may lag behind. Afterwards it takes several such answers in a row.
 */
const notFoundGraceMs = 60_000;
const notFoundsBelieved = 3;

/** An unknown task is not a sign of overload, so the polls need not slow down further. */
const longestNotFoundDelayMs = 5_000;

/** After a slow answer the vendor is left alone for as long as the answer took, up to this. */
const longestPauseMs = 1_000;

export interface WaitOptions {
	readonly vendorName: string;
	readonly taskId: string;
	readonly poll: (turn: PollTurn) => Promise<Outcome<TaskSnapshot>>;
	readonly clock: Clock;
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	readonly startedAtMs: number;
	readonly timeoutMs: number;
	/** 0 leaves it to the schedule. */
	readonly pollIntervalMs: number;
	/** How long such tasks have taken; absent if the time of the submit is unknown. */
	readonly durations?: TaskDurations | undefined;
	/** How long the vendor's tasks usually take. */
	readonly typicalMs: number;
	/** Milliseconds since the epoch; undefined if the time of the submit is unknown. */
	readonly submittedAtMs?: number | undefined;
	/** False for a task submitted just now: its first poll comes after the first delay. */
	readonly pollAtOnce: boolean;
	/**
	 * Whether a snapshot without a terminal state is enough after this many polls. By default it never is.
	 */
	readonly isEnough?: ((polls: number) => boolean) | undefined;
	/** Whether a success without an image is an end, too. */
	readonly takesAnyEnd?: boolean | undefined;
	/** Whether a callback has come, so that an answer with images means the end. */
	readonly isTold?: boolean | undefined;
}

/** Passed to a poll that may have to wait for its turn. */
export interface PollTurn {
	/** When the wait must be over: no poll may outlast it. */
	readonly deadlineMs: number;
	/** How likely the poll, if sent now, is to find the task ended, from 0 to 1. */
	readonly chance: () => number;
	/** Must be called when the poll is sent. */
	readonly begins: () => void;
}

export interface WaitResult {
	/** A terminal snapshot (also of a failed task), or a failure. */
	readonly outcome: Outcome<TaskSnapshot>;
	readonly polls: number;
	/** How long the task has taken, by its polls. Only with a terminal snapshot. */
	readonly durationMs?: number;
	/**
	 * When the poll that found the end was sent, in milliseconds from the start. Only with a terminal
	 * snapshot.
	 */
	readonly foundAtMs?: number;
}

/**
 * Polls a task until a terminal state or the deadline: the only polling loop there is. Single polls that
 * fail are forgiven until the deadline; after a terminal state it never sleeps.
 */
export async function waitForTask(options: WaitOptions): Promise<WaitResult> {
	const { clock, signal, startedAtMs, timeoutMs } = options;
	const deadlineMs = startedAtMs + timeoutMs;
	let polls = 0;
	let failuresInARow = 0;
	const notFounds = countNotFounds(clock, options.submittedAtMs);
	let sameImages = 0;
	let imagesSoFar = '';
	let emptySuccesses = 0;
	let last: TaskSnapshot | undefined;
	let lastFailure: Failure | undefined;

	const end = (failure: Failure): WaitResult => ({
		outcome: failed(ofTask(failure, options.taskId)),
		polls,
	});

	// Both times count from the start.
	let lastPollMs = 0;
	let lastRunningMs = 0;
	let dueMs = options.pollAtOnce ? 0 : nextPoll(options, 0);
	for (;;) {
		// The last poll comes at the deadline itself, so that an image made during the last sleep is not
		// lost.
		const lastDueMs = Math.max(timeoutMs, lastPollMs === 0 ? 0 : lastPollMs + shortestMs);
		const delayMs = startedAtMs + Math.min(dueMs, lastDueMs) - clock.now();
		if (delayMs > 0) await clock.sleep(delayMs, signal);
		if (isAborted(signal)) return end(stopped());
		const isLastPoll = clock.now() >= deadlineMs;

		const before = lastPollMs;
		const begins = (): void => {
			// Never 0, which would mean that there was no poll.
			lastPollMs = Math.max(1, elapsedMs(options));
		};
		begins();
		const outcome = await options.poll({
			deadlineMs,
			chance: () => chanceNow(options, before),
			begins,
		});
		polls++;
		if (isAborted(signal) && !outcome.ok) return end(stopped());
		if (outcome.ok) {
			failuresInARow = 0;
			notFounds.reset();
			last = outcome.value;
			const images = last.isUnknownWord === true ? JSON.stringify(last.images) : '';
			sameImages = images === imagesSoFar ? sameImages + 1 : 1;
			imagesSoFar = images;
			const isBelieved = options.isTold === true || sameImages >= pollsAtUnknownWord;
			if (isLastPoll || isBelieved) last = asEnded(last);
			const isEmpty =
				options.takesAnyEnd !== true && last.state === 'succeeded' && last.images.length === 0;
			if (isEmpty) emptySuccesses++;
			if (isTerminal(last.state) && (!isEmpty || emptySuccesses > pollsAfterEmptySuccess)) {
				const durationMs = estimatedDurationMs(lastRunningMs, lastPollMs);
				return isEmpty
					? end(noImage(options))
					: { outcome: success(last), polls, durationMs, foundAtMs: lastPollMs };
			}
			if (!isTerminal(last.state) && options.isEnough?.(polls) === true)
				return { outcome: success(last), polls };
			if (isLastPoll) return end(timeout(options, polls, last, undefined));
			lastRunningMs = lastPollMs;
			const tookMs = elapsedMs(options) - lastPollMs;
			const pausedMs = elapsedMs(options) + Math.min(longestPauseMs, tookMs);
			dueMs = Math.max(nextPoll(options, lastPollMs), pausedMs);
			continue;
		}

		failuresInARow++;
		lastFailure = outcome.failure;
		const isNotFound = notFounds.isNotFound(lastFailure);
		if (isNotFound ? notFounds.isBelieved() : isRefusal(lastFailure)) return end(lastFailure);
		if (isLastPoll && options.isEnough === undefined) {
			return end(timeout(options, polls, last, lastFailure));
		}
		// A caller who asks for a single snapshot does not wait for the end.
		const isYoung = isNotFound && options.submittedAtMs !== undefined;
		const unsettled: Failure = isYoung
			? { ...lastFailure, reason: 'vendorUnavailable' }
			: lastFailure;
		if (isLastPoll) return end(unsettled);
		const { retryAfterMs } = lastFailure;
		const pauseMs = retryDelayMs(failuresInARow, retryAfterMs, clock.random());
		const isShort = isNotFound && retryAfterMs === undefined;
		dueMs = elapsedMs(options) + (isShort ? Math.min(pauseMs, longestNotFoundDelayMs) : pauseMs);
		// A single snapshot is not a last chance, so the vendor is not polled sooner than it asked for.
		if (options.isEnough !== undefined && dueMs > timeoutMs) return end(unsettled);
	}
}

function nextPoll(options: WaitOptions, lastPollMs: number): number {
	const { pollIntervalMs, durations, typicalMs } = options;
	const span = durations?.span();
	return nextPollAtMs({ lastPollMs, chosenIntervalMs: pollIntervalMs, span, typicalMs });
}

function chanceNow(options: WaitOptions, lastPollMs: number): number {
	const span = options.durations?.span();
	return chanceOfEnd(elapsedMs(options), lastPollMs, span, options.typicalMs);
}

function elapsedMs({ clock, startedAtMs }: WaitOptions): number {
	return clock.now() - startedAtMs;
}

/**
 * Whether a poll was refused for good. Only a documented refusal ends the wait for a paid task: not words,
 * not the page of a firewall, not a redirect.
 */
function isRefusal({ reason, task }: Failure): boolean {
	const { again } = reasons[reason];
	return task !== 'maybe' && again !== 'soon' && again !== 'whenOneOfOursHasEnded';
}

interface NotFounds {
	/** Counts the failure if the vendor itself says that it does not know the task. */
	isNotFound(failure: Failure): boolean;
	/** Whether the vendor has said so often enough, and late enough. */
	isBelieved(): boolean;
	/** Must be called after any other answer. */
	reset(): void;
}

/** `submittedAtMs`: milliseconds since the epoch; undefined where the time of the submit is unknown. */
function countNotFounds(clock: Clock, submittedAtMs: number | undefined): NotFounds {
	let inARow = 0;
	return {
		isNotFound: ({ reason, task }) => {
			const isNotFound = reason === 'notFound' && task !== 'maybe';
			const isYoung = submittedAtMs !== undefined && clock.now() - submittedAtMs < notFoundGraceMs;
			inARow = isNotFound && !isYoung ? inARow + 1 : 0;
			return isNotFound;
		},
		isBelieved: () => inARow >= notFoundsBelieved,
		reset: () => {
			inARow = 0;
		},
	};
}

function timeout(
	options: WaitOptions,
	polls: number,
	last: TaskSnapshot | undefined,
	lastFailure: Failure | undefined,
): Failure {
	const seconds = Math.round(options.timeoutMs / 1000);
	const seen =
		last === undefined ? 'no state was seen' : `its last state was "${last.vendorState}"`;
	const trouble = lastFailure === undefined ? '' : `. The last poll failed: ${lastFailure.message}`;
	const counted = polls === 1 ? '1 poll' : `${polls} polls`;
	return {
		reason: 'timeout',
		message: `${options.vendorName} has not finished task ${options.taskId} within ${seconds} s; ${seen} after ${counted}${trouble}`,
	};
}

function noImage(options: Pick<WaitOptions, 'vendorName' | 'taskId'>): Failure {
	return {
		reason: 'noImage',
		message: `${options.vendorName} says that task ${options.taskId} succeeded, but sent no image`,
	};
}

/** Up to this difference from the polls, as a share, the vendor's clock is believed. */
const largestDisagreement = 0.2;

/**
 * How long an awaited task has taken from the send of its submit, in milliseconds, for the poll schedule of
 * the next ones. Undefined for a task that made no image, because it says nothing about the next ones.
 *
 * The vendor's own clock counts if it is believable, or else the polls do. A vendor counts from the moment
 * when it took the task, which lies between the send of the submit and its answer. The latest moment is
 * assumed: a poll that is too early costs a further step, and one that is too late only the difference. The
 * poll that found the end is the upper bound, so a slow answer to a submit does no harm.
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
	// Times in whole seconds, in other time zones or set later give no durations.
	const isPrecise = submittedAtMs % 1000 !== 0 || completedAtMs % 1000 !== 0;
	const isBelievable = Math.abs(toldMs - durationMs) <= largestDisagreement * durationMs;
	if (!isPrecise || !isBelievable) return durationMs;
	return Math.max(toldMs, Math.min(toldMs + submitTookMs, foundAtMs));
}
