import { failed, success, type Failure, type Outcome } from './failure';
import { quotedTaskId, trimmedTaskId } from './task';
import { listOf, objectOf, parseJson } from './tolerant';
import type { VendorResponse } from './vendor';

/**
 * Decides whether an answered submit has certainly made a task. The list is closed: the vendor has taken
 * the task if its answer names one, and has not if the answer is a documented refusal in the vendor's own
 * shape. After every other answer it is unknown. (A connection that was never made is certain, too:
 * `retryPolicy`.)
 */

type JsonBody = Readonly<Record<string, unknown>>;

/** The refusals on a vendor's page, and the members by which its answers name a task. */
export interface DocumentedAnswers {
	readonly vendorName: string;
	/** HTTP statuses that the page lists as refusals of a submit. */
	readonly refusals: readonly number[];
	/** Whether an error with this HTTP status has the vendor's own shape. */
	hasShape(body: JsonBody, status: number): boolean;
	/** The number of an error that came with HTTP 200, at a vendor that sends such errors. */
	numberOf?(body: JsonBody): number | undefined;
	/**
	 * Members that name a task, in lower case, without `_`, in the singular. A name with a dot counts only
	 * directly within that member: `data.id`, and `.id` for the answer itself.
	 */
	readonly taskNames: readonly string[];
}

/** The places where a bare `id` is the task's: elsewhere it is an account's, a user's or an error's. */
export const bareIds: readonly string[] = ['', 'data', 'task', 'run', 'job', 'result'].map(
	(parent) => `${parent}.id`,
);

/**
 * Two vendors share an upstream that answers HTTP 200 with a number in the body. These numbers are refusals
 * at every vendor that has such numbers. For other numbers, no page promises that no task was made.
 */
const numbersBelieved: ReadonlySet<number | undefined> = new Set([401, 402, 429, 455]);

/** Whether a submit with this answer has certainly made no task. */
export function isDocumentedRefusal(answers: DocumentedAnswers, response: VendorResponse): boolean {
	const { status, json } = response;
	const body = objectOf(json);
	if (body === undefined || taskNamedIn(json, answers.taskNames) !== undefined) return false;
	if (status >= 200 && status <= 299) return numbersBelieved.has(answers.numberOf?.(body));
	return answers.refusals.includes(status) && answers.hasShape(body, status);
}

/**
 * The id of the task that a submit has made. An answer that names a task means a taken task, whatever its
 * status, code or words.
 *
 * @param usual the id, where the vendor's page puts it
 * @param explain makes the failure of an answer that names no task
 */
export function readTaken(
	answers: DocumentedAnswers,
	response: VendorResponse,
	usual: unknown,
	explain: () => Failure,
): Outcome<string> {
	const named = taskNamedIn(response.json, answers.taskNames);
	// An id within an error may be the error's own.
	const elsewhere = named?.isInError === false ? named.taskId : undefined;
	const taskId = namedId(usual) ?? elsewhere;
	if (taskId !== undefined) return success(taskId);
	const failure = explain();
	const isJson = response.json !== undefined;
	const perhaps = isJson ? named?.taskId : taskInText(response.text, answers.taskNames);
	if (failure.task !== 'maybe' || perhaps === undefined) return failed(failure);
	const advice = `the answer has ${quotedTaskId(perhaps)}, which may be the task ID: try Task → Wait with it`;
	return failed({ ...failure, message: `${failure.message} (${advice})` });
}

interface NamedTask {
	readonly taskId: string;
	readonly isInError: boolean;
}

/** No answer names its task deeper, or after more members. */
const maxDepth = 8;
const maxMembers = 10_000;

/** A longer text is an image in base64. No gateway's answer is so long. */
const maxText = 1_000_000;

/** The first task that an answer names, the outermost first; those outside of errors before those within. */
function taskNamedIn(json: unknown, names: readonly string[]): NamedTask | undefined {
	let inError: NamedTask | undefined;
	let level = [{ value: json, parent: '', isInError: false }];
	let members = 0;
	for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
		const next: typeof level = [];
		for (const { value: written, parent, isInError } of level) {
			const value = parsedText(written);
			for (const entry of listOf(value)) {
				if (++members > maxMembers) return inError;
				next.push({ value: entry, parent, isInError });
			}
			for (const [name, member] of Object.entries(objectOf(value) ?? {})) {
				if (++members > maxMembers) return inError;
				const plainName = singularOf(name);
				// The user's own prompt may be JSON, too.
				if (name === '__proto__' || plainName === 'prompt') continue;
				const isName = names.includes(plainName) || names.includes(`${parent}.${plainName}`);
				const taskId = isName ? firstId(name, member) : undefined;
				if (taskId !== undefined && !isInError) return { taskId, isInError };
				if (taskId !== undefined) inError ??= { taskId, isInError };
				const isError = isInError || plainName === 'error' || plainName === 'detail';
				next.push({ value: member, parent: plainName, isInError: isError });
			}
		}
		level = next;
	}
	return inError;
}

/** `task_ids` counts as `taskid`. */
function singularOf(name: string): string {
	return name.toLowerCase().replaceAll('_', '').replace(/s$/, '');
}

/** Some gateways put JSON into a string of their JSON. */
function parsedText(value: unknown): unknown {
	if (typeof value !== 'string' || value.length > maxText) return value;
	return /^[\s\ufeff]{0,100}[[{]/.test(value) ? (parseJson(value) ?? value) : value;
}

/** The first of several ids. A number in `tasks` is a count, not an id. */
function firstId(name: string, member: unknown): string | undefined {
	const list = listOf(parsedText(member));
	const ids = list.length > 0 || /s$/i.test(name) ? list : [member];
	return ids.map(namedId).find((taskId) => taskId !== undefined);
}

/** Values by which vendors say that there is no task: `0`, `-1`, the UUID of zeros and such words. */
const noId = /^(?:-1|[0-]+|null|undefined|none|nil)$/i;

function namedId(value: unknown): string | undefined {
	const taskId = trimmedTaskId(value);
	return taskId === undefined || noId.test(taskId) ? undefined : taskId;
}

/** A member with a text or a whole number, also within JSON that is a string of JSON. */
const memberInText =
	/(?<=")([a-z_]{2,20})\\{0,3}"\s{0,20}:\s{0,20}(?:\\{0,3}"([^"\\]{1,4000})\\{0,3}"|(\d{1,40})(?!\d))/gi;

/** The task's id in an answer that is not JSON, because it was cut off or has text around it. */
function taskInText(text: string, names: readonly string[]): string | undefined {
	for (const [, name = '', quoted, number] of text.slice(0, maxText).matchAll(memberInText)) {
		const plainName = singularOf(name);
		const isName = names.some((each) => each === plainName || each.endsWith(`.${plainName}`));
		const taskId = isName ? namedId(quoted ?? number) : undefined;
		if (taskId !== undefined) return taskId;
	}
	return undefined;
}
