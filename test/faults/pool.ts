/** Begins the work of every entry, in order and at most so many at once, and promises each result. */
export function startAll<Entry, Result>(
	entries: readonly Entry[],
	atOnce: number,
	work: (entry: Entry) => Promise<Result>,
): ReadonlyMap<Entry, Promise<Result>> {
	const waiting: Array<() => void> = [];
	let free = atOnce;
	const run = async (entry: Entry): Promise<Result> => {
		if (free > 0) free--;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		try {
			return await work(entry);
		} finally {
			const next = waiting.shift();
			if (next === undefined) free++;
			else next();
		}
	};
	return new Map(
		entries.map((entry) => {
			const result = run(entry);
			// Whoever asks for it first hears of a rejection; until then it is nobody's.
			result.catch(() => undefined);
			return [entry, result] as const;
		}),
	);
}
