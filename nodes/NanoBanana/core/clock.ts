import type { Failure } from './failure';

/** Time as the core sees it, so that tests can supply their own. */
export interface Clock {
	/** Milliseconds since the epoch. Durations and deadlines need a clock that is never set. */
	now(): number;
	/** Resolves after the time, or at once when the signal is aborted. Never rejects. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** From 0 to 1, for jitter. */
	random(): number;
}

/** Call it anew each time: a signal may be aborted during any await. */
export function isAborted(signal: AbortSignal | undefined): boolean {
	return signal?.aborted === true;
}

/** The user, or n8n's own timeout, stopped the execution. */
export function stopped(): Failure {
	return {
		reason: 'stopped',
		message: 'The execution was stopped',
	};
}
