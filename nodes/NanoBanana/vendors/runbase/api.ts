import { z } from 'zod';

import { bareIds, readTaken, type DocumentedAnswers } from '../../core/certain';
import { paidBack, type Cost } from '../../core/cost';
import { failed, success, type Failure, type Outcome, type Reason } from '../../core/failure';
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
	type FailureDetails,
} from '../../core/httpFailure';
import { imagesOf } from '../../core/imageSources';
import {
	knownState,
	readState,
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../core/task';
import { known, numberOf, objectOf, textOf, timeOf } from '../../core/tolerant';
import { pathSegment } from '../../core/urls';
import type { ApiRequest, SubmitInput, VendorResponse } from '../../core/vendor';
import { saidIn, withWords } from '../../core/wordsInstead';

const vendorName = 'Runbase';

/** `{error: {message, code}}`; a 404 is about a run, and a submit names none. */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [400, 401, 402, 403, 429],
	hasShape: ({ error }) => {
		const { message, code } = objectOf(error) ?? {};
		return typeof message === 'string' && typeof code === 'string';
	},
	taskNames: ['runid', 'taskid', ...bareIds],
};

/** No page has `running`; one client of the vendor saw it. */
const states: Readonly<Record<string, TaskState>> = {
	pending: 'queued',
	processing: 'running',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
};

/** The vendor's documented codes. `USAGE_EXCEEDED` comes with 429 and must not be sent again. */
const meanings: Readonly<Record<string, Reason>> = {
	invalid_json: 'invalidRequest',
	missing_model: 'invalidRequest',
	missing_input: 'invalidRequest',
	invalid_input: 'invalidRequest',
	model_not_found: 'invalidRequest',
	missing_api_key: 'authentication',
	invalid_api_key: 'authentication',
	insufficient_balance: 'insufficientCredit',
	api_key_spend_limit_exceeded: 'forbidden',
	ip_not_allowed: 'forbidden',
	run_not_found: 'notFound',
	rate_limited: 'rateLimited',
	usage_exceeded: 'usageExceeded',
};

const hints: Readonly<Record<string, string>> = {
	api_key_spend_limit_exceeded:
		'The key has reached its own spend limit. Raise the limit of this key in the Runbase dashboard, or use another key.',
	ip_not_allowed:
		'The key may be used from certain addresses only. Add the public IP address of this n8n to the key in the Runbase dashboard.',
	usage_exceeded:
		'The usage limit of the Runbase account is reached, so trying again does not help. Raise the limit, or wait until it is reset.',
};

const text = z.unknown().transform(textOf).optional();
const time = z.unknown().transform(timeOf).optional();

const runAnswer = z.object({
	id: text,
	model: text,
	status: text,
	costUsd: z.unknown().transform(numberOf).optional(),
	output: z.unknown().optional(),
	error: z.unknown().optional(),
	createdAt: time,
	completedAt: time,
});

/** `auto` is a ratio of the vendor's own. */
export function submitRequest({ request }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/runs',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				input: {
					...request.additionalFields,
					prompt: request.prompt,
					aspect_ratio: request.aspectRatio,
					...(request.resolution === undefined ? {} : { resolution: request.resolution }),
					...(request.operation === 'edit' ? { image_urls: request.referenceUrls } : {}),
				},
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/api/v1/runs/${pathSegment(taskId)}` };
}

export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const run = runAnswer.safeParse(response.json).data;
	const taken = readTaken(answers, response, run?.id, () =>
		isSuccessStatus(response)
			? missing(response, 'id')
			: failureWithoutTask(classifyError(response)),
	);
	if (!taken.ok) return taken;
	return success({
		vendor: 'runbase',
		taskId: taken.value,
		state: knownState(states, run?.status) === 'running' ? 'running' : 'queued',
		...known({ cost: costOf(run?.costUsd) }),
	});
}

export function readTask(response: VendorResponse, taskId: string): Outcome<TaskSnapshot> {
	if (!isSuccessStatus(response)) return failed(failureWithTask(classifyError(response)));
	const run = runAnswer.safeParse(response.json).data;
	if (run?.status === undefined) return failed(missing(response, 'status'));
	const otherTask = failureOfOtherTask(answers, response, taskId, run.id);
	if (otherTask !== undefined) return failed(otherTask);
	const seen = readState(states, run.status);
	const isFailed = seen.state === 'failed';
	const { output } = run;
	const snapshot = {
		taskId,
		...seen,
		images: imagesOf(Array.isArray(output) ? output : objectOf(output)?.urls, output),
		...known({
			cost: isFailed ? refundOf(costOf(run.costUsd)) : costOf(run.costUsd),
			failure: isFailed ? failureOfTask(run.error, response) : undefined,
			request: run.model === undefined ? undefined : { model: run.model },
			submittedAtMs: run.createdAt,
			completedAtMs: run.completedAt,
		}),
	};
	return success(withWords(vendorName, snapshot, saidIn(output), response.prompt));
}

function failureOfTask(error: unknown, response: VendorResponse): Failure {
	const { text: detail, code: vendorCode } = errorPartsOf(error);
	return taskFailure(vendorName, response, { text: detail, vendorCode });
}

/** `{error: {message, code}}`; the code says more than the HTTP status. */
export function classifyError(response: VendorResponse): Failure {
	const { text: words = '', code: vendorCode } = errorPartsOf(objectOf(response.json)?.error);
	return failureFromResponse(answers, response, {
		...detailsOf(response, vendorCode, words),
		...known({ vendorCode }),
	});
}

function detailsOf(
	response: VendorResponse,
	vendorCode: string | undefined,
	words: string,
): FailureDetails {
	const name = vendorCode?.toLowerCase() ?? '';
	const reason = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
	if (reason !== undefined) {
		const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
		return { reason, ...known({ hint }) };
	}
	return isSuccessStatus(response)
		? { reason: reasonOfWords(`${vendorCode} ${words}`, response) }
		: {};
}

/** A success status without a required member: an error in the body, or an answer of another shape. */
function missing(response: VendorResponse, name: string): Failure {
	const error = errorPartsOf(objectOf(response.json)?.error);
	return Object.keys(error).length > 0
		? classifyError(response)
		: unreadableAnswer(answers, response, name);
}

/** A run is charged when it is created and refunded when it fails. */
function refundOf(charged: Cost | undefined): Cost | undefined {
	return charged === undefined ? undefined : paidBack(charged);
}

/** `costUsd` is in millionths of a dollar. */
function costOf(millionths: number | undefined): Cost | undefined {
	return millionths === undefined ? undefined : { amount: millionths / 1_000_000, unit: 'USD' };
}
