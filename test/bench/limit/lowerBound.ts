export interface RequestLimit {
	readonly requests: number;
	readonly windowMs: number;
}

/**
 * The least time in which tasks of these lengths can be submitted and seen finished under a limit of
 * requests, for a client that knows every length beforehand and loses no moment: two bounds hold, and
 * the larger one counts.
 *
 * - Request number n cannot leave before ⌊(n − 1) ÷ requests⌋ windows have passed; the last of one
 *   submit and one poll for each task is such a request.
 * - A task's poll comes after its submit and its length. It is best to submit the longest first; then
 *   the n-th longest leaves with the n-th submit.
 */
export function lowerBoundMs(lengthsMs: readonly number[], limit: RequestLimit): number {
	const leavesAtMs = (request: number): number =>
		Math.floor((request - 1) / limit.requests) * limit.windowMs;
	const longestFirst = [...lengthsMs].sort((first, second) => second - first);
	const byLength = longestFirst.map((lengthMs, index) => leavesAtMs(index + 1) + lengthMs);
	return Math.max(leavesAtMs(2 * lengthsMs.length), ...byLength);
}
