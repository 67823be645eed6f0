import { costsOfTasks, sumOfCosts } from './cost';
import type { Cost } from './task';
import { known } from './tolerant';

/** What went wrong, in one word that workflows can branch on (`$json.error.code`). */
export const errorCodes = [
	'invalidRequest',
	'authentication',
	'forbidden',
	'insufficientCredit',
	'rateLimited',
	'contentRejected',
	'notFound',
	'conflict',
	'unsupported',
	'vendorUnavailable',
	'invalidResponse',
	'taskFailed',
	'taskCanceled',
	'timeout',
	'downloadFailed',
	'submitUnknown',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** A failure is a value everywhere but in `platform/nodeErrors`, the one place that makes it an n8n error. */
export interface Failure {
	readonly code: ErrorCode;
	/** One sentence of what happened. */
	readonly message: string;
	/** What to do next; without one the hint of the code is shown. */
	readonly hint?: string;
	readonly httpStatus?: number;
	/** The vendor's own word or number for it. */
	readonly vendorCode?: string;
	/** What the vendor's `Retry-After` asked for, in milliseconds from the answer. */
	readonly retryAfterMs?: number;
	/**
	 * Of a submit: true where the vendor may have taken (and charged) the task although no task id came
	 * back. Absent means that it certainly has not. Of a `task` operation that could not ask: true, since
	 * its item is about a task.
	 */
	readonly taskMayExist?: boolean;
	/** Asking again cannot help, although the code alone would allow it. */
	readonly isFinal?: boolean;
	/** The vendor is busy with tasks of this account: it takes the next when one of them has ended. */
	readonly isTooManyAtOnce?: boolean;
	/** The vendor itself has said that the task ended without an image. */
	readonly isTaskOver?: boolean;
	/** The execution was stopped: what was submitted before may go on at the vendor. */
	readonly isStopped?: boolean;
	/** Nothing was sent, since the limit that the user has set for the run does not allow it. */
	readonly isSpendingLimit?: boolean;
	readonly taskId?: string;
	readonly requestId?: string;
	/** Of an item that asks for several ratios: the one that has failed. */
	readonly aspectRatio?: string;
	/** What the vendor has taken for the task all the same. */
	readonly cost?: Cost;
	/** The failures of several tasks of an item that come out as this one. */
	readonly parts?: readonly Failure[];
}

export type Outcome<Value> =
	{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

export function success<Value>(value: Value): Outcome<Value> {
	return { ok: true, value };
}

export function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
	return { ok: false, failure };
}

const hints: Readonly<Record<ErrorCode, string>> = {
	invalidRequest: 'Correct the parameter that the message names and run the step again.',
	authentication: 'Open the credential, paste the API key again and test it.',
	forbidden:
		'The key is right but may not do this. Look at its limits, allowed addresses and approval in the vendor’s dashboard.',
	insufficientCredit: 'Top up the account at the vendor, then run the step again.',
	rateLimited:
		"Wait some minutes, then run what is left. With a higher 'Timeout' under 'Options' the node waits longer for its turn; a lower 'Max Tasks at Once' asks less often.",
	contentRejected:
		'Change the prompt or the reference images; the same ones will be refused again.',
	notFound:
		'Check the task ID, that the credential belongs to the account that submitted it, and its base URL. Vendors forget tasks after some days.',
	conflict: 'Nothing was changed. Look at the task with Task → Get.',
	unsupported: 'Choose another vendor or another operation.',
	vendorUnavailable: 'The vendor cannot be used right now. Try again later.',
	invalidResponse:
		'Check the base URL of the credential. If it is right, the vendor has changed its answers: please open an issue.',
	taskFailed: 'Try again, or try another vendor. Most vendors refund failed tasks.',
	taskCanceled: 'The task was canceled at the vendor. Submit it again if you still want the image.',
	timeout:
		"The task may still finish: use Task → Wait with this task ID, or raise 'Timeout' under 'Options'.",
	downloadFailed:
		'The image is made and paid: use Task → Wait with this task ID to download it again soon. Vendors keep images only for hours or days.',
	submitUnknown:
		'A task may exist and be charged although no task ID came back. Look at the task list in the vendor’s dashboard before you run this item again.',
};

/** What to do next after any failure of a kind. */
export function generalHint(code: ErrorCode): string {
	return hints[code];
}

/** The next step for the user, in a few sentences. */
export function hintOf(failure: Failure): string {
	if (failure.hint !== undefined) return failure.hint;
	const hint = generalHint(failure.code);
	if (failure.code !== 'rateLimited' || failure.retryAfterMs === undefined) return hint;
	return `The vendor asks to wait ${Math.ceil(failure.retryAfterMs / 1000)} s. ${hint}`;
}

/** Whether Task → Wait can still bring the picture. */
export function isResumable(failure: Failure): boolean {
	if (failure.taskId === undefined) return false;
	if (failure.isStopped === true) return true;
	// A refusal of one look (a firewall's, for instance) says nothing of the task itself.
	return failure.isTaskOver !== true && failure.code !== 'notFound';
}

/** The same request is refused again: without a change there is no use in asking, or no safety. */
const cannotPass: ReadonlySet<ErrorCode> = new Set([
	'contentRejected',
	'invalidRequest',
	'conflict',
	'submitUnknown',
]);

/** Whether there may be a task that nobody knows the id of, or that could not be asked for. */
export function isUnclear({ code, taskMayExist }: Failure): boolean {
	return code === 'submitUnknown' || taskMayExist === true;
}

/** Whether the same request, sent again by a later run, may fare better. */
export function mayPass(failure: Failure): boolean {
	return !cannotPass.has(failure.code);
}

/**
 * Whether another vendor may be asked without paying twice: this one has certainly not taken the
 * task, or has failed it for a reason that another one may not have.
 */
export function mayRetryElsewhere(failure: Failure): boolean {
	if (failure.code === 'contentRejected' || isUnclear(failure)) return false;
	// Whoever limits what a run may cost has not asked to spend it somewhere else.
	if (failure.isSpendingLimit === true) return false;
	if (failure.taskId === undefined) return true;
	// Only the vendor's own word ends a task; whatever else is said of it, it may still be running.
	const isOver = failure.isTaskOver === true;
	return isOver && (failure.code === 'taskFailed' || failure.code === 'taskCanceled');
}

/**
 * The failures of several tasks of one item as one. The one that forbids the most speaks for all: a task
 * that can still be fetched, else whatever keeps another vendor from being asked, else the first.
 */
export function joinedFailure(first: Failure, others: readonly Failure[]): Failure {
	if (others.length === 0) return first;
	const parts = [first, ...others];
	const lead =
		parts.find(isResumable) ?? parts.find((failure) => !mayRetryElsewhere(failure)) ?? first;
	const cost = sumOfCosts(costsOfTasks(parts));
	// They may be of several ratios.
	const { aspectRatio: _ofTheLead, ...shared } = lead;
	return { ...shared, parts, ...known({ cost }) };
}

/** The failures that a joined one stands for, or the failure itself. */
export function failuresIn(failure: Failure): readonly Failure[] {
	return failure.parts ?? [failure];
}
