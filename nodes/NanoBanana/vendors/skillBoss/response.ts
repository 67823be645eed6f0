import { z } from 'zod';

import { failed, success, type ErrorCode, type Failure, type Outcome } from '../../core/failure';
import { failureFromResponse, failureSentence, unreadableAnswer } from '../../core/httpFailure';
import type { TaskReference, TaskSnapshot, TaskState } from '../../core/task';
import { listOf, objectOf, textOf, textsOf } from '../../core/tolerant';
import type { CancelResult, TaskInput, VendorResponse } from '../../core/vendor';
import { cleanText } from '../../core/vendorText';

const vendorName = 'SkillBoss';

const states: Readonly<Record<string, TaskState>> = {
	IN_QUEUE: 'queued',
	IN_PROGRESS: 'running',
	COMPLETED: 'succeeded',
	FAILED: 'failed',
	CANCELLED: 'canceled',
};

const text = z.unknown().transform(textOf).optional();

const submitAnswer = z.object({ request_id: text, status: text });

const statusAnswer = z.object({
	request_id: text,
	status: text,
	error: z.unknown().optional(),
	result: z
		.object({ generated_images: z.unknown().optional(), text_response: text })
		.nullish()
		.catch(undefined),
});

/** The id also comes in the header `x-request-id`; `x-record-id` is what support asks for. */
export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	if (response.status < 200 || response.status > 299) return failed(classifyError(response));
	const answer = submitAnswer.safeParse(response.json);
	const taskId = answer.data?.request_id ?? textOf(response.headers['x-request-id']);
	if (answer.data === undefined || taskId === undefined) {
		return failed(unreadableAnswer(vendorName, response, 'request_id'));
	}
	const requestId = textOf(response.headers['x-record-id']);
	return success({
		vendor: 'skillBoss',
		taskId,
		state: answer.data.status === 'IN_PROGRESS' ? 'running' : 'queued',
		...(requestId === undefined ? {} : { requestId }),
	});
}

export function readTask(response: VendorResponse, { taskId }: TaskInput): Outcome<TaskSnapshot> {
	if (response.status < 200 || response.status > 299) return failed(classifyError(response));
	const answer = statusAnswer.safeParse(response.json).data;
	const vendorState = answer?.status;
	if (answer === undefined || vendorState === undefined) {
		return failed(unreadableAnswer(vendorName, response, 'status'));
	}
	// A state that nobody documented stays in flight until the deadline.
	const state = states[vendorState] ?? 'running';
	const requestId = textOf(response.headers['x-record-id']);
	return success({
		taskId,
		state,
		vendorState,
		images: imageUrls(answer.result?.generated_images).map((url) => ({ url })),
		...(answer.result?.text_response === undefined ? {} : { text: answer.result.text_response }),
		...(requestId === undefined ? {} : { requestId }),
		...(state === 'failed' || state === 'canceled'
			? { failure: taskFailure(state, answer.error) }
			: {}),
	});
}

/** A list of URLs in the status answer; the callback's own shape, a list of objects, is read as well. */
function imageUrls(images: unknown): readonly string[] {
	const urls = textsOf(images);
	return urls.length > 0
		? urls
		: listOf(images).flatMap((image) => textOf(objectOf(image)?.url) ?? []);
}

/** 200 without `cancelled: true` is the documented no-op of a task that was already terminal. */
export function readCancel(response: VendorResponse): Outcome<CancelResult> {
	if (response.status < 200 || response.status > 299) {
		const failure = classifyError(response);
		return failed(
			failure.httpStatus === 409
				? {
						...failure,
						message: `${vendorName} has already begun to make the image and can no longer cancel the task`,
						hint: 'The task goes on and costs. Use Task → Wait with this task ID to fetch the image.',
					}
				: failure,
		);
	}
	return success({ canceled: objectOf(response.json)?.cancelled === true });
}

function taskFailure(state: 'failed' | 'canceled', error: unknown): Failure {
	const detail = textOf(error) ?? textOf(objectOf(error)?.message);
	const vendorCode = textOf(objectOf(error)?.code);
	const code = state === 'canceled' ? 'taskCanceled' : codeOfTaskError(`${detail} ${vendorCode}`);
	return {
		code,
		message: failureSentence(
			vendorName,
			code,
			detail === undefined ? undefined : cleanText(detail),
		),
		...(vendorCode === undefined ? {} : { vendorCode }),
	};
}

/** Failed tasks carry free text only; these words are how Gemini's moderation shows in it. */
function codeOfTaskError(description: string): ErrorCode {
	return /moderation|safety|prohibited|blocked|content.?policy/i.test(description)
		? 'contentRejected'
		: 'taskFailed';
}

/** `{"error": {"message", "type", "code"}}`, or `detail` or `error` as a string. */
export function classifyError(response: VendorResponse): Failure {
	const error = objectOf(objectOf(response.json)?.error);
	const vendorCode = textOf(error?.code) ?? textOf(error?.type);
	const requestId = textOf(response.headers['x-record-id']);
	return failureFromResponse(vendorName, response, {
		// A 503 in the documented shape is a refusal; one from a gateway in between may not be.
		isRefusal: response.status === 503 && error !== undefined,
		...(vendorCode === undefined ? {} : { vendorCode }),
		...(requestId === undefined ? {} : { requestId }),
	});
}
