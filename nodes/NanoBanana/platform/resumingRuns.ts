/**
 * What this process knows of parked runs whose callbacks are coming in. Nothing depends on it: after a
 * restart, or in another process, the vendor is asked again. Within one process it keeps fifty callbacks
 * that come at once from asking for fifty tasks each, and from going on twice.
 */
export interface ResumingRun<Look> {
	/** Looks that found a terminal state, by task id: such a state never changes. */
	readonly ended: Map<string, Look>;
	/** Somebody is asking the vendor right now. */
	isBusy: boolean;
	/** When the latest callback of a task came, in milliseconds since the epoch: looks before it prove nothing. */
	readonly hintedAtMs: Map<string, number>;
	/** The execution goes on: whatever comes now is late. */
	isOver: boolean;
}

/** Long after any parked run has ended by its time limit. */
const keptMs = 60 * 60 * 1000;

export function openResumingRuns<Look>(now: () => number): (id: string) => ResumingRun<Look> {
	const runs = new Map<string, { readonly run: ResumingRun<Look>; touchedAtMs: number }>();
	return (id) => {
		for (const [key, { touchedAtMs }] of runs) {
			if (now() - touchedAtMs > keptMs) runs.delete(key);
		}
		const known = runs.get(id);
		if (known !== undefined) {
			known.touchedAtMs = now();
			return known.run;
		}
		const run = {
			ended: new Map<string, Look>(),
			isBusy: false,
			hintedAtMs: new Map<string, number>(),
			isOver: false,
		};
		runs.set(id, { run, touchedAtMs: now() });
		return run;
	};
}
