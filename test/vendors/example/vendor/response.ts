import { z } from 'zod';

import { readTaken, type DocumentedAnswers } from '../../../../nodes/NanoBanana/core/certain';
import {
	failed,
	success,
	type Failure,
	type Outcome,
} from '../../../../nodes/NanoBanana/core/failure';
import {
	failureFromResponse,
	failureOfOtherTask,
	failureWithTask,
	failureWithoutTask,
	isSuccessStatus,
	reasonOfWords,
	taskFailure,
	unreadableAnswer,
} from '../../../../nodes/NanoBanana/core/httpFailure';
import { imagesOf } from '../../../../nodes/NanoBanana/core/imageSources';
import {
	readState,
	type TaskReference,
	type TaskSnapshot,
	type TaskState,
} from '../../../../nodes/NanoBanana/core/task';
import type { Cost } from '../../../../nodes/NanoBanana/core/cost';
import {
	known,
	listOf,
	numberOf,
	objectOf,
	textOf,
	textsOf,
} from '../../../../nodes/NanoBanana/core/tolerant';
import type {
	CancelResult,
	Delivery,
	Exchange,
	ReferenceFile,
	VendorResponse,
} from '../../../../nodes/NanoBanana/core/vendor';
import { saidIn, withWords } from '../../../../nodes/NanoBanana/core/wordsInstead';
import { resultRequest } from './request';

const vendorName = 'Example Images';

/** `{detail: [{loc, msg, type}]}`, one entry for each thing that is wrong. */
const answers: DocumentedAnswers = {
	vendorName,
	refusals: [400, 401, 402, 403, 404, 409, 429, 503],
	hasShape: ({ detail }) => textOf(objectOf(listOf(detail)[0])?.msg) !== undefined,
	taskNames: ['task'],
};

const states: Readonly<Record<string, TaskState>> = {
	waiting: 'queued',
	drawing: 'running',
	done: 'succeeded',
	broken: 'failed',
	stopped: 'canceled',
};

const text = z.unknown().transform(textOf).optional();
const number = z.unknown().transform(numberOf).optional();

const submitAnswer = z.object({ task: text });
const stateAnswer = z.object({ task: text, state: text, reason: text, spent: number });
const resultAnswer = z.object({ images: z.unknown().optional(), note: text, spent: number });
const uploadAnswer = z.object({ put: text, get: text });

export function readSubmit(response: VendorResponse): Outcome<TaskReference> {
	const answer = submitAnswer.safeParse(response.json).data;
	const taken = readTaken(answers, response, answer?.task, () =>
		isSuccessStatus(response) && errorsOf(response).length === 0
			? unreadableAnswer(answers, response, 'task')
			: failureWithoutTask(classifyError(response)),
	);
	return taken.ok ? success({ vendor: 'example', taskId: taken.value, state: 'queued' }) : taken;
}

/** The state says whether there is a result; that one is asked for by itself. */
export function readTaskState(
	response: VendorResponse,
	asked: string,
): Outcome<TaskSnapshot> | Exchange<TaskSnapshot> {
	if (!isSuccessStatus(response)) return failed(failureWithTask(classifyError(response)));
	const answer = stateAnswer.safeParse(response.json).data;
	if (answer?.state === undefined) {
		return failed(
			errorsOf(response).length > 0
				? classifyError(response)
				: unreadableAnswer(answers, response, 'state'),
		);
	}
	const otherTask = failureOfOtherTask(answers, response, asked, answer.task);
	if (otherTask !== undefined) return failed(otherTask);
	const { state, vendorState } = readState(states, answer.state);
	const taskId = fullNameOf(asked, answer.task);
	const snapshot = { taskId, state, vendorState, images: [] };
	if (state === 'succeeded') {
		return {
			request: resultRequest(taskId),
			read: (result) => readResult(result, snapshot),
		};
	}
	const isOver = state === 'failed' || state === 'canceled';
	return success({
		...snapshot,
		...known({
			cost: costOf(answer.spent),
			failure: isOver ? failureOfTask(state, answer.reason, response) : undefined,
		}),
	});
}

function readResult(response: VendorResponse, snapshot: TaskSnapshot): Outcome<TaskSnapshot> {
	if (!isSuccessStatus(response)) return failed(failureWithTask(classifyError(response)));
	const answer = resultAnswer.safeParse(response.json).data;
	const isResult = [answer?.images, answer?.spent, answer?.note].some((each) => each !== undefined);
	if (answer === undefined || !isResult) {
		return failed(
			errorsOf(response).length > 0
				? classifyError(response)
				: unreadableAnswer(answers, response, 'images'),
		);
	}
	const ended = {
		...snapshot,
		images: imagesOf(answer.images, response.json),
		...known({ cost: costOf(answer.spent) }),
	};
	return success(withWords(vendorName, ended, saidIn(response.json), response.prompt));
}

/** `stopped: false` says that the task had ended. */
export function readCancel(response: VendorResponse): Outcome<CancelResult> {
	const failure = failureWithTask(classifyError(response));
	if (response.status === 409) {
		return failed({
			...failure,
			message: `${vendorName} has already begun to draw the image and can no longer cancel the task`,
			hint: 'The task continues and is charged. Use Task → Wait with this task ID to download the image.',
		});
	}
	if (!isSuccessStatus(response)) return failed(failure);
	const stopped = objectOf(response.json)?.stopped;
	return typeof stopped === 'boolean'
		? success({ canceled: stopped })
		: failed(
				errorsOf(response).length > 0 ? failure : unreadableAnswer(answers, response, 'stopped'),
			);
}

type Uploaded = { readonly url: string };

/** The bytes go to a signed address of another host, which wants no key. */
export function readUpload(
	response: VendorResponse,
	file: ReferenceFile,
): Outcome<Uploaded> | Exchange<Uploaded> {
	if (!isSuccessStatus(response)) return failed(failureWithoutTask(classifyError(response)));
	const { put, get: url } = uploadAnswer.safeParse(response.json).data ?? {};
	if (put === undefined || url === undefined) {
		return failed(unreadableAnswer(answers, response, 'put or get'));
	}
	return {
		request: { method: 'PUT', url: put, body: { kind: 'file', file } },
		read: (answer) =>
			isSuccessStatus(answer)
				? success({ url })
				: failed(failureWithoutTask(failureFromResponse(answers, answer))),
	};
}

/** A delivery names the task in its query, without the model that its id begins with. */
export function readCallback({ query }: Delivery, tasks: readonly string[]): string | undefined {
	const name = textOf(query.task);
	if (name === undefined) return undefined;
	return tasks.find((taskId) => fullNameOf(name, taskId) === taskId) ?? name;
}

export function classifyError(response: VendorResponse): Failure {
	const errors = errorsOf(response);
	const words = errors.map(({ words }) => words).join('; ');
	const [vendorCode] = errors.flatMap(({ type }) => type ?? []);
	return failureFromResponse(answers, response, {
		...(isSuccessStatus(response)
			? { reason: reasonOfWords(`${vendorCode ?? ''} ${words}`, response) }
			: {}),
		...known({ vendorCode, text: textOf(words) }),
	});
}

interface VendorError {
	readonly words: string;
	readonly type?: string;
}

function errorsOf(response: VendorResponse): readonly VendorError[] {
	return listOf(objectOf(response.json)?.detail).flatMap((entry) => {
		const error = objectOf(entry);
		const message = textOf(error?.msg);
		if (message === undefined) return [];
		const place = textsOf(error?.loc).join('.');
		return [
			{
				words: place === '' ? message : `${place}: ${message}`,
				...known({ type: textOf(error?.type) }),
			},
		];
	});
}

function failureOfTask(
	state: TaskState,
	reason: string | undefined,
	response: VendorResponse,
): Failure {
	return taskFailure(vendorName, response, {
		...(state === 'canceled' ? { reason: 'taskCanceled' } : {}),
		text: reason,
	});
}

function costOf(amount: number | undefined): Cost | undefined {
	return amount === undefined ? undefined : { amount, unit: 'credits' };
}

/** The full name of a task that was named without its model. */
function fullNameOf(name: string, taskId: string | undefined): string {
	return taskId?.endsWith(`.${name}`) === true ? taskId : name;
}
