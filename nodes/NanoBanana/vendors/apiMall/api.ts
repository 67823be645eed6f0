import { z } from 'zod';

import { readTaken, type DocumentedAnswers } from '../../core/certain';
import type { Cost } from '../../core/cost';
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
import { imagesOf, severalImagesIn } from '../../core/imageSources';
import {
	knownState,
	readState,
	type ImageSource,
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../core/task';
import { jsonWithin, known, numberOf, objectOf, textOf, timeOf } from '../../core/tolerant';
import { pathSegment } from '../../core/urls';
import type {
	ApiRequest,
	Balance,
	Exchange,
	ReferenceFile,
	SubmitInput,
	VendorResponse,
} from '../../core/vendor';
import { wordsIn } from '../../core/vendorText';
import { saidIn, withWords } from '../../core/wordsInstead';

const vendorName = 'API Mall';

/** `{success: false, error: {code, message}, request_id}`. */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [400, 401, 402, 403, 409, 429, 451, 503],
	hasShape: ({ success: isOk, error }) =>
		isOk === false && textOf(objectOf(error)?.message ?? objectOf(error)?.code) !== undefined,
	taskNames: ['taskid', 'data.id'],
};

/** `unknown` is the vendor's own word too: the task stays in flight. */
const states: Readonly<Record<string, TaskState>> = {
	pending: 'queued',
	processing: 'running',
	unknown: 'running',
	completed: 'succeeded',
	failed: 'failed',
};

const text = z.unknown().transform(textOf).optional();
const number = z.unknown().transform(numberOf).optional();
const time = z.unknown().transform(timeOf).optional();

const submitData = z.object({
	task_id: text,
	request_id: text,
	credits_used: number,
	remaining_credits: number,
});

const taskData = z.object({
	task_id: text,
	request_id: text,
	model: text,
	status: text,
	output: z.unknown().transform(jsonWithin).optional(),
	primary_url: text,
	image_url: text,
	error_message: z.unknown().optional(),
	failMsg: z.unknown().optional(),
	error: z.unknown().optional(),
	credits_used: number,
	credits_refunded: number,
	created_at: time,
	completed_at: time,
});
type TaskData = z.infer<typeof taskData>;

const uploadAnswer = z.object({ upload_url: text, public_url: text });

const balanceData = z.object({ credits: number, api_credits: number });

/** The life of a signed upload address: an upload and its repetitions take a few minutes. */
const uploadLifeSeconds = 3600;

/** `aspect_ratio` is free text that is not known to take `auto`, so auto leaves the field out. */
export function submitRequest({ request, idempotencyKey }: SubmitInput): ApiRequest {
	const isEdit = request.operation === 'edit';
	return {
		method: 'POST',
		path: '/api/v1/images/generate',
		headers: { 'Idempotency-Key': idempotencyKey },
		body: {
			kind: 'json',
			value: {
				...request.additionalFields,
				model: request.vendorModel,
				type: isEdit ? 'image-to-image' : 'text-to-image',
				prompt: request.prompt,
				...(isEdit ? { image_urls: request.referenceUrls } : {}),
				num_images: request.imagesInTask,
				...(request.aspectRatio === 'auto' ? {} : { aspect_ratio: request.aspectRatio }),
				...(request.resolution === undefined ? {} : { resolution: request.resolution }),
				...(request.outputFormat === undefined ? {} : { output_format: request.outputFormat }),
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/api/v1/images/${pathSegment(taskId)}` };
}

/** Asks for a signed address to PUT the bytes to: the vendor's other way wants them as base64 in JSON. */
export function uploadUrlRequest(file: ReferenceFile): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/files/upload-url',
		body: {
			kind: 'json',
			value: {
				filename: file.fileName,
				content_type: file.mediaType,
				file_size: file.size,
				expires_in: uploadLifeSeconds,
			},
		},
	};
}

export function getBalanceRequest(): ApiRequest {
	return { method: 'GET', path: '/api/v1/account/balances' };
}

/** The answer names two request ids: the upstream's in `data`, the gateway's beside it. */
export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const data = submitData.safeParse(dataOf(response)).data;
	const taken = readTaken(answers, response, data?.task_id, () =>
		isOk(response)
			? unreadableAnswer(answers, response, 'data.task_id')
			: failureWithoutTask(classifyError(response)),
	);
	if (!taken.ok) return taken;
	return success({
		vendor: 'apiMall',
		taskId: taken.value,
		state: 'queued',
		...known({
			requestId: data?.request_id ?? requestIdOf(response),
			cost: costOf(data?.credits_used, undefined, data?.remaining_credits),
		}),
	});
}

export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	const data = taskData.safeParse(dataOf(response)).data;
	// A failed task may come with `success: false`, too; its state counts then.
	const saysState = isSuccessStatus(response) && knownState(states, data?.status) !== undefined;
	if (!isOk(response) && !saysState) return failed(failureWithTask(classifyError(response)));
	if (data?.status === undefined) {
		return failed(unreadableAnswer(answers, response, 'data.status'));
	}
	const otherTask = failureOfOtherTask(answers, response, taskId, data.task_id);
	if (otherTask !== undefined) return failed(otherTask);
	const seen = readState(states, data.status);
	const { state } = seen;
	const result = dataOf(response);
	const snapshot = {
		taskId,
		...seen,
		images: imagesOfTask(data, result),
		...known({
			cost: costOf(data.credits_used, data.credits_refunded, undefined),
			requestId: data.request_id ?? requestIdOf(response),
			failure: state === 'failed' ? failureOfTask(data, response) : undefined,
			request: data.model === undefined ? undefined : { model: data.model },
			submittedAtMs: data.created_at,
			completedAtMs: data.completed_at,
		}),
	};
	return success(withWords(vendorName, snapshot, saidIn(result), response.prompt));
}

type Uploaded = { readonly url: string };

/** The page shows this answer without the envelope that all others have. */
export function readUploadUrl(
	response: VendorResponse,
	file: ReferenceFile,
): Outcome<Uploaded> | Exchange<Uploaded> {
	if (!isOk(response)) return failed(failureWithoutTask(classifyError(response)));
	const bare = uploadAnswer.safeParse(response.json).data;
	const { upload_url: uploadUrl, public_url: url } =
		bare?.upload_url === undefined ? (uploadAnswer.safeParse(dataOf(response)).data ?? {}) : bare;
	if (uploadUrl === undefined || url === undefined) {
		return failed(unreadableAnswer(answers, response, 'upload_url or public_url'));
	}
	return {
		request: { method: 'PUT', url: uploadUrl, body: { kind: 'file', file } },
		read: (answer) =>
			isSuccessStatus(answer)
				? success({ url })
				: failed(failureWithoutTask(failureFromResponse(answers, answer))),
	};
}

export function readBalance(response: VendorResponse): Outcome<Balance> {
	if (!isOk(response)) return failed(failureWithoutTask(classifyError(response)));
	const data = balanceData.safeParse(dataOf(response)).data;
	if (data?.credits === undefined) {
		return failed(unreadableAnswer(answers, response, 'data.credits'));
	}
	return success({
		amount: data.credits,
		unit: 'credits',
		...(data.api_credits === undefined ? {} : { others: { apiCredits: data.api_credits } }),
	});
}

/** `{success: false, error: {code, message}, request_id}`; the page lists the HTTP statuses. */
export function classifyError(response: VendorResponse): Failure {
	const error: unknown = objectOf(response.json)?.error;
	const { text: words = '', code: vendorCode } = errorPartsOf(error);
	return failureFromResponse(answers, response, {
		...(isSuccessStatus(response)
			? { reason: reasonOfWords(`${vendorCode} ${words}`, response) }
			: {}),
		...(response.status === 403
			? {
					hint: 'Ask API Mall to approve the account for API access, and check that the base URL of the credential is the gateway (https://gateway.apimall.ai): other hosts refuse every key.',
				}
			: {}),
		// 429 has two meanings on the page: too many requests, or too many tasks of this account at once.
		...(response.status === 429 && /concurren/i.test(`${vendorCode} ${words}`)
			? { reason: 'tooManyAtOnce' as const }
			: {}),
		...known({ vendorCode, requestId: requestIdOf(response) }),
	});
}

/**
 * `output` may list several images. For a single one the page says to use the hosted copies in `primary_url`
 * and `image_url`; the list may name the upstream's. A list elsewhere is the result if it has the hosted copy.
 */
function imagesOfTask(data: TaskData, result: unknown): readonly ImageSource[] {
	const documented = imagesOf(objectOf(data.output)?.resultUrls);
	const listed = documented.length > 0 ? documented : severalImagesIn(data.output);
	if (listed.length > 1) return listed;
	const hosted = data.primary_url ?? data.image_url;
	if (hosted === undefined) return imagesOf(listed, result);
	const beside = severalImagesIn(result);
	return beside.some(({ url }) => url === hosted) ? beside : [{ url: hosted }];
}

function failureOfTask(data: TaskData, response: VendorResponse): Failure {
	const error = errorPartsOf(data.error ?? objectOf(response.json)?.error);
	return taskFailure(vendorName, response, {
		text: wordsIn(data.error_message) ?? wordsIn(data.failMsg) ?? error.text,
		vendorCode: error.code,
	});
}

function costOf(
	used: number | undefined,
	refunded: number | undefined,
	remaining: number | undefined,
): Cost | undefined {
	if (used === undefined) return undefined;
	const isRefunded = refunded !== undefined && refunded > 0;
	return {
		amount: Math.max(0, used - (refunded ?? 0)),
		unit: 'credits',
		...(isRefunded ? { refunded } : {}),
		...known({ remaining }),
	};
}

function isOk(response: VendorResponse): boolean {
	return isSuccessStatus(response) && objectOf(response.json)?.success !== false;
}

function dataOf(response: VendorResponse): unknown {
	return objectOf(response.json)?.data;
}

function requestIdOf(response: VendorResponse): string | undefined {
	return textOf(objectOf(response.json)?.request_id);
}
