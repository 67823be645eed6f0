import { failed, success, type Failure, type Outcome } from './failure';
import { trimmedTaskId } from './task';
import { listOf, objectOf } from './tolerant';
import type { VendorResponse } from './vendor';

/**
 * What is certain of a submit that was answered. The list is closed: the vendor has taken the task where
 * its answer names one, and has not where the answer is a refusal that the vendor documents, in the
 * vendor's own shape. After every other answer it is not known. (That no connection was made is certain,
 * too: `retryPolicy`.)
 */

type JsonBody = Readonly<Record<string, unknown>>;

/** What a vendor's page says of its refusals, and by what its answers name a task. */
export interface DocumentedAnswers {
	readonly vendorName: string;
	/** HTTP statuses that the page lists as refusals of a submit. */
	readonly refusals: readonly number[];
	/** Whether an error with this HTTP status stands in the vendor's own shape. */
	hasShape(body: JsonBody, status: number): boolean;
	/** Where errors come with HTTP 200, too: the number of such an error. */
	numberOf?(body: JsonBody): number | undefined;
	/** Members that name a task, in lower case and without `_`. */
	readonly taskNames: readonly string[];
}

/**
 * The upstream of two vendors answers HTTP 200 with a number in the body. These are refusals at every
 * vendor that has such numbers; of the others nobody promises that no task was made.
 */
const numbersBelieved: ReadonlySet<number | undefined> = new Set([401, 402, 429, 455]);

/** Whether a submit that was answered so has certainly made no task. */
export function isDocumentedRefusal(answers: DocumentedAnswers, response: VendorResponse): boolean {
	const { status, json } = response;
	const body = objectOf(json);
	if (body === undefined || taskNamedIn(body, answers.taskNames) !== undefined) return false;
	if (status >= 200 && status <= 299) return numbersBelieved.has(answers.numberOf?.(body));
	return answers.refusals.includes(status) && answers.hasShape(body, status);
}

/**
 * The id of a task that a submit has made: `usual` is where the vendor's page has it. An answer that names
 * a task is a taken task, whatever status, code or words stand beside it. `explain` is asked where it
 * names none.
 */
export function readTaken(
	answers: DocumentedAnswers,
	response: VendorResponse,
	usual: unknown,
	explain: () => Failure,
): Outcome<string> {
	const named = taskNamedIn(objectOf(response.json), answers.taskNames);
	// What stands within an error may be the id of the error.
	const elsewhere = named?.isInError === false ? named.taskId : undefined;
	const taskId = trimmedTaskId(usual) ?? elsewhere;
	return taskId === undefined ? failed(explain()) : success(taskId);
}

interface NamedTask {
	readonly taskId: string;
	readonly isInError: boolean;
}

/** Deeper, and in more members, no answer names its task. */
const maxDepth = 8;
const maxMembers = 10_000;

/** The first task that an answer names, the outermost first; those outside of errors before those within. */
function taskNamedIn(body: JsonBody | undefined, names: readonly string[]): NamedTask | undefined {
	let inError: NamedTask | undefined;
	let level = body === undefined ? [] : [{ value: body as unknown, isInError: false }];
	let members = 0;
	for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
		const next: typeof level = [];
		for (const { value, isInError } of level) {
			for (const entry of listOf(value)) next.push({ value: entry, isInError });
			for (const [name, member] of Object.entries(objectOf(value) ?? {})) {
				if (++members > maxMembers) return inError;
				if (name === '__proto__') continue;
				const plainName = name.toLowerCase().replaceAll('_', '');
				const taskId = names.includes(plainName) ? trimmedTaskId(member) : undefined;
				if (taskId !== undefined && !isInError) return { taskId, isInError };
				if (taskId !== undefined) inError ??= { taskId, isInError };
				const isError = isInError || /^(errors?|detail)$/.test(plainName);
				next.push({ value: member, isInError: isError });
			}
		}
		level = next;
	}
	return inError;
}
