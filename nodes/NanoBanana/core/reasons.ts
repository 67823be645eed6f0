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
		hint: 'The key is right but is not allowed to do this. Check its limits, allowed addresses and approval in the vendor’s dashboard.',
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
		hint: "Wait a few minutes, then run the remaining items. A higher 'Timeout' under 'Options' lets the node wait longer for its turn, and a lower 'Max Tasks at Once' sends fewer requests at a time.",
	},
	contentRejected: {
		code: 'contentRejected',
		again: 'never',
		hint: 'Change the prompt or the reference images. The same ones will be rejected again.',
	},
	notFound: {
		code: 'notFound',
		again: 'later',
		hint: 'Check the task ID, and the base URL of the credential. The credential must belong to the account that submitted the task. Vendors delete tasks after a few days.',
	},
	conflict: {
		code: 'conflict',
		again: 'never',
		hint: 'Nothing was changed. Read the state of the task with Task → Get.',
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
		hint: 'The image is made and paid for. Use Task → Wait with this task ID to download it soon: vendors keep images only for hours or days.',
	},
	submitUnknown: {
		code: 'submitUnknown',
		again: 'never',
		page: 'account',
		hint: 'No task ID came back, but a task may exist and be charged. Check the task list in the vendor’s dashboard before you run this item again.',
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
		hint: "Wait a few minutes, then run the remaining items. A higher 'Timeout' under 'Options' lets the node wait longer for its turn, and a lower 'Max Tasks at Once' sends fewer requests at a time.",
	},
	usageExceeded: {
		code: 'insufficientCredit',
		again: 'later',
		page: 'account',
		hint: 'The account has reached its usage limit, so trying again does not help. Raise the limit, or wait until the vendor resets it.',
	},
	spendingLimit: {
		code: 'insufficientCredit',
		again: 'later',
		hint: "Nothing was bought for this item. Raise 'Max Cost' under 'Options', or run the remaining items later.",
	},
	downloadRefused: {
		code: 'downloadFailed',
		again: 'later',
		hint: 'The image is made and paid for. Use Task → Wait with this task ID to ask the vendor for it again. Vendors keep images only for hours or days.',
	},
	imageExpired: {
		code: 'downloadFailed',
		again: 'later',
		hint: 'The image was made and paid for, but this URL no longer leads to it. Use Task → Wait with this task ID to ask for a new URL. If that fails as well, the vendor has deleted the image.',
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
		hint: 'The model answered with words. Ask for an image in the prompt, or change what the answer complains about. The vendor may have charged for the answer.',
	},
	stopped: {
		code: 'taskCanceled',
		again: 'later',
		hint: 'The node sends nothing more. Use Task → Wait with the task ID to download what was already submitted.',
	},
};
