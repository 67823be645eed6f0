import type { Clock } from './clock';
import { retryDelayMs } from './retryPolicy';
import { isAborted } from './stop';

/**
 * Lets the submits of a run through. When the vendor refuses one for speed, all of them wait, not the
 * refused one alone; afterwards they come one by one, then two, then four, until one is refused again.
 * When it refuses one because it is busy with ours, the next one waits for one of ours to end.
 */
export interface SubmitGate {
	/**
	 * Waits until a submit may be sent. Answers how many milliseconds of that were spent on waiting for
	 * tasks of this run to end, or undefined when the signal was aborted before.
	 */
	enter(signal: AbortSignal | undefined): Promise<number | undefined>;
	/** To be called after each submit that was let through. */
	leave(result: SubmitResult, retryAfterMs?: number): void;
	/** A task that was taken has ended, or nobody in this run will wait for its end. */
	taskEnded(): void;
}

export type SubmitResult = 'taken' | 'refusedForSpeed' | 'refusedWhileBusy' | 'other';

/** So that who was stopped is let go within a second. */
const longestNapMs = 250;

/** Somebody else's tasks may have been in the way: after so long one more of ours is tried. */
const busyForMs = 30_000;

export function createSubmitGate(clock: Clock): SubmitGate {
	let submitsUnderWay = 0;
	let submitsAtOnce = Number.POSITIVE_INFINITY;
	let refusalsInARow = 0;
	let pausedUntilMs = 0;
	let tasksUnderWay = 0;
	let tasksAtOnce = Number.POSITIVE_INFINITY;
	let raisedAtMs = 0;

	const pause = (retryAfterMs: number | undefined): void => {
		refusalsInARow++;
		submitsAtOnce = 1;
		const delayMs = retryDelayMs(refusalsInARow, retryAfterMs, clock.random());
		pausedUntilMs = Math.max(pausedUntilMs, clock.now() + delayMs);
	};
	const isBusyWithOurs = (): boolean => {
		if (tasksUnderWay + submitsUnderWay < tasksAtOnce) return false;
		if (clock.now() - raisedAtMs < busyForMs) return true;
		raisedAtMs = clock.now();
		tasksAtOnce++;
		return false;
	};

	return {
		async enter(signal) {
			let waitedForOursMs = 0;
			for (;;) {
				if (isAborted(signal)) return undefined;
				const pauseMs = pausedUntilMs - clock.now();
				const isBusy = pauseMs <= 0 && isBusyWithOurs();
				if (pauseMs <= 0 && !isBusy && submitsUnderWay < submitsAtOnce) break;
				const napMs = pauseMs > 0 ? Math.min(longestNapMs, pauseMs) : longestNapMs;
				await clock.sleep(napMs, signal);
				if (isBusy) waitedForOursMs += napMs;
			}
			submitsUnderWay++;
			return waitedForOursMs;
		},
		leave(result, retryAfterMs) {
			submitsUnderWay--;
			if (result === 'taken') {
				tasksUnderWay++;
				submitsAtOnce *= 2;
				refusalsInARow = 0;
			} else if (result === 'refusedForSpeed' || (result !== 'other' && tasksUnderWay === 0)) {
				pause(retryAfterMs);
			} else if (result === 'refusedWhileBusy') {
				tasksAtOnce = tasksUnderWay;
				raisedAtMs = clock.now();
			}
		},
		taskEnded() {
			tasksUnderWay = Math.max(0, tasksUnderWay - 1);
		},
	};
}
