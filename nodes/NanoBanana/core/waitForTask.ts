import type { Clock } from './clock';
import { failed, ofTask, type Failure, type Outcome } from './failure';
import { chanceOfEnd, estimatedDurationMs, nextLookAtMs, shortestMs } from './pollSchedule';
import { decideRetry } from './retryPolicy';
import { isAborted, stopped } from './stop';
import { isTerminal, type TaskSnapshot } from './task';
import type { TaskDurations } from './taskDurations';

/** A success without an image is looked at so many times more before it is believed. */
export const looksAfterEmptySuccess = 2;

/** A vendor that takes long to answer is left alone for as long, up to this. */
const longestPauseMs = 1_000;

export interface WaitOptions {
	readonly vendorName: string;
	readonly taskId: string;
	/** One look at the vendor. */
	readonly look: (turn: LookTurn) => Promise<Outcome<TaskSnapshot>>;
	readonly clock: Clock;
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	readonly startedAtMs: number;
	readonly timeoutMs: number;
	/** 0 leaves it to the schedule. */
	readonly pollIntervalMs: number;
	/** How long such tasks have taken; absent where it is not known when the task was submitted. */
	readonly durations?: TaskDurations | undefined;
	/** How long the vendor's tasks usually take. */
	readonly typicalMs: number;
	/** For so long after the start "unknown task" means "not yet known". */
	readonly notFoundGraceMs: number;
	/** A task submitted just now is not looked at before the first delay. */
	readonly lookAtOnce: boolean;
}

/** For a look that may have to wait for its turn. */
export interface LookTurn {
	/** How likely the look is to find the task ended if it were sent now, from 0 to 1. */
	readonly chance: () => number;
	/** To be called when it is sent. */
	readonly begins: () => void;
}

export interface WaitResult {
	/** A terminal snapshot (whatever its state), or why there is none. */
	readonly outcome: Outcome<TaskSnapshot>;
	/** How often the vendor was asked. */
	readonly polls: number;
	/** How long the task has taken, as far as the looks tell; only with a terminal snapshot. */
	readonly durationMs?: number;
	/** When the look that found its end was sent, in milliseconds from the start; likewise. */
	readonly foundAtMs?: number;
}

/**
 * Polls a task until a terminal state or the deadline: the only polling loop there is.
 * Single looks that fail are forgiven until the deadline; after a terminal state it never sleeps.
 */
export async function waitForTask(options: WaitOptions): Promise<WaitResult> {
	const { clock, signal, startedAtMs, timeoutMs } = options;
	const deadlineMs = startedAtMs + timeoutMs;
	let polls = 0;
	let failuresInARow = 0;
	let emptySuccesses = 0;
	let last: TaskSnapshot | undefined;
	let lastFailure: Failure | undefined;

	const end = (failure: Failure): WaitResult => ({
		outcome: failed(ofTask(failure, options.taskId)),
		polls,
	});

	// Both count from the start.
	let lastLookMs = 0;
	let lastRunningMs = 0;
	let dueMs = options.lookAtOnce ? 0 : nextLook(options, 0);
	for (;;) {
		// A last look at the deadline itself: what became ready during the last sleep is not lost.
		const lastDueMs = Math.max(timeoutMs, lastLookMs === 0 ? 0 : lastLookMs + shortestMs);
		const delayMs = startedAtMs + Math.min(dueMs, lastDueMs) - clock.now();
		if (delayMs > 0) await clock.sleep(delayMs, signal);
		if (isAborted(signal)) return end(stopped());
		const isLastLook = clock.now() >= deadlineMs;

		const before = lastLookMs;
		const begins = (): void => {
			// Never 0, which would say that there was no look.
			lastLookMs = Math.max(1, elapsedMs(options));
		};
		begins();
		const outcome = await options.look({ chance: () => chanceNow(options, before), begins });
		polls++;
		if (isAborted(signal) && !outcome.ok) return end(stopped());
		if (outcome.ok) {
			failuresInARow = 0;
			last = outcome.value;
			const isEmpty = last.state === 'succeeded' && last.images.length === 0;
			if (isEmpty) emptySuccesses++;
			if (isTerminal(last.state) && (!isEmpty || emptySuccesses > looksAfterEmptySuccess)) {
				const durationMs = estimatedDurationMs(lastRunningMs, lastLookMs);
				return isEmpty
					? end(noImage(options))
					: { outcome, polls, durationMs, foundAtMs: lastLookMs };
			}
			if (isLastLook) return end(timeout(options, polls, last, undefined));
			lastRunningMs = lastLookMs;
			const tookMs = elapsedMs(options) - lastLookMs;
			const pausedMs = elapsedMs(options) + Math.min(longestPauseMs, tookMs);
			dueMs = Math.max(nextLook(options, lastLookMs), pausedMs);
			continue;
		}

		failuresInARow++;
		lastFailure = outcome.failure;
		if (isLastLook) {
			const isFinal = !isTransient(lastFailure, options);
			return end(isFinal ? lastFailure : timeout(options, polls, last, lastFailure));
		}
		const decision = decideRetry({
			verb: 'getTask',
			failure: asTransient(lastFailure, options),
			sends: failuresInARow,
			isIdempotent: false,
			remainingMs: Number.POSITIVE_INFINITY,
			random: clock.random(),
		});
		if (!decision.retry) return end(lastFailure);
		dueMs = elapsedMs(options) + decision.delayMs;
	}
}

function nextLook(options: WaitOptions, lastLookMs: number): number {
	const { pollIntervalMs, durations, typicalMs } = options;
	const span = durations?.span();
	return nextLookAtMs({ lastLookMs, chosenIntervalMs: pollIntervalMs, span, typicalMs });
}

function chanceNow(options: WaitOptions, lastLookMs: number): number {
	const span = options.durations?.span();
	return chanceOfEnd(elapsedMs(options), lastLookMs, span, options.typicalMs);
}

function elapsedMs({ clock, startedAtMs }: WaitOptions): number {
	return clock.now() - startedAtMs;
}

/** Right after a submit some vendors do not know their own task yet. */
export function asTransient(
	failure: Failure,
	options: Pick<WaitOptions, 'clock' | 'startedAtMs' | 'notFoundGraceMs'>,
): Failure {
	const isYoung = options.clock.now() - options.startedAtMs < options.notFoundGraceMs;
	return failure.reason === 'notFound' && isYoung
		? { ...failure, reason: 'vendorUnavailable' }
		: failure;
}

function isTransient(failure: Failure, options: WaitOptions): boolean {
	return decideRetry({
		verb: 'getTask',
		failure: asTransient(failure, options),
		sends: 1,
		isIdempotent: false,
		remainingMs: Number.POSITIVE_INFINITY,
		random: 0,
	}).retry;
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
	const trouble = lastFailure === undefined ? '' : `. The last look failed: ${lastFailure.message}`;
	const looks = polls === 1 ? '1 look' : `${polls} looks`;
	return {
		reason: 'timeout',
		message: `${options.vendorName} has not finished task ${options.taskId} within ${seconds} s; ${seen} after ${looks}${trouble}`,
	};
}

export function noImage(options: Pick<WaitOptions, 'vendorName' | 'taskId'>): Failure {
	return {
		reason: 'invalidResponse',
		message: `${options.vendorName} says that task ${options.taskId} succeeded, but names no image`,
		hint: 'Use Task → Wait with this task ID a little later. If it stays so, ask the vendor’s support for the image.',
	};
}
