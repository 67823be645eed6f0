import { timeLimit } from './timeLimit';

/**
 * A signal that is aborted some time after Stop: a submit on its way may still answer until then, so
 * that its task is known.
 */
export function graceSignal(stop: AbortSignal | undefined, graceMs: number): AbortSignal {
	const grace = new AbortController();
	const begin = (): void => {
		timeLimit(graceMs).addEventListener('abort', () => grace.abort(), { once: true });
	};
	if (stop?.aborted === true) begin();
	else stop?.addEventListener('abort', begin, { once: true });
	return grace.signal;
}
