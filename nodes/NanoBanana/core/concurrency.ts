/**
 * Runs a worker over all entries, at most `limit` at a time, and returns the results in the order of the
 * entries. The worker handles its own failures; if one rejects all the same, no further entry is begun, and
 * the rejection is passed on after those under way have ended.
 */
export async function mapConcurrently<Entry, Result>(
	entries: readonly Entry[],
	limit: number,
	worker: (entry: Entry, index: number) => Promise<Result>,
): Promise<Result[]> {
	const results = new Array<Result>(entries.length);
	let next = 0;
	let rejection: { readonly reason: unknown } | undefined;
	const lane = async (): Promise<void> => {
		while (next < entries.length && rejection === undefined) {
			const index = next++;
			try {
				results[index] = await worker(entries[index] as Entry, index);
			} catch (reason) {
				rejection ??= { reason };
			}
		}
	};
	const lanes = Math.min(Math.max(1, Math.floor(limit) || 1), entries.length);
	await Promise.all(Array.from({ length: lanes }, lane));
	if (rejection !== undefined) throw rejection.reason;
	return results;
}

/** Runs at most `limit` pieces of work at once, in the order of the calls. */
export type Limiter = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createLimiter(limit: number): Limiter {
	let underWay = 0;
	const waiting: Array<() => void> = [];
	return async (work) => {
		if (underWay >= limit) await new Promise<void>((begin) => waiting.push(begin));
		else underWay++;
		try {
			return await work();
		} finally {
			// The next in line takes over the place itself, so that nobody slips in between.
			const next = waiting.shift();
			if (next === undefined) underWay--;
			else next();
		}
	};
}
