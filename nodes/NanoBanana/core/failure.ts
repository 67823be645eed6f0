import { costsOfTasks, sumOfCosts } from './cost';
import type { Cost } from './cost';
import { known } from './tolerant';

/** One word for each kind of failure, which workflows can branch on (`$json.error.code`). */
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

/** The reason of a failure: a code, or a kind of one that is handled differently. */
export type Reason =
	| ErrorCode
	/** No answer came, or no connection was made. */
	| 'connectionFailed'
	/** This n8n does not allow requests to the address. */
	| 'addressBlocked'
	/** The address is not that of the vendor's API, and stays wrong. */
	| 'wrongAddress'
	/** The vendor is busy with tasks of this account: it takes the next when one of them has ended. */
	| 'tooManyAtOnce'
	/** The account has reached its usage limit; asking again does not help. */
	| 'usageExceeded'
	/** The limit that the user has set for the run does not allow it. */
	| 'spendingLimit'
	/** The image cannot be downloaded, however often the node tries. */
	| 'downloadRefused'
	/** The URL of the image has expired, or leads to nothing. */
	| 'imageExpired'
	/** The vendor says that the task succeeded, but names no image. */
	| 'noImage'
	/** The vendor has answered with words in the place of an image. */
	| 'wordsInstead'
	/** The execution was stopped. */
	| 'stopped';

/**
 * When the same request may succeed: never, in a later run (somebody has to do something first), soon, or
 * as soon as a task of ours has ended.
 */
export type Again = 'never' | 'later' | 'soon' | 'whenOneOfOursHasEnded';

/**
 * The task at the vendor after a failure: certainly none, maybe one whose id nobody knows, one that may
 * still make the image, or one that the vendor itself has ended without an image.
 */
export type TaskAfterFailure = 'none' | 'maybe' | 'running' | 'over';

/** A failure is a value everywhere but in `platform/nodeErrors`, the one place that makes it an n8n error. */
export interface Failure {
	readonly reason: Reason;
	/** The failure in one sentence. */
	readonly message: string;
	/** The next step for the user; without one the hint of the reason is shown. */
	readonly hint?: string;
	/** Absent means none. */
	readonly task?: TaskAfterFailure;
	readonly httpStatus?: number;
	/** The vendor's own word or number for it. */
	readonly vendorCode?: string;
	/** The wait that the vendor's `Retry-After` asked for, in milliseconds from the answer. */
	readonly retryAfterMs?: number;
	readonly taskId?: string;
	readonly requestId?: string;
	/** The failed ratio of an item that asks for several. */
	readonly aspectRatio?: string;
	/** The amount that the vendor has charged for the task all the same. */
	readonly cost?: Cost;
	/** The failures of several tasks of an item, which this one joins. */
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

/** A page of the vendor that a hint can send the user to. */
export type VendorPage = 'apiKeys' | 'account';

interface ReasonRow {
	readonly code: ErrorCode;
	readonly again: Again;
	/** The page for the next step. */
	readonly page?: VendorPage;
	/** The next step for the user after any failure of the kind. */
	readonly hint: string;
}

/** The meaning of a failure for users (code, hint) and for the next try. */
export const reasons: Readonly<Record<Reason, ReasonRow>> = {
	invalidRequest: {
		code: 'invalidRequest',
		again: 'never',
		hint: 'Correct the parameter that the message names and run the step again.',
	},
	authentication: {
		code: 'authentication',
		again: 'later',
		page: 'apiKeys',
		hint: 'Open the credential, paste the API key again and test it.',
	},
	forbidden: {
		code: 'forbidden',
		again: 'later',
		page: 'apiKeys',
		hint: 'The key is right but may not do this. Look at its limits, allowed addresses and approval in the vendor’s dashboard.',
	},
	insufficientCredit: {
		code: 'insufficientCredit',
		again: 'later',
		page: 'account',
		hint: 'Top up the account at the vendor, then run the step again.',
	},
	rateLimited: {
		code: 'rateLimited',
		again: 'soon',
		hint: "Wait some minutes, then run the remaining items. A higher 'Timeout' under 'Options' lets the node wait longer for its turn, and a lower 'Max Tasks at Once' sends fewer requests.",
	},
	contentRejected: {
		code: 'contentRejected',
		again: 'never',
		hint: 'Change the prompt or the reference images; the same ones will be refused again.',
	},
	notFound: {
		code: 'notFound',
		again: 'later',
		hint: 'Check the task ID, that the credential belongs to the account that submitted it, and its base URL. Vendors forget tasks after some days.',
	},
	conflict: {
		code: 'conflict',
		again: 'never',
		hint: 'Nothing was changed. Look at the task with Task → Get.',
	},
	unsupported: {
		code: 'unsupported',
		again: 'later',
		hint: 'Choose another vendor or another operation.',
	},
	vendorUnavailable: {
		code: 'vendorUnavailable',
		again: 'soon',
		hint: 'The vendor cannot be used right now. Try again later.',
	},
	invalidResponse: {
		code: 'invalidResponse',
		again: 'soon',
		hint: 'Check the base URL of the credential. If it is right, the vendor has changed its answers: please open an issue.',
	},
	taskFailed: {
		code: 'taskFailed',
		again: 'later',
		hint: 'Try again, or try another vendor. Most vendors refund failed tasks.',
	},
	taskCanceled: {
		code: 'taskCanceled',
		again: 'later',
		hint: 'The task was canceled at the vendor. Submit it again if you still want the image.',
	},
	timeout: {
		code: 'timeout',
		again: 'later',
		hint: "The task may still finish: use Task → Wait with this task ID, or raise 'Timeout' under 'Options'.",
	},
	downloadFailed: {
		code: 'downloadFailed',
		again: 'soon',
		hint: 'The image is made and paid: use Task → Wait with this task ID to download it again soon. Vendors keep images only for hours or days.',
	},
	submitUnknown: {
		code: 'submitUnknown',
		again: 'never',
		page: 'account',
		hint: 'A task may exist and be charged although no task ID came back. Look at the task list in the vendor’s dashboard before you run this item again.',
	},
	connectionFailed: {
		code: 'vendorUnavailable',
		again: 'soon',
		hint: 'Check the base URL of the credential and that this n8n can reach it; if both are right, try again later.',
	},
	addressBlocked: {
		code: 'vendorUnavailable',
		again: 'later',
		hint: 'This n8n blocks requests to internal addresses. Change the base URL of the credential, or ask the administrator to allow the address.',
	},
	wrongAddress: {
		code: 'invalidResponse',
		again: 'later',
		hint: 'Check the base URL of the credential. If it is right, the vendor has changed its answers: please open an issue.',
	},
	tooManyAtOnce: {
		code: 'rateLimited',
		again: 'whenOneOfOursHasEnded',
		hint: "Wait some minutes, then run the remaining items. A higher 'Timeout' under 'Options' lets the node wait longer for its turn, and a lower 'Max Tasks at Once' sends fewer requests.",
	},
	usageExceeded: {
		code: 'insufficientCredit',
		again: 'later',
		page: 'account',
		hint: 'The usage limit of the account is reached, so trying again does not help. Raise the limit, or wait until it is reset.',
	},
	spendingLimit: {
		code: 'insufficientCredit',
		again: 'later',
		hint: "Nothing was bought for this item. Raise 'Max Cost' under 'Options', or run the remaining items later.",
	},
	downloadRefused: {
		code: 'downloadFailed',
		again: 'later',
		hint: 'The image is made and paid. Task → Wait with this task ID asks the vendor for it once more. Vendors keep images only for hours or days.',
	},
	imageExpired: {
		code: 'downloadFailed',
		again: 'later',
		hint: 'The image was made and paid, but this URL no longer leads to it. Task → Wait with this task ID asks the vendor for a fresh URL. If that fails as well, the vendor has deleted the image.',
	},
	noImage: {
		code: 'invalidResponse',
		again: 'later',
		hint: 'Use Task → Wait with this task ID a little later. If that does not help, ask the vendor’s support for the image.',
	},
	wordsInstead: {
		code: 'taskFailed',
		// The words are paid for, and the same prompt is likely to bring words again.
		again: 'never',
		hint: 'The model answered in words. Ask for an image in the prompt, or change what the answer names. The vendor may have charged for it.',
	},
	stopped: {
		code: 'taskCanceled',
		again: 'later',
		hint: 'Nothing more is sent. Use Task → Wait with the task ID to download what was already submitted.',
	},
};

/** The word that workflows branch on. */
export function codeOf({ reason }: Pick<Failure, 'reason'>): ErrorCode {
	return reasons[reason].code;
}

/** The next step for the user, in a few sentences. */
export function hintOf(failure: Failure): string {
	if (failure.hint !== undefined) return failure.hint;
	const { code, hint } = reasons[failure.reason];
	if (code !== 'rateLimited' || failure.retryAfterMs === undefined) return hint;
	return `The vendor asks you to wait ${Math.ceil(failure.retryAfterMs / 1000)} s. ${hint}`;
}

/** The page of the vendor for the next step, with the words for it. */
export function pageFor(
	{ reason }: Pick<Failure, 'reason'>,
	pages: Readonly<Record<VendorPage, string>>,
): { readonly words: string; readonly url: string } | undefined {
	const { page } = reasons[reason];
	if (page === undefined) return undefined;
	return { words: page === 'apiKeys' ? 'Your API keys' : 'Your account', url: pages[page] };
}

/** A failure with a task whose id is known: unless the vendor has ended it, its image may still come. */
export function ofTask(failure: Failure, taskId: string): Failure {
	// A vendor that does not know a task may know it again in a while.
	return { ...failure, taskId, task: failure.task === 'over' ? 'over' : 'running' };
}

/** Whether Task → Wait can still download the image. */
export function isResumable({ task, taskId }: Failure): boolean {
	return task === 'running' && taskId !== undefined;
}

/** Whether there may be a task whose id nobody knows, or that could not be polled. */
export function isUnclear({ reason, task }: Failure): boolean {
	return task === 'maybe' || reason === 'submitUnknown';
}

/** Whether the same request, sent again by a later run, may succeed. */
export function mayPass(failure: Failure): boolean {
	return reasons[failure.reason].again !== 'never';
}

/**
 * Another vendor would refuse the content, too. A user who limits the cost of a run has not asked to spend
 * the money elsewhere, and an image whose URL has expired is paid.
 */
const staysHere: ReadonlySet<Reason> = new Set([
	'contentRejected',
	'spendingLimit',
	'imageExpired',
]);

/**
 * Whether another vendor may be asked without paying twice: this one has certainly not taken the task, or
 * has failed it for a reason that may not hold at another vendor.
 */
export function mayRetryElsewhere(failure: Failure): boolean {
	const { reason, task = 'none' } = failure;
	if (staysHere.has(reason)) return false;
	return !isUnclear(failure) && task !== 'running';
}

/**
 * The failures of several tasks of one item as one. The one that forbids the most speaks for all: a task
 * whose image can still be downloaded, else a failure that rules out another vendor, else the first.
 */
export function joinedFailure(first: Failure, others: readonly Failure[]): Failure {
	if (others.length === 0) return first;
	const parts = [first, ...others];
	const lead =
		parts.find(isResumable) ?? parts.find((failure) => !mayRetryElsewhere(failure)) ?? first;
	const cost = sumOfCosts(costsOfTasks(parts));
	// The parts may have several ratios.
	const { aspectRatio: _ofTheLead, ...shared } = lead;
	return { ...shared, parts, ...known({ cost }) };
}

/** The failures that a joined one stands for, or the failure itself. */
export function failuresIn(failure: Failure): readonly Failure[] {
	return failure.parts ?? [failure];
}
