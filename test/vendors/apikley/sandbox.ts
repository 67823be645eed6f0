import { randomInt } from 'node:crypto';
import { z } from 'zod';
import {
	createStatus,
	failureText,
	finishFields,
	ok,
	seenState,
	seenUrls,
	seenWords,
} from '../../sandbox/bending';
import { refusal, type ApiReply, type Call, type FailureKind } from '../../sandbox/exchange';
import { checkNoBody, checkQuery, fields, readJson } from '../../sandbox/strictness';
import type { StoredTask } from '../../sandbox/tasks';
import { isTerminal } from '../../sandbox/types';
import { balanceOf, type SandboxPart, type VendorEmulator, type World } from '../../sandbox/world';
import { createApikleyUpload } from './sandboxUpload';

const models = ['nano-banana-pro'];
const words = {
	queued: 'waiting',
	running: 'generating',
	succeeded: 'success',
	failed: 'fail',
	canceled: 'fail',
};
/** A fraction at 1K, since nobody promised whole credits. */
const costs: Record<string, number> = { '1K': 4.5, '2K': 18, '4K': 24 };

const codes: Record<FailureKind, number> = {
	missingKey: 401,
	wrongKey: 401,
	blockedKey: 401,
	invalidRequest: 422,
	insufficientCredit: 402,
	forbidden: 401,
	notFound: 404,
	conflict: 422,
	rateLimited: 429,
	contentRejected: 422,
	serverError: 500,
	unavailable: 455,
};

function create(world: World): VendorEmulator {
	const schema = z
		.object({
			model: z.string().refine(isModel, 'unknown model'),
			callBackUrl: fields.httpUrl().optional(),
			input: z
				.object({
					prompt: fields.prompt(10_000),
					image_input: fields.httpUrls(8).optional(),
					aspect_ratio: fields.ratioOrAuto().optional(),
					resolution: fields.resolution().optional(),
					output_format: z.enum(['png', 'jpg']).optional(),
				})
				.strict(),
		})
		.strict();

	function isModel(model: string): boolean {
		return [...models, ...(world.settings.extraModels.apikley ?? [])].includes(model);
	}

	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request);
		const body = readJson(call.request, schema);
		const references = await world.references.fromUrls(body.input.image_input ?? []);
		const resolution = body.input.resolution ?? '1K';
		const outputFormat = body.input.output_format ?? 'png';
		const task = world.tasks.create({
			vendor: 'apikley',
			id: `task_${body.model}_${Date.now()}${randomInt(1_000_000, 10_000_000)}`,
			model: body.model,
			prompt: body.input.prompt,
			aspectRatio: body.input.aspect_ratio ?? '1:1',
			resolution,
			outputFormat,
			format: outputFormat === 'jpg' ? 'jpeg' : 'png',
			references,
			callbackUrl: body.callBackUrl,
			cost: costs[resolution] ?? 18,
			body,
		});
		await world.callbacks.beforeAnswer(task);
		const { id } = task.record;
		const data = finishFields(call, { taskId: id, recordId: id });
		return { status: createStatus(call), json: { code: 200, msg: 'success', data } };
	}

	function getTask(call: Call): ApiReply {
		checkQuery(call.request, 'taskId');
		checkNoBody(call.request);
		const id = call.request.query.get('taskId');
		if (!id) throw refusal('taskId is required');
		const task = world.tasks.poll('apikley', id);
		const hidden = hiddenReply(call, task);
		if (hidden) return hidden;
		if (!task) return recordInfoIsNull();
		return ok({ code: 200, message: 'success', data: recordInfo(call, task) });
	}

	/** For a moment after its creation a task may not be there yet. */
	function hiddenReply(call: Call, task: StoredTask | undefined): ApiReply | undefined {
		const age = task ? Date.now() - task.record.submittedAt : 0;
		const missing = call.bentBy('recordInfoNotFound');
		if (missing && age < (missing.specification.ms ?? 300)) {
			return { status: 404, json: { code: 404, msg: 'Not Found', data: null } };
		}
		const empty = call.bentBy('recordInfoNull');
		if (empty && age < (empty.specification.ms ?? 300)) return recordInfoIsNull();
		return undefined;
	}

	function recordInfoIsNull(): ApiReply {
		return errorReply('invalidRequest', 'recordInfo is null');
	}

	function recordInfo(call: Call | undefined, task: StoredTask, urls?: readonly string[]) {
		const { record } = task;
		const seen = call ? seenState(call, task, words) : undefined;
		const phase = seen?.phase ?? (urls ? 'succeeded' : record.state);
		const queuing = phase === 'queued' && world.tasks.progress(task) > 0.1;
		const failed = phase === 'failed' || phase === 'canceled';
		const information = {
			taskId: record.id,
			model: record.model,
			state: queuing ? 'queuing' : (seen?.word ?? words[phase]),
			param: JSON.stringify(record.body),
			resultJson: phase === 'succeeded' ? resultJson(call, task, urls) : undefined,
			failCode: failed ? (record.outcome === 'moderated' ? '422' : '501') : undefined,
			failMsg: failed ? failureText(task) : undefined,
			creditsConsumed: failed ? 0 : isTerminal(phase) ? task.cost : undefined,
			createTime: record.submittedAt,
			updateTime: record.completedAt ?? Date.now(),
			completeTime: isTerminal(phase) ? (record.completedAt ?? Date.now()) : undefined,
		};
		return call ? finishFields(call, information) : information;
	}

	function resultJson(call: Call | undefined, task: StoredTask, urls?: readonly string[]): unknown {
		if (!call) {
			return JSON.stringify({ resultUrls: urls ?? world.tasks.resultUrls(task) });
		}
		if (call.bentBy('resultJsonEmptyString')) return '';
		if (call.bentBy('resultJsonNull')) return null;
		const text = seenWords(call);
		const result = { resultUrls: seenUrls(call, world, task), ...(text !== undefined && { text }) };
		return call.bentBy('resultJsonObject') ? result : JSON.stringify(result);
	}

	function balance(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		return ok({ code: 200, msg: 'success', data: balanceOf(world, 'apikley') });
	}

	function errorReply(kind: FailureKind, message: string, code?: string): ApiReply {
		const number = code === undefined ? codes[kind] : Number(code);
		const status = world.settings.errorsInBody ? 200 : number;
		return { status, json: { code: number, msg: message, data: null } };
	}

	return {
		id: 'apikley',
		displayName: 'Apikley',
		unit: 'credits',
		successWithoutTask: { code: 200, success: true },
		routes: [
			{ verb: 'submit', method: 'POST', path: /^\/api\/v1\/jobs\/createTask$/, handle: submit },
			{ verb: 'getTask', method: 'GET', path: /^\/api\/v1\/jobs\/recordInfo$/, handle: getTask },
			{ verb: 'balance', method: 'GET', path: /^\/api\/v1\/chat\/credit$/, handle: balance },
			{
				verb: 'upload',
				method: 'POST',
				path: /^\/file-upload\/api\/file-stream-upload$/,
				handle: createApikleyUpload(world),
			},
		],
		errorReply,
		callbackBody(task, urls) {
			const failed = task.record.state === 'failed' && !urls;
			const data = recordInfo(undefined, task, urls);
			return failed
				? { code: 501, msg: failureText(task), data }
				: { code: 200, msg: 'success', data };
		},
	};
}

/** Apikley: jobs in the manner of kie.ai; the body's code says what happened. */
export const sandbox: SandboxPart = {
	folder: 'apikley',
	balance: 100_000,
	verbs: ['callback', 'upload', 'balance'],
	faults: {
		unknownStateWithImages: true,
		manyResultUrls: true,
		maintenance: true,
		generationRefused: true,
		featureDisabled: true,
		notFound: true,
		validation: true,
		okWithErrorCode: true,
		recordInfoNull: true,
		recordInfoNotFound: true,
		resultJsonObject: true,
		resultJsonEmptyString: true,
		resultJsonNull: true,
		moreImages: true,
	},
	// As its upstream has it.
	limitedVerbs: ['submit'],
	create,
};
