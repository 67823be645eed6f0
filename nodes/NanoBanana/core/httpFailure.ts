import { isDocumentedRefusal, type DocumentedAnswers } from './certain';
import { codeOf, type ErrorCode, type Failure, type Reason } from './failure';
import { otherTaskId } from './task';
import { cleanText } from './text';
import { known, objectOf, textOf } from './tolerant';
import type { VendorResponse } from './vendor';
import { isModerationCode, speaksOfModeration } from './moderation';
import { codeOfWords, readErrorText, wordsIn } from './vendorText';

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
	insufficientCredit: 'says that the account has too little credit left',
	rateLimited: 'received too many requests',
	contentRejected: 'refused the prompt or a reference image (content moderation)',
	notFound: 'does not know the task',
	conflict: 'refused the request because of a conflict',
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
export function failureSentence(vendorName: string, reason: Reason, detail?: string): string {
	const sentence = `${vendorName} ${sentences[codeOf({ reason })]}`;
	return detail === undefined ? sentence : `${sentence}: ${detail}`;
}

/** Accepts any 2xx, because no vendor promises a particular one. */
export function isSuccessStatus(response: VendorResponse): boolean {
	return response.status >= 200 && response.status <= 299;
}

/** The meaning of an HTTP status where the vendor says nothing better. */
export function codeForStatus(status: number): ErrorCode {
	const known = codeOfStatus[status];
	if (known !== undefined) return known;
	if (status >= 500) return 'vendorUnavailable';
	if (status >= 400) return 'invalidRequest';
	return 'invalidResponse';
}

export interface FailureDetails {
	/** Overrides the meaning of the status. */
	readonly reason?: Reason;
	readonly vendorCode?: string;
	readonly requestId?: string;
	/** True if the answer says that the vendor does not know the task, whatever the status. */
	readonly isUnknownTask?: boolean;
	readonly hint?: string;
	/** The vendor's text, if it is in an unusual place. */
	readonly text?: string;
}

/** Turns an answer into a failure; each vendor's `classifyError` adds its own knowledge. */
export function failureFromResponse(
	answers: DocumentedAnswers,
	response: VendorResponse,
	details: FailureDetails = {},
): Failure {
	const { vendorName } = answers;
	const isRedirect = response.status >= 300 && response.status < 400;
	// The base URL causes a redirect or a wrong method, so a retry does not help.
	const isWrongAddress = isRedirect || response.status === 405;
	const reasonSoFar =
		details.reason ?? (isWrongAddress ? 'wrongAddress' : codeForStatus(response.status));
	const words = details.text ?? readErrorText(response);
	// Vendors without a separate status for moderation answer 400 or 422. A firewall's page also speaks of
	// blocking: only the vendor's own JSON is believed.
	const isModeration =
		reasonSoFar === 'invalidRequest' &&
		response.json !== undefined &&
		tellsModeration({ text: words, vendorCode: details.vendorCode }, response.prompt);
	const reason = isModeration ? 'contentRejected' : reasonSoFar;
	const detail = isRedirect
		? 'it answered with a redirect, which is not followed so that the key stays with the vendor'
		: (cleaned(details.text) ?? readErrorText(response) ?? `HTTP ${response.status}`);
	const isCertain = details.isUnknownTask === true || isDocumentedRefusal(answers, response);
	return {
		reason,
		message: failureSentence(vendorName, reason, detail),
		httpStatus: response.status,
		...known({
			vendorCode: cleaned(details.vendorCode),
			requestId: details.requestId,
			hint: details.hint,
			retryAfterMs: parseRetryAfter(response.headers['retry-after']),
		}),
		...(isCertain ? {} : { task: 'maybe' }),
	};
}

function cleaned(text: string | undefined): string | undefined {
	return text === undefined ? undefined : textOf(cleanText(text));
}

/** The code of an error that only the words show, because the HTTP status is a success. */
export function reasonOfWords(words: string, { prompt }: VendorResponse): ErrorCode {
	return codeOfWords(words, prompt) ?? 'vendorUnavailable';
}

/** Handles "not found" for a request that names no task: the address is unknown. */
export function failureWithoutTask(failure: Failure): Failure {
	if (failure.reason !== 'notFound') return failure;
	return {
		...failure,
		reason: 'unsupported',
		message: failure.message.replace(sentences.notFound, sentences.unsupported),
		hint: 'Check the base URL of the credential: the vendor’s API does not answer there.',
	};
}

/**
 * Handles "not found" for a request that names a task. The status alone is the vendor's statement about the
 * task; words are not.
 */
export function failureWithTask(failure: Failure): Failure {
	const isByStatus = failure.httpStatus === 404 || failure.httpStatus === 410;
	if (failure.reason !== 'notFound' || !isByStatus) return failure;
	const { task: _known, ...unknownTask } = failure;
	return unknownTask;
}

/** An error inside an answer: text, an object with `message` and `code` (or `type`), or a list of such. */
export function errorPartsOf(error: unknown): { readonly text?: string; readonly code?: string } {
	const object = objectOf(Array.isArray(error) ? error[0] : error);
	return known({
		text: wordsIn(error),
		code: textOf(object?.code) ?? textOf(object?.type),
	});
}

interface WordsAndCode {
	readonly text?: string | undefined;
	readonly vendorCode?: string | undefined;
}

/** Whether the vendor's words, or its code for the end of a task, say that the content was refused. */
export function tellsModeration(
	{ text = '', vendorCode }: WordsAndCode,
	prompt: string | undefined,
): boolean {
	const says = (words: string): boolean => speaksOfModeration(words, prompt);
	return isModerationCode(vendorCode) || says(vendorCode ?? '') || says(text);
}

/** The failure of a task without an image. If the vendor sends no code, its words show moderation. */
export function taskFailure(
	vendorName: string,
	{ prompt }: Pick<VendorResponse, 'prompt'>,
	details: WordsAndCode & { readonly reason?: 'taskFailed' | 'taskCanceled' | 'contentRejected' },
): Failure {
	const isModeration = tellsModeration(details, prompt);
	const reason = details.reason ?? (isModeration ? 'contentRejected' : 'taskFailed');
	return {
		reason,
		message: failureSentence(vendorName, reason, cleaned(details.text)),
		...known({ vendorCode: cleaned(details.vendorCode) }),
	};
}

/** The failure of an answer without a required member. The vendor may have taken a submit nevertheless. */
export function unreadableAnswer(
	answers: DocumentedAnswers,
	response: VendorResponse,
	missing: string,
): Failure {
	const isJson = response.json !== undefined;
	const detail = isJson ? `${missing} is missing from its answer` : 'the answer is not JSON';
	return failureFromResponse(answers, response, { reason: 'invalidResponse', text: detail });
}

/**
 * The failure of a poll whose answer names another task than the one asked for, as a relay with a cache may
 * send: nothing in it is about our task. Undefined where it names our task, or none.
 */
export function failureOfOtherTask(
	answers: DocumentedAnswers,
	response: VendorResponse,
	asked: string,
	named: unknown,
): Failure | undefined {
	const other = otherTaskId(asked, named);
	if (other === undefined) return undefined;
	const text = `it was asked for task ${asked} and answered for task ${other}`;
	const failure = failureFromResponse(answers, response, { reason: 'invalidResponse', text });
	return { ...failure, task: 'maybe' };
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
