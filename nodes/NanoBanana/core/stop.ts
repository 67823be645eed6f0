import type { Failure } from './failure';

/** Asked anew each time: a signal may be aborted during any await. */
export function isAborted(signal: AbortSignal | undefined): boolean {
	return signal?.aborted === true;
}

/** The user, or n8n's own time limit, stopped the execution. */
export function stopped(): Failure {
	return {
		reason: 'stopped',
		message: 'The execution was stopped',
	};
}
