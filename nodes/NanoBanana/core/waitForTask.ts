import type { Clock } from './clock';
import { failed, type Failure, type Outcome } from './failure';
import { nextPollDelayMs } from './pollSchedule';
import { decideRetry } from './retryPolicy';
import { isAborted, stopped } from './stop';
import { isTerminal, type TaskSnapshot } from './task';

/** A success without an image is looked at so many times more before it is believed. */
export const looksAfterEmptySuccess = 2;

export interface WaitOptions {
	readonly vendorName: string;
	readonly taskId: string;
	/** One look at the vendor. */
	readonly look: () => Promise<Outcome<TaskSnapshot>>;
	readonly clock: Clock;
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	readonly startedAtMs: number;
	readonly timeoutMs: number;
	/** 0 leaves it to the schedule. */
	readonly pollIntervalMs: number;
	/** For so long after the start "unknown task" means "not yet known". */
	readonly notFoundGraceMs: number;
	/** A task submitted just now is not looked at before the first delay. */
	readonly lookAtOnce: boolean;
}

export interface WaitResult {
	/** A terminal snapshot (whatever its state), or why there is none. */
	readonly outcome: Outcome<TaskSnapshot>;
	/** How often the vendor was asked. */
	readonly polls: number;
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
		outcome: failed({ ...failure, taskId: options.taskId }),
		polls,
	});

	let delayMs = options.lookAtOnce ? 0 : nextDelay(options);
	for (;;) {
		// A last look at the deadline itself: what became ready during the last sleep is not lost.
		const untilDeadlineMs = deadlineMs - clock.now();
		if (delayMs > 0) await clock.sleep(Math.min(delayMs, Math.max(0, untilDeadlineMs)), signal);
		if (isAborted(signal)) return end(stopped());
		const isLastLook = clock.now() >= deadlineMs;

		const outcome = await options.look();
		polls++;
		if (isAborted(signal) && !outcome.ok) return end(stopped());
		if (outcome.ok) {
			failuresInARow = 0;
			last = outcome.value;
			const isEmpty = last.state === 'succeeded' && last.images.length === 0;
			if (isEmpty) emptySuccesses++;
			if (isTerminal(last.state) && (!isEmpty || emptySuccesses > looksAfterEmptySuccess)) {
				return isEmpty ? end(noImage(options)) : { outcome, polls };
			}
			if (isLastLook) return end(timeout(options, polls, last, undefined));
			delayMs = nextDelay(options);
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
		delayMs = decision.delayMs;
	}
}

function nextDelay(options: WaitOptions): number {
	return nextPollDelayMs({
		elapsedMs: options.clock.now() - options.startedAtMs,
		chosenIntervalMs: options.pollIntervalMs,
	});
}

/** Right after a submit some vendors do not know their own task yet. */
function asTransient(failure: Failure, options: WaitOptions): Failure {
	const isYoung = options.clock.now() - options.startedAtMs < options.notFoundGraceMs;
	return failure.code === 'notFound' && isYoung
		? { ...failure, code: 'vendorUnavailable' }
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
		code: 'timeout',
		message: `${options.vendorName} has not finished task ${options.taskId} within ${seconds} s; ${seen} after ${looks}${trouble}`,
	};
}

export function noImage(options: Pick<WaitOptions, 'vendorName' | 'taskId'>): Failure {
	return {
		code: 'invalidResponse',
		message: `${options.vendorName} says that task ${options.taskId} succeeded, but names no image`,
		hint: 'Use Task → Wait with this task ID a little later. If it stays so, ask the vendor’s support for the image.',
	};
}
