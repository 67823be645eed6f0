import type { Random } from '../random';

/** What a client knows of a task that has finished: somewhere between its last two looks. */
export interface FinishedTask {
	/** After so long it was seen unfinished for the last time; 0 where the first look found it done. */
	readonly unfinishedAtMs: number;
	/** After so long it was seen finished. */
	readonly noticedAtMs: number;
}

export interface Situation {
	/** Since the submit. */
	readonly elapsedMs: number;
	/** Looks at this task so far. */
	readonly polls: number;
	/** Earlier tasks, newest last; empty where nothing is remembered. */
	readonly finished: readonly FinishedTask[];
}

/** When a client looks at a task again. */
export interface Schedule {
	readonly name: string;
	/** Milliseconds from the end of one look (or from the submit) to the beginning of the next. */
	delayMs(situation: Situation, random: Random): number;
}
