import type { Cost } from './cost';
import type { Failure } from './failure';
import { cleanText } from './text';
import { textOf } from './tolerant';

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

/** Like `readState`, but undefined for an undocumented word. Case and spaces make no difference. */
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
 * A task that has ended, or whose answers have stayed the same for a while: with images it has succeeded,
 * whatever the vendor's word.
 */
export function asEnded(snapshot: TaskSnapshot): TaskSnapshot {
	const hasImages = snapshot.isUnknownWord === true && snapshot.images.length > 0;
	return hasImages ? { ...snapshot, state: 'succeeded' } : snapshot;
}

/** The place of an image to download; nothing in it is trusted before the bytes were seen. */
export interface ImageSource {
	/** Empty if the node may neither ask for it nor pass it on. */
	readonly url: string;
	/** Why the address is empty, where it must not be used. */
	readonly refusal?: string;
	/** The image itself, in base64, where the answer holds it in place of an address. Never saved. */
	readonly content?: string;
}

/** Plain JSON, so that another execution can go on with the task. */
export interface TaskReference {
	readonly vendor: string;
	readonly taskId: string;
	/** The id that the vendor's support asks for, where it differs from the task's. */
	readonly requestId?: string;
	readonly cost?: Cost;
	/** The state right after the submit. */
	readonly state: 'queued' | 'running';
}

/** The vendor's answer to one poll of a task. */
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
	/** The part of the request that the vendor still knows. */
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

/** Longer than any id that a vendor has ever given, and short enough for an address. */
const maxLength = 1_000;

/** Blanks of all kinds, control characters, and invisible characters. */
const blank = /^[\s\p{Cc}\p{Cf}]$/u;

/** Half a surrogate pair cannot be encoded, and control and invisible characters deceive a reader. */
const unusable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** A task's id without the blanks and line breaks around it; undefined where there is none. */
export function trimmedTaskId(value: unknown): string | undefined {
	const text = textOf(value);
	if (text === undefined) return undefined;
	const characters = Array.from(text.slice(0, 20_000));
	// Without a pattern: one for spaces at the end of a text starts over at each space within the text.
	const start = characters.findIndex((character) => !blank.test(character));
	const end = characters.findLastIndex((character) => !blank.test(character));
	return textOf(characters.slice(Math.max(0, start), end + 1).join(''));
}

/**
 * Whether a task can be polled by this id. An id goes into addresses, messages and the log, so it must be
 * one line that can be encoded. The same holds for the ids of submits, of callbacks and of users.
 */
export function isUsableTaskId(taskId: string): boolean {
	return taskId.length <= maxLength && !unusable.test(taskId) && !/^\.{1,2}$/.test(taskId);
}

/**
 * The id that an answer names, if it belongs to another task than the one asked for. Vendors may name a
 * task by a part of its id, or in another spelling.
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

/** The longest part shown of an unusable id: a user who asks for the image needs the whole id. */
const longestQuoted = 4_000;

/** An unusable id in a form that can be shown: `"job\u0007"`, shortened. */
export function quotedTaskId(taskId: string): string {
	const quoted = JSON.stringify(taskId).replace(
		/[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu,
		(character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
	);
	return quoted.length <= longestQuoted ? quoted : `${quoted.slice(0, longestQuoted - 1)}…`;
}
