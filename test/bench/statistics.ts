export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((first, second) => first - second);
	const index = Math.ceil((percent / 100) * sorted.length) - 1;
	return sorted[Math.max(0, index)] ?? Number.NaN;
}

/** The one in the middle; of two in the middle their mean. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((first, second) => first - second);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
