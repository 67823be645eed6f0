import { textOf } from './tolerant';

/** Longer than any id that a vendor has ever given, and short enough for an address. */
const maxLength = 1_000;

const outsideBlanks = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;

/** Half a surrogate pair cannot be encoded, and control and invisible characters deceive whoever reads them. */
const unusable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** A task's id without the blanks and line ends around it; undefined where there is none. */
export function trimmedTaskId(value: unknown): string | undefined {
	return textOf(textOf(value)?.slice(0, 20_000).replace(outsideBlanks, ''));
}

/**
 * Whether a task can be asked for by this id. It goes into addresses, messages and the log, so it is
 * one line that can be encoded. A submit, a callback and the user's own task ids are held to the same.
 */
export function isUsableTaskId(taskId: string): boolean {
	return taskId.length <= maxLength && !unusable.test(taskId) && !/^\.{1,2}$/.test(taskId);
}

/** An id that cannot be used, as it can be shown: `"job\u0007"`, shortened. */
export function quotedTaskId(taskId: string): string {
	const quoted = JSON.stringify(taskId).replace(
		/[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu,
		(character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
	);
	return quoted.length <= 300 ? quoted : `${quoted.slice(0, 299)}…`;
}
