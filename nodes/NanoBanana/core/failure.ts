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
	 * Answers to a submit only: true where the vendor may have taken (and charged) the task although
	 * no task id came back. Absent means that it certainly has not.
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
	readonly taskId?: string;
	/** Of several failures that come out as one. */
	readonly taskIds?: readonly string[];
	readonly requestId?: string;
	/** Of an item that asks for several ratios: the one that has failed. */
	readonly aspectRatio?: string;
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
	rateLimited: 'Wait a little, or lower "Max Tasks at Once" in the options.',
	contentRejected:
		'Change the prompt or the reference images; the same ones will be refused again.',
	notFound:
		'Check the task ID, that the credential belongs to the account that submitted it, and its base URL. Vendors forget tasks after some days.',
	conflict: 'Nothing was changed. Look at the task with Task → Get.',
	unsupported: 'Choose another vendor or another operation.',
	vendorUnavailable: 'The vendor has a problem of its own. Try again later.',
	invalidResponse:
		'Check the base URL of the credential. If it is right, the vendor has changed its answers: please open an issue.',
	taskFailed: 'Try again, or try another vendor. Most vendors refund failed tasks.',
	taskCanceled: 'The task was canceled at the vendor. Submit it again if you still want the image.',
	timeout:
		'The task may still finish: use Task → Wait with this task ID, or raise "Timeout" in the options.',
	downloadFailed:
		'The image is made and paid: use Task → Wait with this task ID to fetch it again soon. Vendors keep images only for hours or days.',
	submitUnknown:
		'A task may exist and be charged although no task ID came back. Look at the task list in the vendor’s dashboard before you run this item again.',
};

/** The next step for the user, in one or two sentences. */
export function hintOf(failure: Failure): string {
	return failure.hint ?? hints[failure.code];
}

const endsTheTask: ReadonlySet<ErrorCode> = new Set(['taskFailed', 'taskCanceled', 'notFound']);

/** Whether Task → Wait can still bring the picture. */
export function isResumable(failure: Failure): boolean {
	if (failure.taskId === undefined) return false;
	if (failure.isStopped === true) return true;
	// A refusal of one look (a firewall's, for instance) says nothing of the task itself.
	return failure.isTaskOver !== true && !endsTheTask.has(failure.code);
}

/** The same request is refused again: without a change there is no use in asking, or no safety. */
const cannotPass: ReadonlySet<ErrorCode> = new Set([
	'contentRejected',
	'invalidRequest',
	'conflict',
	'submitUnknown',
]);

/** Whether the same request, sent again by a later run, may fare better. */
export function mayPass(failure: Failure): boolean {
	return !cannotPass.has(failure.code);
}

/**
 * Whether another vendor may be asked without paying twice: this one has certainly not taken the
 * task, or has failed it for a reason that another one may not have.
 */
export function mayRetryElsewhere(failure: Failure): boolean {
	if (failure.code === 'contentRejected' || failure.code === 'submitUnknown') return false;
	if (failure.taskMayExist === true) return false;
	if (failure.taskId === undefined) return true;
	if (failure.isStopped === true) return false;
	return failure.code === 'taskFailed' || failure.code === 'taskCanceled';
}
