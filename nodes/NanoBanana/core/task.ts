import type { Cost } from './cost';
import type { Failure } from './failure';
import { cleanText } from './text';
import { listOf, objectOf, textOf } from './tolerant';

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
): Pick<TaskSnapshot, 'state' | 'vendorState' | 'isUnknownWord'> {
	const state = knownState(states, word);
	const vendorState = cleanText(word);
	return state === undefined
		? { state: 'running', vendorState, isUnknownWord: true }
		: { state, vendorState };
}

/** The same, undefined where nobody documented the word. Case and blanks make no other word of it. */
export function knownState(
	states: Readonly<Record<string, TaskState>>,
	word: string | undefined,
): TaskState | undefined {
	if (word === undefined) return undefined;
	const plain = plainWord(word);
	return Object.entries(states).find(([documented]) => plainWord(documented) === plain)?.[1];
}

function plainWord(word: string): string {
	return word
		.slice(0, 200)
		.replace(/[\s_-]+/g, '')
		.toLowerCase();
}

/**
 * A task whose vendor says that it has ended, or has said the same for a while: where the images are there,
 * it has succeeded, whatever word stands for that.
 */
export function asEnded(snapshot: TaskSnapshot): TaskSnapshot {
	const hasImages = snapshot.isUnknownWord === true && snapshot.images.length > 0;
	return hasImages ? { ...snapshot, state: 'succeeded' } : snapshot;
}

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
	/** Nobody documented that word: the task counts as running. */
	readonly isUnknownWord?: true;
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

/** The images of a list of URLs or of objects with a `url`: the vendors have both shapes. */
export function imagesOf(value: unknown): readonly ImageSource[] {
	return listOf(value).flatMap((entry) => {
		const url = textOf(entry) ?? textOf(objectOf(entry)?.url);
		return url === undefined ? [] : { url };
	});
}

/** Longer than any id that a vendor has ever given, and short enough for an address. */
const maxLength = 1_000;

/** Blanks of all kinds, control characters, and what is invisible. */
const blank = /^[\s\p{Cc}\p{Cf}]$/u;

/** Half a surrogate pair cannot be encoded, and control and invisible characters deceive whoever reads them. */
const unusable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** A task's id without the blanks and line ends around it; undefined where there is none. */
export function trimmedTaskId(value: unknown): string | undefined {
	const text = textOf(value);
	if (text === undefined) return undefined;
	const characters = Array.from(text.slice(0, 20_000));
	// By hand: a pattern for blanks at the end of a text begins anew at each blank within it.
	const start = characters.findIndex((character) => !blank.test(character));
	const end = characters.findLastIndex((character) => !blank.test(character));
	return textOf(characters.slice(Math.max(0, start), end + 1).join(''));
}

/**
 * Whether a task can be asked for by this id. It goes into addresses, messages and the log, so it is
 * one line that can be encoded. A submit, a callback and the user's own task ids are held to the same.
 */
export function isUsableTaskId(taskId: string): boolean {
	return taskId.length <= maxLength && !unusable.test(taskId) && !/^\.{1,2}$/.test(taskId);
}

/**
 * The id that an answer names, where it is that of another task than the one asked for. Vendors may name a
 * task by a part of its id, and spell it in another way.
 */
export function otherTaskId(asked: string, named: unknown): string | undefined {
	const other = trimmedTaskId(named);
	if (other === undefined || !isUsableTaskId(other)) return undefined;
	const [plainAsked, plainOther] = [plainId(asked), plainId(other)];
	const isSame = plainAsked.includes(plainOther) || plainOther.includes(plainAsked);
	return isSame ? undefined : other;
}

/** Letters and digits alone. */
function plainId(taskId: string): string {
	return taskId
		.normalize('NFC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]/gu, '');
}

/** The longest that is shown of an id that cannot be used: whoever asks for the image needs it whole. */
const longestQuoted = 4_000;

/** An id that cannot be used, as it can be shown: `"job\u0007"`, shortened. */
export function quotedTaskId(taskId: string): string {
	const quoted = JSON.stringify(taskId).replace(
		/[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu,
		(character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
	);
	return quoted.length <= longestQuoted ? quoted : `${quoted.slice(0, longestQuoted - 1)}…`;
}
