import { codeOf, failuresIn, type Failure } from './failure';
import { isUsableTaskId, trimmedTaskId } from './task';
import { known, listOf, objectOf, textOf } from './tolerant';
import { cleanText } from './text';

/** One failure of an item at a vendor, as later steps and their users see it. */
export interface Attempt {
	readonly vendor: string;
	readonly taskId?: string;
	readonly code: string;
	readonly message: string;
}

/** A chain has a few steps. A loop may have many, and the latest ones say the most. */
const maxAttempts = 20;

/**
 * The attempts that an input item carries, from the step that failed it or from one that succeeded after a
 * failure. Any node may have made the item, so its shape is checked and its text cleaned.
 */
export function readAttempts(json: unknown): readonly Attempt[] {
	const item = objectOf(json);
	// The last failure lists all attempts before it.
	const ofFailure = attemptsIn(objectOf(item?.error)?.attempts);
	return ofFailure.length > 0 ? ofFailure : attemptsIn(item?.attempts);
}

/** The attempts with a failure added: one entry for each task or refused submit that it stands for. */
export function withAttempt(
	earlier: readonly Attempt[],
	vendorId: string,
	failure: Failure,
): readonly Attempt[] {
	let attempts = earlier;
	for (const part of failuresIn(failure)) {
		const { taskId, message } = part;
		const code = codeOf(part);
		const added = { vendor: vendorId, ...known({ taskId }), code, message: cleanText(message) };
		attempts = [...attempts.filter((attempt) => !isRepeated(attempt, added)), added];
	}
	return attempts.slice(-maxAttempts);
}

/** A second wait for the same task with the same result is not another attempt. */
function isRepeated(earlier: Attempt, { vendor, taskId, code }: Attempt): boolean {
	if (taskId === undefined) return false;
	return earlier.taskId === taskId && earlier.vendor === vendor && earlier.code === code;
}

function attemptsIn(value: unknown): readonly Attempt[] {
	return listOf(value)
		.slice(-maxAttempts)
		.flatMap((entry) => attemptOf(entry) ?? []);
}

function attemptOf(entry: unknown): Attempt | undefined {
	const { vendor, taskId, code, message } = objectOf(entry) ?? {};
	const [name, word] = [wordOf(vendor), wordOf(code)];
	const text = cleanText(textOf(message) ?? '');
	if (name === undefined || word === undefined || text === '') return undefined;
	return { vendor: name, ...known({ taskId: idOf(taskId) }), code: word, message: text };
}

function wordOf(value: unknown): string | undefined {
	return textOf(value)?.match(/^[a-z]\w{0,63}$/i)?.[0];
}

function idOf(value: unknown): string | undefined {
	const taskId = trimmedTaskId(value);
	return taskId !== undefined && isUsableTaskId(taskId) ? taskId : undefined;
}
