/** How long tasks of one kind have taken, for the poll schedule. */
export interface TaskDurations {
	/** The likely span of the next one; undefined while too few are known. */
	span(): DurationSpan | undefined;
	add(durationMs: number): void;
}

export interface DurationSpan {
	readonly earliestMs: number;
	readonly latestMs: number;
}

/** Enough to know a vendor's habits, few enough to forget those of last month. */
export const keptDurations = 40;

const fewestForSpan = 3;

/** The least share by which a span is wider than the known durations: clocks and networks differ. */
const smallestMargin = 0.02;

/** @param knownMs earlier durations in milliseconds, oldest first */
export function openTaskDurations(knownMs: readonly number[] = []): TaskDurations {
	const latest = knownMs.filter(isDuration).slice(-keptDurations);
	let span: DurationSpan | undefined;
	let isKnown = false;
	return {
		span: () => {
			if (!isKnown) span = spanOf(latest);
			isKnown = true;
			return span;
		},
		add: (durationMs) => {
			if (!isDuration(durationMs)) return;
			latest.push(Math.round(durationMs));
			if (latest.length > keptDurations) latest.shift();
			isKnown = false;
		},
	};
}

function isDuration(value: number): boolean {
	return Number.isFinite(value) && value > 0;
}

function spanOf(durationsMs: readonly number[]): DurationSpan | undefined {
	const usual = withoutOutliers([...durationsMs].sort((one, other) => one - other));
	const [shortest, longest] = [usual[0], usual.at(-1)];
	if (shortest === undefined || longest === undefined || usual.length < fewestForSpan) {
		return undefined;
	}
	// The extremes of a few lie within those of all, by about the distance between two neighbours.
	const margin = (longest - shortest) / (usual.length - 1);
	return {
		earliestMs: Math.max(0, shortest - Math.max(margin, smallestMargin * shortest)),
		latestMs: longest + Math.max(margin, smallestMargin * longest),
	};
}

/** After Tukey: a value more than 1.5 widths of the middle half outside of it is an outlier. */
function withoutOutliers(sorted: readonly number[]): readonly number[] {
	if (sorted.length < 8) return sorted;
	const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
	const reach = 1.5 * (high - low);
	return sorted.filter((value) => value >= low - reach && value <= high + reach);
}

function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
