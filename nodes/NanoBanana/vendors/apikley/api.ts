import { z } from 'zod';

import { readTaken, type DocumentedAnswers } from '../../core/certain';
import { failed, success, type ErrorCode, type Failure, type Outcome } from '../../core/failure';
import {
	codeForStatus,
	failureFromResponse,
	failureOfOtherTask,
	failureWithoutTask,
	failureWithTask,
	isSuccessStatus,
	taskFailure,
	unreadableAnswer,
	type FailureDetails,
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
import {
	jsonWithin,
	known,
	numberOf,
	objectOf,
	parseJson,
	textOf,
	timeOf,
} from '../../core/tolerant';
import type {
	ApiRequest,
	Balance,
	Delivery,
	ReferenceFile,
	SubmitInput,
	VendorResponse,
} from '../../core/vendor';
import { readErrorText } from '../../core/vendorText';
import { saidIn, withWords } from '../../core/wordsInstead';

const vendorName = 'Apikley';

/**
 * `{code, msg}`, where the code is the HTTP status that the page lists. For 500 and 501 no page promises
 * that no task was made.
 */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [401, 402, 404, 422, 429, 455, 505],
	hasShape: ({ code }, status) => numberOf(code) === status,
	numberOf: ({ code }) => numberOf(code),
	taskNames: ['taskid', 'recordid'],
};

const states: Readonly<Record<string, TaskState>> = {
	waiting: 'queued',
	queuing: 'queued',
	generating: 'running',
	success: 'succeeded',
	fail: 'failed',
};

const text = z.unknown().transform(textOf).optional();
const number = z.unknown().transform(numberOf).optional();
const time = z.unknown().transform(timeOf).optional();
/** An object, or its JSON as text: the page says text, the upstream sends both. */
const jsonObject = z
	.unknown()
	.transform((value) => objectOf(typeof value === 'string' ? parseJson(value) : value))
	.optional();

const submitData = z.object({ taskId: text });

const taskData = z.object({
	taskId: text,
	model: text,
	state: text,
	param: jsonObject,
	resultJson: z.unknown().transform(jsonWithin).optional(),
	failCode: text,
	failMsg: text,
	creditsConsumed: number,
	createTime: time,
	completeTime: time,
});

const uploadData = z.object({ downloadUrl: text });

/** `auto` is sent as itself: leaving `aspect_ratio` out means 1:1 (the page's default). */
export function submitRequest({ request, callbackUrl }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/jobs/createTask',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				...(callbackUrl === undefined ? {} : { callBackUrl: callbackUrl }),
				input: {
					...request.additionalFields,
					prompt: request.prompt,
					image_input: request.operation === 'edit' ? request.referenceUrls : [],
					aspect_ratio: request.aspectRatio,
					...(request.resolution === undefined ? {} : { resolution: request.resolution }),
					...(request.outputFormat === undefined ? {} : { output_format: request.outputFormat }),
				},
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: '/api/v1/jobs/recordInfo', query: { taskId } };
}

/**
 * The upstream overwrites files of the same name; the platform gives each reference one of its own.
 * The fields stand before the file, so that a server that reads the form as a stream knows them in time.
 */
export function uploadReferenceRequest(file: ReferenceFile): ApiRequest {
	return {
		method: 'POST',
		path: '/file-upload/api/file-stream-upload',
		body: {
			kind: 'multipart',
			parts: [
				{ name: 'uploadPath', value: 'n8n-nano-banana' },
				{ name: 'fileName', value: file.fileName },
				{ name: 'file', file },
			],
		},
	};
}

export function getBalanceRequest(): ApiRequest {
	return { method: 'GET', path: '/api/v1/chat/credit' };
}

export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const data = submitData.safeParse(dataOf(response)).data;
	const taken = readTaken(answers, response, data?.taskId, () =>
		isOk(response)
			? unreadableAnswer(answers, response, 'data.taskId')
			: failureWithoutTask(classifyError(response)),
	);
	return taken.ok ? success({ vendor: 'apikley', taskId: taken.value, state: 'queued' }) : taken;
}

/** The upstream answers `{code: 422, msg: "recordInfo is null"}` for a task that it does not know. */
export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	const data = taskData.safeParse(dataOf(response)).data;
	const code = errorCodeOf(response) ?? response.status;
	// A failed generation may have an error code and a state at once: the state counts.
	const saysState = isSuccessStatus(response) && knownState(states, data?.state) !== undefined;
	if (!isOk(response) && !saysState) {
		const isUnknownTask = code === 404 || code === 422;
		return failed(
			isUnknownTask
				? classify(response, { reason: 'notFound', isUnknownTask })
				: failureWithTask(classifyError(response)),
		);
	}
	if (data?.state === undefined) {
		return failed(unreadableAnswer(answers, response, 'data.state'));
	}
	const otherTask = failureOfOtherTask(answers, response, taskId, data.taskId);
	if (otherTask !== undefined) return failed(otherTask);
	const seen = readState(states, data.state);
	const { resultJson } = data;
	const request = requestOf(data.param, data.model);
	const prompt = response.prompt ?? request?.prompt;
	// A failed task may have its words beside an error code instead.
	const words = data.failMsg ?? (code >= 300 ? readErrorText(response) : undefined);
	const snapshot = {
		taskId,
		...seen,
		images: imagesOf(objectOf(resultJson)?.resultUrls, resultJson, dataOf(response)),
		...known({
			cost:
				data.creditsConsumed === undefined
					? undefined
					: ({ amount: data.creditsConsumed, unit: 'credits' } as const),
			failure:
				seen.state === 'failed'
					? taskFailure(vendorName, known({ prompt }), { text: words, vendorCode: data.failCode })
					: undefined,
			request,
			submittedAtMs: data.createTime,
			completedAtMs: data.completeTime,
		}),
	};
	return success(withWords(vendorName, snapshot, saidIn(resultJson), prompt));
}

/** A delivery has the shape of an answer to a poll, whatever its `code`. */
export function readCallback({ body }: Delivery): string | undefined {
	return trimmedTaskId(objectOf(objectOf(body)?.data)?.taskId);
}

export function readUpload(response: VendorResponse): Outcome<{ readonly url: string }> {
	if (!isOk(response)) return failed(failureWithoutTask(classifyError(response)));
	const url = uploadData.safeParse(dataOf(response)).data?.downloadUrl;
	return url === undefined
		? failed(unreadableAnswer(answers, response, 'data.downloadUrl'))
		: success({ url });
}

export function readBalance(response: VendorResponse): Outcome<Balance> {
	if (!isOk(response)) return failed(failureWithoutTask(classifyError(response)));
	const amount = numberOf(dataOf(response));
	return amount === undefined
		? failed(unreadableAnswer(answers, response, 'data'))
		: success({ amount, unit: 'credits' });
}

/** The body's `code` decides, because the HTTP status is often 200 for every outcome. */
export function classifyError(response: VendorResponse): Failure {
	return classify(response, {});
}

function classify(
	response: VendorResponse,
	details: Pick<FailureDetails, 'reason' | 'isUnknownTask'>,
): Failure {
	const code = errorCodeOf(response);
	return failureFromResponse(answers, response, {
		...(code === undefined ? {} : { reason: meaningOf(code), vendorCode: String(code) }),
		...details,
	});
}

/** The meaning of the page's own numbers; the others are HTTP's. */
function meaningOf(code: number): ErrorCode {
	if (code === 501) return 'taskFailed';
	if (code === 505) return 'unsupported';
	return codeForStatus(code);
}

function isOk(response: VendorResponse): boolean {
	const isRefused = objectOf(response.json)?.success === false;
	return isSuccessStatus(response) && errorCodeOf(response) === undefined && !isRefused;
}

/** The body's code where it names an error. */
function errorCodeOf(response: VendorResponse): number | undefined {
	const code = numberOf(objectOf(response.json)?.code);
	return code !== undefined && code >= 200 && code <= 299 ? undefined : code;
}

function dataOf(response: VendorResponse): unknown {
	return objectOf(response.json)?.data;
}

/** `param` holds the request of the task: `{model, input: {…}}`, sometimes with the input as text. */
function requestOf(
	param: Readonly<Record<string, unknown>> | undefined,
	model: string | undefined,
): TaskSnapshot['request'] {
	const input = jsonObject.parse(param?.input);
	const request = known({
		model: textOf(param?.model) ?? model,
		prompt: textOf(input?.prompt),
		aspectRatio: textOf(input?.aspect_ratio),
		resolution: textOf(input?.resolution),
	});
	return Object.keys(request).length === 0 ? undefined : request;
}
