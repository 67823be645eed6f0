import type { Random } from '../random';

/** What a client knows of a task that has finished. All times count from its submit. */
export interface FinishedTask {
	/** When the last poll began that saw it unfinished; 0 where there was none. */
	readonly unfinishedAtMs: number;
	/** When the poll began that saw it finished. */
	readonly foundAtMs: number;
}

export interface Situation {
	/** Since the submit. */
	readonly elapsedMs: number;
	/** When the last poll began; 0 where there was none. */
	readonly lastPollMs: number;
	/** Polls of this task so far. */
	readonly polls: number;
	/** Earlier tasks, newest last; empty where nothing is remembered. */
	readonly finished: readonly FinishedTask[];
}

/** When a client polls a task again. */
export interface Schedule {
	readonly name: string;
	/** Milliseconds from the end of one poll (or from the submit) to the beginning of the next. */
	delayMs(situation: Situation, random: Random): number;
}
