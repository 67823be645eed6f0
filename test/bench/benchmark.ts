/** One line of the table. */
export interface Figure {
	what: string;
	/** What it is compared with, measured in the same run. */
	against: string;
	goal: string;
	measured: string;
	isMet: boolean;
	method: string;
}

export interface Measurement {
	figures: Figure[];
	/** What lies behind the figures, for whoever wants to look closer. */
	details: string[];
}

/** One part of the benchmark, which can be run alone. */
export interface Benchmark {
	name: string;
	measure(): Promise<Measurement>;
}

/** How often something is measured where the median counts. */
export const rounds = 3;

export function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

export function times(ratio: number, digits = 2): string {
	return `${ratio.toFixed(digits)} ×`;
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

export function megabytes(bytes: number): string {
	return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
