import type { ErrorCode, Failure } from './failure';
import { textOf } from './tolerant';
import type { VendorResponse } from './vendor';
import { readErrorText } from './vendorText';

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
	400: 'invalidRequest',
	401: 'authentication',
	402: 'insufficientCredit',
	403: 'forbidden',
	404: 'notFound',
	405: 'invalidResponse',
	408: 'vendorUnavailable',
	409: 'conflict',
	410: 'notFound',
	413: 'invalidRequest',
	415: 'invalidRequest',
	422: 'invalidRequest',
	425: 'rateLimited',
	429: 'rateLimited',
	451: 'contentRejected',
	455: 'vendorUnavailable',
};

const sentences: Readonly<Record<ErrorCode, string>> = {
	invalidRequest: 'refused a parameter',
	authentication: 'refused the API key',
	forbidden: 'does not allow this with the key',
	insufficientCredit: 'has too little credit left on the account',
	rateLimited: 'was asked too often',
	contentRejected: 'refused the prompt or a reference image (content moderation)',
	notFound: 'does not know the task',
	conflict: 'refused the request as a conflict',
	unsupported: 'does not offer this',
	vendorUnavailable: 'is not available right now',
	invalidResponse: 'gave an answer that could not be read',
	taskFailed: 'could not make the image',
	taskCanceled: 'canceled the task',
	timeout: 'has not finished the task in time',
	downloadFailed: 'did not deliver the image',
	submitUnknown: 'may have taken the task, but gave no usable answer',
};

/** "SkillBoss refused the API key: key is expired" */
export function failureSentence(vendorName: string, code: ErrorCode, detail?: string): string {
	const sentence = `${vendorName} ${sentences[code]}`;
	return detail === undefined ? sentence : `${sentence}: ${detail}`;
}

/** What an HTTP status means where the vendor says nothing better. */
export function codeForStatus(status: number): ErrorCode {
	const known = codeOfStatus[status];
	if (known !== undefined) return known;
	if (status >= 500) return 'vendorUnavailable';
	if (status >= 400) return 'invalidRequest';
	return 'invalidResponse';
}

/**
 * Whether a submit that was answered so may have been taken: an answer in the 4xx range is a refusal
 * (but for 408, which a gateway gives), everything else without a task id is unclear.
 */
function taskMayExistAfter(status: number): boolean {
	return status < 300 || status === 408 || status >= 500;
}

export interface FailureDetails {
	/** Overrides what the status says. */
	readonly code?: ErrorCode;
	readonly vendorCode?: string;
	readonly requestId?: string;
	/** True only where the answer is a documented refusal, whatever its status. */
	readonly isRefusal?: boolean;
	readonly hint?: string;
	/** The vendor's text, where it stands in an unusual place. */
	readonly text?: string;
}

/** Makes a failure of an answer; each vendor's `classifyError` adds what only it knows. */
export function failureFromResponse(
	vendorName: string,
	response: VendorResponse,
	details: FailureDetails = {},
): Failure {
	const code = details.code ?? codeForStatus(response.status);
	const isRedirect = response.status >= 300 && response.status < 400;
	const detail = isRedirect
		? 'it answered with a redirect, which is not followed so that the key stays with the vendor'
		: (details.text ?? readErrorText(response) ?? `HTTP ${response.status}`);
	const retryAfterMs = parseRetryAfter(response.headers['retry-after']);
	const taskMayExist = details.isRefusal === true ? false : taskMayExistAfter(response.status);
	return {
		code,
		message: failureSentence(vendorName, code, detail),
		httpStatus: response.status,
		...(details.vendorCode === undefined ? {} : { vendorCode: details.vendorCode }),
		...(details.requestId === undefined ? {} : { requestId: details.requestId }),
		...(details.hint === undefined ? {} : { hint: details.hint }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		...(taskMayExist ? { taskMayExist } : {}),
	};
}

/** The answer came, but what must be in it is not there. A submit may have been taken all the same. */
export function unreadableAnswer(
	vendorName: string,
	response: VendorResponse,
	missing: string,
): Failure {
	const isJson = response.json !== undefined;
	const detail = isJson ? `${missing} is missing in its answer` : 'the answer is no JSON';
	return failureFromResponse(vendorName, response, { code: 'invalidResponse', text: detail });
}

/** `Retry-After` in milliseconds from now: a number of seconds or an HTTP date. */
export function parseRetryAfter(
	header: string | undefined,
	nowMs: number = Date.now(),
): number | undefined {
	const text = textOf(header)?.trim();
	if (text === undefined) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
	const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isFinite(date) ? Math.max(0, date - nowMs) : undefined;
}
