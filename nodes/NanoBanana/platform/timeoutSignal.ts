/**
 * A signal that is aborted after the time. Node 20 garbage-collects a signal of `AbortSignal.timeout` that
 * only `AbortSignal.any` holds, so that it never fires; a listener of its own keeps it.
 */
export function timeoutSignal(milliseconds: number): AbortSignal {
	const timeout = new AbortController();
	AbortSignal.timeout(milliseconds).addEventListener('abort', () => timeout.abort(), {
		once: true,
	});
	return timeout.signal;
}

/**
 * A signal that is aborted some time after Stop: a submit on its way may still answer until then, so
 * that its task is known.
 */
export function graceSignal(stop: AbortSignal | undefined, graceMs: number): AbortSignal {
	const grace = new AbortController();
	const begin = (): void => {
		timeoutSignal(graceMs).addEventListener('abort', () => grace.abort(), { once: true });
	};
	if (stop?.aborted === true) begin();
	else stop?.addEventListener('abort', begin, { once: true });
	return grace.signal;
}
