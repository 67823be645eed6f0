/**
 * A signal that is aborted after the time. One of `AbortSignal.timeout` that only `AbortSignal.any`
 * holds is garbage-collected by Node 20 and never fires; a listener of its own keeps it.
 */
export function timeLimit(milliseconds: number): AbortSignal {
	const limit = new AbortController();
	AbortSignal.timeout(milliseconds).addEventListener('abort', () => limit.abort(), { once: true });
	return limit.signal;
}
