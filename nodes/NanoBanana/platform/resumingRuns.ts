/**
 * What this process knows of parked runs whose callbacks are coming in. Nothing depends on it: after a
 * restart, or in another process, the vendor is asked again. Within one process it keeps fifty callbacks
 * that come at once from asking for fifty tasks each, and from going on twice.
 */
export interface ResumingRun<Parked> {
	/** As it was read first: what its orders have come to since stays known. */
	readonly run: Parked;
	/** Somebody is asking the vendor right now. */
	isBusy: boolean;
	/** When the latest callback of a task came, in milliseconds since the epoch: looks before it prove nothing. */
	readonly hintedAtMs: Map<string, number>;
	/** The execution goes on: whatever comes now is late. */
	isOver: boolean;
}

/** Long after any parked run has ended by its time limit. */
const keptMs = 60 * 60 * 1000;

export function openResumingRuns<Parked>(
	now: () => number,
): (id: string, parked: Parked) => ResumingRun<Parked> {
	const runs = new Map<string, { readonly resuming: ResumingRun<Parked>; touchedAtMs: number }>();
	return (id, parked) => {
		for (const [key, { touchedAtMs }] of runs) {
			if (now() - touchedAtMs > keptMs) runs.delete(key);
		}
		const known = runs.get(id);
		if (known !== undefined) {
			known.touchedAtMs = now();
			return known.resuming;
		}
		const resuming = {
			run: parked,
			isBusy: false,
			hintedAtMs: new Map<string, number>(),
			isOver: false,
		};
		runs.set(id, { resuming, touchedAtMs: now() });
		return resuming;
	};
}
