/**
 * A signal that is aborted after the time. One of `AbortSignal.timeout` that only `AbortSignal.any`
 * holds is garbage-collected by Node 20 and never fires; a listener of its own keeps it.
 */
export function timeLimit(milliseconds: number): AbortSignal {
	const limit = new AbortController();
	AbortSignal.timeout(milliseconds).addEventListener('abort', () => limit.abort(), { once: true });
	return limit.signal;
}

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
