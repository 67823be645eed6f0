/**
 * How long tasks of one kind have taken, for the poll schedule: those of this run, and of earlier ones
 * where they were kept. Plain numbers, so that they can be.
 */
export interface TaskDurations {
	/** The latest ones, oldest first, in milliseconds. */
	readonly latestMs: readonly number[];
	/** Those that were added, in milliseconds: what is new since it was opened. */
	readonly addedMs: readonly number[];
	/** Where the next one is likely to lie; undefined while too few are known. */
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

/** The share by which a span is wider than what was seen, at least: clocks and networks differ. */
const smallestMargin = 0.02;

/** What moves by no more than this share is no reason to look at another time. */
const noticedShare = 0.05;

/** Opens the durations of one kind; what is no duration in `earlierMs` is left out. */
export function openTaskDurations(earlierMs: readonly unknown[] = []): TaskDurations {
	const latest = earlierMs
		.filter((value): value is number => typeof value === 'number' && isDuration(value))
		.slice(-keptDurations);
	const added: number[] = [];
	let span: DurationSpan | undefined;
	let isKnown = false;
	return {
		latestMs: latest,
		addedMs: added,
		span: () => {
			if (!isKnown) span = spanOf(latest);
			isKnown = true;
			return span;
		},
		add: (durationMs) => {
			if (!isDuration(durationMs)) return;
			const roundedMs = Math.round(durationMs);
			added.push(roundedMs);
			latest.push(roundedMs);
			if (latest.length > keptDurations) latest.shift();
			isKnown = false;
		},
	};
}

/**
 * Whether the next tasks would be looked at at other times for what was added. One that lies outside of
 * the span is a reason too: alone it is an outlier, and only where it is kept can it become a habit.
 */
export function isNews(
	before: DurationSpan | undefined,
	{ addedMs, span }: Pick<TaskDurations, 'addedMs' | 'span'>,
): boolean {
	if (addedMs.length === 0) return false;
	const after = span();
	if (before === undefined || after === undefined) return true;
	const { earliestMs, latestMs } = before;
	return (
		Math.abs(after.earliestMs - earliestMs) > noticedShare * earliestMs ||
		Math.abs(after.latestMs - latestMs) > noticedShare * latestMs ||
		addedMs.some((ms) => ms < (1 - noticedShare) * earliestMs) ||
		addedMs.some((ms) => ms > (1 + noticedShare) * latestMs)
	);
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

/** After Tukey: what lies more than 1.5 times the middle half's width outside of it is no habit. */
function withoutOutliers(sorted: readonly number[]): readonly number[] {
	if (sorted.length < 8) return sorted;
	const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
	const reach = 1.5 * (high - low);
	return sorted.filter((value) => value >= low - reach && value <= high + reach);
}

function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
