import { z } from 'zod';

import { paidBack } from '../../core/cost';
import { failed, success, type Failure, type Outcome } from '../../core/failure';
import {
	codeForStatus,
	detailsFromWords,
	failureFromResponse,
	failureWithoutTask,
	isSuccessStatus,
	taskFailure,
	unreadableAnswer,
	type FailureDetails,
} from '../../core/httpFailure';
import {
	readState,
	type Cost,
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../core/task';
import { imagesOf, known, listOf, numberOf, objectOf, textOf } from '../../core/tolerant';
import type { VendorResponse } from '../../core/vendor';
import { readErrorText } from '../../core/vendorText';

const vendorName = 'nanobananapro.cloud';

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
	error: text,
	credits_cost: z.unknown().transform(numberOf).optional(),
});

export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	if (!isOk(response)) return failed(failureWithoutTask(classifyError(response)));
	const task = taskAnswer.safeParse(dataOf(response)).data;
	if (task?.id === undefined) return failed(unreadableAnswer(vendorName, response, 'data.id'));
	return success({
		vendor: 'nanoBananaProCloud',
		taskId: task.id,
		state: 'running',
		...known({ cost: costOf(task.credits_cost) }),
	});
}

export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	const task = taskAnswer.safeParse(dataOf(response)).data;
	// A failed task may stand in an envelope that says error; its state counts then.
	const isFailedTask = isSuccessStatus(response) && task?.status === 'failed';
	if (!isOk(response) && !isFailedTask) return failed(classifyError(response));
	if (task?.status === undefined) {
		return failed(unreadableAnswer(vendorName, response, 'data.status'));
	}
	const { state, vendorState } = readState(states, task.status);
	const isFailed = state === 'failed';
	return success({
		taskId,
		state,
		vendorState,
		images: imagesOf(task.results),
		...known({
			text: contentOf(task.results),
			cost: isFailed ? refundOf(task.credits_cost) : costOf(task.credits_cost),
			failure: isFailed ? failureOfTask(task.failure_reason, task.error) : undefined,
		}),
	});
}

/**
 * The upstream's reasons are `input_moderation`, `output_moderation` and `error`; moderation is known by
 * the reason's own words, or by those of the error beside it.
 */
function failureOfTask(reason: string | undefined, error: string | undefined): Failure {
	return taskFailure(vendorName, { text: error ?? reason, vendorCode: reason });
}

/** Errors come with an HTTP status, or with 200, a `code` that is not 0 and a `message` (upstream). */
export function classifyError(response: VendorResponse): Failure {
	const code = errorCodeOf(response);
	return failureFromResponse(vendorName, response, {
		...(isSuccessStatus(response) ? detailsOfCode(code, readErrorText(response) ?? '') : {}),
		...known({ vendorCode: code === undefined ? undefined : String(code) }),
	});
}

/** The numbers are nowhere listed: one that looks like an HTTP status is read as one. */
function detailsOfCode(code: number | undefined, words: string): FailureDetails {
	if (code === undefined || code < 400 || code > 599) return detailsFromWords(words);
	return { reason: codeForStatus(code), isRefusal: code < 500 && code !== 408 };
}

function isOk(response: VendorResponse): boolean {
	return isSuccessStatus(response) && errorCodeOf(response) === undefined;
}

function errorCodeOf(response: VendorResponse): number | undefined {
	const code = numberOf(objectOf(response.json)?.code);
	return code === 0 ? undefined : code;
}

/** The envelope `{code, message, data}`, or what is in it alone. */
function dataOf(response: VendorResponse): unknown {
	const body = objectOf(response.json);
	return objectOf(body?.data) ?? body;
}

function costOf(credits: number | undefined): Cost | undefined {
	return credits === undefined ? undefined : { amount: credits, unit: 'credits' };
}

/**
 * "When status: failed, credits have already been refunded", says the page, whatever the answer itself
 * says of them.
 */
function refundOf(credits = 0): Cost {
	return paidBack({ amount: credits, unit: 'credits' });
}

function contentOf(results: unknown): string | undefined {
	const contents = listOf(results).flatMap((result) => textOf(objectOf(result)?.content) ?? []);
	return contents.length === 0 ? undefined : contents.join('\n');
}
