import { z } from 'zod';

import { bareIds, readTaken, type DocumentedAnswers } from '../../core/certain';
import { paidBack, type Cost } from '../../core/cost';
import { failed, success, type Failure, type Outcome, type Reason } from '../../core/failure';
import {
	codeForStatus,
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
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../core/task';
import { known, numberOf, objectOf, textOf } from '../../core/tolerant';
import type {
	ApiRequest,
	ImageRequest,
	MultipartPart,
	SubmitInput,
	VendorResponse,
} from '../../core/vendor';
import { readErrorText } from '../../core/vendorText';
import { saidIn, withWords } from '../../core/wordsInstead';

const vendorName = 'Nano Banana Pro Cloud';

/** `{code, message}` without `data`; the code is absent, the HTTP status, or a number of the vendor's own. */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [400, 401, 402, 429],
	hasShape: ({ code, message }, status) => {
		const isOwnCode = typeof code === 'number' && code !== 0 && (code < 200 || code > 599);
		return typeof message === 'string' && (code === undefined || isOwnCode || code === status);
	},
	numberOf: ({ code }) => numberOf(code),
	taskNames: ['taskid', ...bareIds],
};

const states: Readonly<Record<string, TaskState>> = {
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
};

const text = z.unknown().transform(textOf).optional();

const taskAnswer = z.object({
	id: text,
	status: text,
	results: z.unknown().optional(),
	failure_reason: text,
	error: z.unknown().optional(),
	credits_cost: z.unknown().transform(numberOf).optional(),
});

const path = '/api/v1/image/nano-banana';

/**
 * The vendor reads `imageUrl` only without files, so with files it is left out. Without `isPublic` the
 * vendor would publish the images.
 */
export function submitRequest({ request }: SubmitInput): ApiRequest {
	const fields = fieldsOf(request);
	const added = request.additionalFields;
	if (request.operation === 'edit' && request.referenceFiles.length > 0) {
		const parts: MultipartPart[] = Object.entries({ ...added, ...fields }).map(([name, value]) => ({
			name,
			// A form has texts only.
			value: typeof value === 'string' ? value : JSON.stringify(value),
		}));
		const files = request.referenceFiles.map((file) => ({ name: 'imageFile', file }));
		return {
			method: 'POST',
			path,
			body: {
				kind: 'multipart',
				parts: [...parts, { name: 'isPublic', value: 'false' }, ...files],
			},
		};
	}
	const hasUrls = request.operation === 'edit' && request.referenceUrls.length > 0;
	return {
		method: 'POST',
		path,
		body: {
			kind: 'json',
			value: {
				...added,
				...fields,
				isPublic: false,
				...(hasUrls ? { imageUrl: request.referenceUrls } : {}),
			},
		},
	};
}

/** A poll is a POST; it also triggers the refund of a failed task. */
export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'POST', path: `${path}/result`, body: { kind: 'json', value: { taskId } } };
}

function fieldsOf(request: ImageRequest): Readonly<Record<string, string>> {
	return {
		prompt: request.prompt,
		model: request.vendorModel,
		mode: request.operation === 'edit' ? 'image-to-image' : 'text-to-image',
		aspectRatio: request.aspectRatio,
		...(request.resolution === undefined ? {} : { imageSize: request.resolution }),
		...(request.outputFormat === undefined ? {} : { outputFormat: request.outputFormat }),
	};
}

export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const task = taskAnswer.safeParse(dataOf(response)).data;
	const taken = readTaken(answers, response, task?.id, () =>
		isOk(response)
			? unreadableAnswer(answers, response, 'data.id')
			: failureWithoutTask(classifyError(response)),
	);
	if (!taken.ok) return taken;
	return success({
		vendor: 'nanoBananaProCloud',
		taskId: taken.value,
		state: 'running',
		...known({ cost: costOf(task?.credits_cost) }),
	});
}

export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	const task = taskAnswer.safeParse(dataOf(response)).data;
	// A failed task may come in the envelope of an error; its state counts then.
	const saysState = isSuccessStatus(response) && knownState(states, task?.status) !== undefined;
	if (!isOk(response) && !saysState) return failed(failureWithTask(classifyError(response)));
	if (task?.status === undefined) {
		return failed(unreadableAnswer(answers, response, 'data.status'));
	}
	const otherTask = failureOfOtherTask(answers, response, taskId, task.id);
	if (otherTask !== undefined) return failed(otherTask);
	const seen = readState(states, task.status);
	const isFailed = seen.state === 'failed';
	const snapshot = {
		taskId,
		...seen,
		images: imagesOf(task.results, dataOf(response)),
		...known({
			cost: isFailed ? refundOf(task.credits_cost) : costOf(task.credits_cost),
			failure: isFailed ? failureOfTask(task.failure_reason, task.error, response) : undefined,
		}),
	};
	return success(withWords(vendorName, snapshot, saidIn(dataOf(response)), response.prompt));
}

/**
 * The upstream's reasons are `input_moderation`, `output_moderation` and `error`. The words of the reason,
 * or of the error beside it, show moderation.
 */
function failureOfTask(
	reason: string | undefined,
	error: unknown,
	response: VendorResponse,
): Failure {
	// A failed task in the envelope of an error may have its words there instead.
	const words =
		errorPartsOf(error).text ?? (isOk(response) ? undefined : readErrorText(response)) ?? reason;
	return taskFailure(vendorName, response, { text: words, vendorCode: reason });
}

/** Errors come with an HTTP status, or with 200, a `code` that is not 0 and a `message` (upstream). */
export function classifyError(response: VendorResponse): Failure {
	const code = errorCodeOf(response);
	return failureFromResponse(answers, response, {
		...(isSuccessStatus(response) ? { reason: reasonOfCode(code, response) } : {}),
		...known({ vendorCode: code === undefined ? undefined : String(code) }),
	});
}

/** No page lists the numbers: one in the range of HTTP errors is read as an HTTP status. */
function reasonOfCode(code: number | undefined, response: VendorResponse): Reason {
	if (code !== undefined && code >= 400 && code <= 599) return codeForStatus(code);
	return reasonOfWords(readErrorText(response) ?? '', response);
}

function isOk(response: VendorResponse): boolean {
	return isSuccessStatus(response) && errorCodeOf(response) === undefined;
}

function errorCodeOf(response: VendorResponse): number | undefined {
	const code = numberOf(objectOf(response.json)?.code);
	return code === 0 ? undefined : code;
}

/** The `data` of the envelope `{code, message, data}`, or an answer without the envelope. */
function dataOf(response: VendorResponse): unknown {
	const body = objectOf(response.json);
	return objectOf(body?.data) ?? body;
}

function costOf(credits: number | undefined): Cost | undefined {
	return credits === undefined ? undefined : { amount: credits, unit: 'credits' };
}

/**
 * The page says: "When status: failed, credits have already been refunded". That holds whatever the answer
 * itself says.
 */
function refundOf(credits = 0): Cost {
	return paidBack({ amount: credits, unit: 'credits' });
}
