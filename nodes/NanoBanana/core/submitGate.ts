import { isAborted, type Clock } from './clock';
import { retryDelayMs } from './retryPolicy';

/**
 * Lets the submits of a run through. When the vendor refuses one for speed, all of them wait, not only the
 * refused one; afterwards they go one by one, then two, then four, until one is refused again. When it
 * refuses one because it is busy with our tasks, the next one waits for one of ours to end.
 */
export interface SubmitGate {
	/**
	 * Waits until a submit may be sent, or until it is clear that it will not be before its deadline.
	 *
	 * @param deadlineMs milliseconds since the epoch; the time spent waiting for tasks of this run to end
	 * is added to it
	 */
	enter(signal: AbortSignal | undefined, deadlineMs: number): Promise<Turn>;
	/** A task that was taken has ended, or nobody in this run will wait for its end. */
	taskEnded(): void;
}

export type Turn =
	| {
			readonly kind: 'go';
			/** How long it waited for tasks of this run to end, in milliseconds. */
			readonly waitedForOursMs: number;
			/** Must be called after the submit. */
			readonly leave: (result: SubmitResult, retryAfterMs?: number) => void;
	  }
	/** Nothing is submitted during `pauseMs`, which is longer than the submit has. */
	| {
			readonly kind: 'tooLate';
			readonly pauseMs: number;
			/** Whether the vendor itself has asked for the pause. */
			readonly isAskedFor: boolean;
	  }
	| { readonly kind: 'stopped' };

export type SubmitResult = 'taken' | 'refusedForSpeed' | 'refusedWhileBusy' | 'other';

/** Short, so that a stopped submit ends within a second. */
const longestNapMs = 250;

/** Other people's tasks may have been in the way: after this time one more of ours is tried. */
const busyForMs = 30_000;

export function createSubmitGate(clock: Clock): SubmitGate {
	let submitsUnderWay = 0;
	let submitsAtOnce = Number.POSITIVE_INFINITY;
	let refusalsInARow = 0;
	let pausedUntilMs = 0;
	let isPauseAskedFor = false;
	let tasksUnderWay = 0;
	let tasksAtOnce = Number.POSITIVE_INFINITY;
	let raisedAtMs = 0;
	/** Submits let through before a pause say nothing about the time after it. */
	let round = 0;

	const refused = (isOfThisRound: boolean, retryAfterMs: number | undefined): void => {
		// Many refusals together are one; only the vendor's own `Retry-After` counts each time.
		if (!isOfThisRound && retryAfterMs === undefined) return;
		if (isOfThisRound) {
			refusalsInARow++;
			submitsAtOnce = 1;
			round++;
		}
		const untilMs = clock.now() + retryDelayMs(refusalsInARow, retryAfterMs, clock.random());
		if (untilMs <= pausedUntilMs) return;
		pausedUntilMs = untilMs;
		isPauseAskedFor = retryAfterMs !== undefined;
	};
	const isBusyWithOurs = (): boolean => {
		if (tasksUnderWay + submitsUnderWay < tasksAtOnce) return false;
		if (clock.now() - raisedAtMs < busyForMs) return true;
		raisedAtMs = clock.now();
		tasksAtOnce++;
		return false;
	};

	const leave = (
		result: SubmitResult,
		retryAfterMs: number | undefined,
		isOfThisRound: boolean,
	): void => {
		submitsUnderWay--;
		// The vendor may be busy with submits under way: it answers a refusal sooner than those.
		const ours = tasksUnderWay + submitsUnderWay;
		if (result === 'taken') {
			tasksUnderWay++;
			if (!isOfThisRound) return;
			submitsAtOnce *= 2;
			refusalsInARow = 0;
		} else if (result === 'refusedForSpeed' || (result === 'refusedWhileBusy' && ours === 0)) {
			// If none of our tasks is there, other tasks are in the way, and their room is unknown.
			if (result === 'refusedWhileBusy') tasksAtOnce = Number.POSITIVE_INFINITY;
			refused(isOfThisRound, retryAfterMs);
		} else if (result === 'refusedWhileBusy') {
			tasksAtOnce = ours;
			raisedAtMs = clock.now();
		}
	};

	return {
		async enter(signal, deadlineMs) {
			let waitedForOursMs = 0;
			for (;;) {
				if (isAborted(signal)) return { kind: 'stopped' };
				const pauseMs = pausedUntilMs - clock.now();
				if (pauseMs > 0 && pausedUntilMs >= deadlineMs + waitedForOursMs) {
					return { kind: 'tooLate', pauseMs, isAskedFor: isPauseAskedFor };
				}
				const isBusy = pauseMs <= 0 && isBusyWithOurs();
				if (pauseMs <= 0 && !isBusy && submitsUnderWay < submitsAtOnce) break;
				const napMs = pauseMs > 0 ? Math.min(longestNapMs, pauseMs) : longestNapMs;
				await clock.sleep(napMs, signal);
				if (isBusy) waitedForOursMs += napMs;
			}
			submitsUnderWay++;
			const ownRound = round;
			return {
				kind: 'go',
				waitedForOursMs,
				leave: (result, retryAfterMs) => {
					leave(result, retryAfterMs, ownRound === round);
				},
			};
		},
		taskEnded() {
			tasksUnderWay = Math.max(0, tasksUnderWay - 1);
		},
	};
}
