import type { Failure } from './failure';
import { cleanText } from './vendorText';

export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';

/** A terminal state never changes again. */
export function isTerminal(state: TaskState): boolean {
	return state === 'succeeded' || state === 'failed' || state === 'canceled';
}

/**
 * Our state for a vendor's word. A word that nobody documented counts as running: the task stays in
 * flight until the deadline, and the message then names the word.
 */
export function readState(
	states: Readonly<Record<string, TaskState>>,
	word: string,
): Pick<TaskSnapshot, 'state' | 'vendorState'> {
	const state = Object.hasOwn(states, word) ? states[word] : undefined;
	return { state: state ?? 'running', vendorState: cleanText(word) };
}

/** What a task cost, in the vendor's own unit. Amounts of different units are never added up. */
export interface Cost {
	/** What the vendor keeps: what it has given back is no longer in it. */
	readonly amount: number;
	readonly unit: CostUnit;
	/** What it has given back of the task, where it says so. */
	readonly refunded?: number;
	/** What is left on the account after it, in the same unit. */
	readonly remaining?: number;
}
export type CostUnit = 'credits' | 'USD';

/** Where an image can be fetched; nothing of it is trusted before the bytes were seen. */
export interface ImageSource {
	/** Empty where it may neither be asked nor handed on. */
	readonly url: string;
	/** Why it may not. */
	readonly refusal?: string;
}

/** Plain JSON, so that another execution can go on with the task. */
export interface TaskReference {
	readonly vendor: string;
	readonly taskId: string;
	/** The id that the vendor's support asks for, where it is another one than the task's. */
	readonly requestId?: string;
	readonly cost?: Cost;
	/** The state right after the submit. */
	readonly state: 'queued' | 'running';
}

/** What the vendor said of a task at one look. */
export interface TaskSnapshot {
	readonly taskId: string;
	readonly state: TaskState;
	/** The vendor's own word for the state. */
	readonly vendorState: string;
	readonly images: readonly ImageSource[];
	/** Text that the model wrote beside the image. */
	readonly text?: string;
	readonly cost?: Cost;
	readonly requestId?: string;
	/** Why it failed: only with `failed` and `canceled`. */
	readonly failure?: Failure;
	/** What the vendor still knows of the request. */
	readonly request?: {
		/** The vendor's own model id. */
		readonly model?: string;
		readonly prompt?: string;
		readonly aspectRatio?: string;
		readonly resolution?: string;
	};
	/** Milliseconds since the epoch. */
	readonly submittedAtMs?: number;
	readonly completedAtMs?: number;
}
