import { z } from 'zod';

import { readTaken, type DocumentedAnswers } from '../../core/certain';
import { failed, success, type Failure, type Outcome } from '../../core/failure';
import {
	errorPartsOf,
	failureFromResponse,
	failureOfOtherTask,
	failureWithoutTask,
	failureWithTask,
	isSuccessStatus,
	reasonOfWords,
	taskFailure,
	unreadableAnswer,
} from '../../core/httpFailure';
import { imagesOf } from '../../core/imageSources';
import {
	knownState,
	readState,
	trimmedTaskId,
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../core/task';
import { known, numberOf, objectOf, textOf } from '../../core/tolerant';
import { pathSegment } from '../../core/urls';
import type {
	ApiRequest,
	CancelResult,
	Delivery,
	SubmitInput,
	VendorResponse,
} from '../../core/vendor';
import { saidIn, withWords } from '../../core/wordsInstead';

const vendorName = 'SkillBoss';

/**
 * `{"error": {"message", "type", "code"}}`; some parts answer `detail` or `error` as text. A 503 is a
 * refusal only in the complete first shape: gateways send `detail`, too, and the load balancer before the
 * vendor answers `{"error": {"code": 503, "message", "status"}}`.
 */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [400, 401, 402, 403, 429, 503],
	hasShape: ({ error, detail }, status) => {
		const { message, type, code } = objectOf(error) ?? {};
		if (status === 503 && (!isText(type) || !isText(code))) return false;
		if (textOf(message) !== undefined) return true;
		return status !== 503 && (typeof error === 'string' || typeof detail === 'string');
	},
	taskNames: ['requestid', 'taskid'],
};

const states: Readonly<Record<string, TaskState>> = {
	IN_QUEUE: 'queued',
	IN_PROGRESS: 'running',
	COMPLETED: 'succeeded',
	FAILED: 'failed',
	CANCELLED: 'canceled',
};

const text = z.unknown().transform(textOf).optional();

const submitAnswer = z.object({ request_id: text, status: text, error: z.unknown().optional() });

const statusAnswer = z.object({
	request_id: text,
	status: text,
	error: z.unknown().optional(),
	result: z.unknown().optional(),
});

/** `aspect_ratio: "auto"` is not confirmed by the vendor's page, so auto leaves the field out. */
export function submitRequest({ request, callbackUrl }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/v1/run',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				async: true,
				inputs: {
					...request.additionalFields,
					prompt: request.prompt,
					image_urls: request.operation === 'edit' ? request.referenceUrls : [],
					...(request.resolution === undefined ? {} : { image_size: request.resolution }),
					...(request.aspectRatio === 'auto' ? {} : { aspect_ratio: request.aspectRatio }),
				},
				...(callbackUrl === undefined ? {} : { webhook_url: callbackUrl }),
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/v1/run/status/${pathSegment(taskId)}` };
}

export function cancelTaskRequest(taskId: string): ApiRequest {
	return { method: 'POST', path: `/v1/run/cancel/${pathSegment(taskId)}` };
}

/** The id also comes in the header `x-request-id`, which an error may carry too. */
export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const answer = submitAnswer.safeParse(response.json).data;
	const isError = isPresent(answer?.error) || isPresent(objectOf(response.json)?.detail);
	// Gateways put ids of their own into this header: the vendor's has 32 hexadecimal digits.
	const header = /^[0-9a-f]{32}$/i.exec(response.headers['x-request-id'] ?? '')?.[0];
	const isFine = isSuccessStatus(response) && answer !== undefined && !isError;
	const taken = readTaken(
		answers,
		response,
		answer?.request_id ?? (isFine ? header : undefined),
		() =>
			withHeader(
				isSuccessStatus(response) && !isError
					? unreadableAnswer(answers, response, 'request_id')
					: failureWithoutTask(classifyError(response)),
				header,
			),
	);
	if (!taken.ok) return taken;
	return success({
		vendor: 'skillBoss',
		taskId: taken.value,
		state: knownState(states, answer?.status) === 'running' ? 'running' : 'queued',
		...known({ requestId: requestIdOf(response) }),
	});
}

/** Beside an error the header may be a gateway's. Users see it nevertheless if a task may exist. */
function withHeader(failure: Failure, requestId: string | undefined): Failure {
	if (failure.task !== 'maybe' || requestId === undefined) return failure;
	return { ...failure, message: `${failure.message} (x-request-id: ${requestId})` };
}

/** The content of `result.usage` is not documented, so it is never shown as cost. */
export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	if (!isSuccessStatus(response)) return failed(failureWithTask(classifyError(response)));
	const answer = statusAnswer.safeParse(response.json).data;
	if (answer?.status === undefined) {
		return failed(
			isPresent(answer?.error)
				? classifyError(response)
				: unreadableAnswer(answers, response, 'status'),
		);
	}
	const otherTask = failureOfOtherTask(answers, response, taskId, answer.request_id);
	if (otherTask !== undefined) return failed(otherTask);
	const seen = readState(states, answer.status);
	const { result } = answer;
	const snapshot = {
		taskId,
		...seen,
		images: imagesOf(
			objectOf(result)?.generated_images,
			result,
			objectOf(response.json)?.generated_images,
		),
		...known({
			requestId: requestIdOf(response),
			failure: failureOfTask(seen.state, answer.error, response),
		}),
	};
	return success(withWords(vendorName, snapshot, saidIn(result), response.prompt));
}

/** 200 without `cancelled: true` is the documented no-op of a task that was already terminal. */
export function readCancel(response: VendorResponse): Outcome<CancelResult> {
	const failure = failureWithTask(classifyError(response));
	if (response.status === 409) {
		return failed({
			...failure,
			message: `${vendorName} has already begun to make the image and can no longer cancel the task`,
			hint: 'The task continues and is charged. Use Task → Wait with this task ID to download the image.',
		});
	}
	if (!isSuccessStatus(response)) return failed(failure);
	const answer = objectOf(response.json);
	if (answer === undefined) return failed(unreadableAnswer(answers, response, 'cancelled'));
	return isPresent(answer.error) && answer.cancelled === undefined
		? failed(failure)
		: success({ canceled: answer.cancelled === true });
}

/** `{request_id, status, payload, error}`; a canceled task sends no callback. */
export function readCallback({ body }: Delivery): string | undefined {
	return trimmedTaskId(objectOf(body)?.request_id);
}

/** Failed tasks carry free text only. */
function failureOfTask(
	state: TaskState,
	error: unknown,
	response: VendorResponse,
): Failure | undefined {
	if (state !== 'failed' && state !== 'canceled') return undefined;
	const { text: detail, code: vendorCode } = errorPartsOf(error);
	return taskFailure(vendorName, response, {
		...(state === 'canceled' ? { reason: 'taskCanceled' } : {}),
		text: detail,
		vendorCode,
	});
}

export function classifyError(response: VendorResponse): Failure {
	const error: unknown = objectOf(response.json)?.error;
	const { text: words = '', code: vendorCode } = errorPartsOf(error);
	return failureFromResponse(answers, response, {
		...(isSuccessStatus(response)
			? { reason: reasonOfWords(`${words} ${vendorCode}`, response) }
			: {}),
		...(response.status === 401
			? {
					hint: 'SkillBoss takes only wholesale keys here and refuses an ordinary console key. Paste the wholesale key into the credential and test it.',
				}
			: {}),
		...known({
			vendorCode,
			requestId: requestIdOf(response),
			...(response.status === 402 ? { hint: hintOfCredit(error) } : {}),
		}),
	});
}

/** The vendor states a price only for a task that it refused for lack of credit. */
function hintOfCredit(error: unknown): string | undefined {
	const credits = numberOf(objectOf(error)?.required_credits);
	return credits === undefined
		? undefined
		: `The task needs ${credits} credits. Top up the account at the vendor, then run the step again.`;
}

/** `x-record-id` is the audit id that support asks for. */
function requestIdOf(response: VendorResponse): string | undefined {
	return textOf(response.headers['x-record-id']);
}

function isText(value: unknown): boolean {
	return typeof value === 'string' && value.trim() !== '';
}

function isPresent(error: unknown): boolean {
	return textOf(error) !== undefined || objectOf(error) !== undefined;
}
