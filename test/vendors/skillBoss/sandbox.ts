import { randomBytes } from 'node:crypto';
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
import { Failure, type ApiReply, type Call, type FailureKind } from '../../sandbox/exchange';
import { checkNoBody, checkQuery, fields, readJson } from '../../sandbox/strictness';
import type { StoredTask } from '../../sandbox/tasks';
import type { SandboxPart, VendorEmulator, World } from '../../sandbox/world';

const models = ['google/gemini-3-pro-image', 'google/gemini-3.1-flash-image-preview'];
const words = {
	queued: 'IN_QUEUE',
	running: 'IN_PROGRESS',
	succeeded: 'COMPLETED',
	failed: 'FAILED',
	canceled: 'CANCELLED',
};
const costs: Record<string, number> = { '1K': 134, '2K': 134, '4K': 240 };

const errors: Record<FailureKind, [status: number, type: string, code: string]> = {
	missingKey: [401, 'authentication_error', 'missing_authorization'],
	wrongKey: [401, 'authentication_error', 'invalid_api_key'],
	blockedKey: [403, 'permission_error', 'key_blocked'],
	invalidRequest: [400, 'invalid_request_error', 'invalid_request'],
	insufficientCredit: [402, 'billing_error', 'insufficient_balance'],
	forbidden: [403, 'permission_error', 'forbidden'],
	notFound: [404, 'invalid_request_error', 'not_found'],
	conflict: [409, 'invalid_request_error', 'already_started'],
	rateLimited: [429, 'rate_limit_error', 'rate_limited'],
	contentRejected: [400, 'invalid_request_error', 'content_policy'],
	serverError: [500, 'server_error', 'internal_error'],
	unavailable: [503, 'server_error', 'service_unavailable'],
};

/** Left out where no header can carry the id. */
function requestIdHeader(id: string): Record<string, string> {
	return /^[\x20-\x7e\xa0-\xff]+$/.test(id) ? { 'x-request-id': id } : {};
}

function create(world: World): VendorEmulator {
	const schema = z
		.object({
			model: z.string().refine(isModel, 'unknown model'),
			async: z.boolean().optional(),
			inputs: z
				.object({
					prompt: fields.prompt(),
					image_urls: fields.httpUrls(14).optional(),
					image_size: fields.resolution().optional(),
					// `auto` is not confirmed, so it is not taken.
					aspect_ratio: fields.ratio().optional(),
				})
				.strict(),
			webhook_url: fields.httpUrl().optional(),
		})
		.strict()
		.refine(
			(body) => body.async === true || body.webhook_url !== undefined,
			'the sandbox plays only the asynchronous form: async must be true',
		);

	function isModel(model: string): boolean {
		return [...models, ...(world.settings.extraModels.skillBoss ?? [])].includes(model);
	}

	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request);
		const body = readJson(call.request, schema);
		if (body.webhook_url !== undefined)
			await world.callbacks.checkUrl('webhook_url', body.webhook_url);
		const references = await world.references.fromUrls(body.inputs.image_urls ?? []);
		const resolution = body.inputs.image_size ?? '1K';
		const task = world.tasks.create({
			vendor: 'skillBoss',
			id: randomBytes(16).toString('hex'),
			model: body.model,
			prompt: body.inputs.prompt,
			aspectRatio: body.inputs.aspect_ratio ?? 'auto',
			resolution,
			outputFormat: 'png',
			format: 'png',
			references,
			callbackUrl: body.webhook_url,
			cost: costs[resolution] ?? 134,
			body,
		});
		await world.callbacks.beforeAnswer(task);
		const { id } = task.record;
		const origin = call.bentBy('hostileTaskUrls') ? world.filesUrl : world.url;
		const base = `${origin}/${sandbox.folder}/v1/run`;
		return {
			status: createStatus(call),
			headers: { ...requestIdHeader(id), 'x-record-id': `rec_${randomBytes(8).toString('hex')}` },
			json: finishFields(call, {
				request_id: id,
				status: 'IN_QUEUE',
				status_url: `${base}/status/${id}`,
				cancel_url: `${base}/cancel/${id}`,
			}),
		};
	}

	function getTask(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = call.pathValues[0] ?? '';
		const task = world.tasks.poll('skillBoss', id);
		if (!task) throw new Failure('notFound', `Request ${id} was not found`);
		const { phase, word } = seenState(call, task, words);
		return ok(
			finishFields(call, {
				request_id: id,
				status: word,
				result: phase === 'succeeded' ? result(call, task) : undefined,
				error: phase === 'failed' ? error(call, task) : undefined,
			}),
		);
	}

	function result(call: Call, task: StoredTask): unknown {
		return {
			generated_images: seenUrls(call, world, task),
			text_response: seenWords(call) ?? '',
			finish_reason: 'STOP',
			usage: { input_tokens: 271, output_tokens: 1120 },
		};
	}

	function error(call: Call, task: StoredTask): unknown {
		const message = failureText(task);
		if (!call.bentBy('failureAsObject')) return message;
		return { message, type: 'generation_error', code: 'generation_failed' };
	}

	function cancel(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = call.pathValues[0] ?? '';
		const task = world.tasks.find('skillBoss', id);
		const outcome = task ? world.tasks.cancel(task) : 'unknownTask';
		const at = Date.now();
		world.ledger.cancels.push({ vendor: 'skillBoss', taskId: id, result: outcome, at });
		if (!task) throw new Failure('notFound', `Request ${id} was not found`);
		if (outcome === 'workerStarted') {
			throw new Failure('conflict', 'The worker has already started this request');
		}
		return ok({
			request_id: id,
			cancelled: task.record.state === 'canceled',
			status: words[task.record.state],
		});
	}

	return {
		id: 'skillBoss',
		displayName: 'SkillBoss',
		unit: 'credits',
		successWithoutTask: { code: 0, success: true },
		routes: [
			{ verb: 'submit', method: 'POST', path: /^\/v1\/run$/, handle: submit },
			{ verb: 'getTask', method: 'GET', path: /^\/v1\/run\/status\/([^/]+)$/, handle: getTask },
			{ verb: 'cancel', method: 'POST', path: /^\/v1\/run\/cancel\/([^/]+)$/, handle: cancel },
		],
		errorReply(kind, message, code) {
			const [status, type, usualCode] = errors[kind];
			const more = kind === 'insufficientCredit' ? { required_credits: 134 } : {};
			return { status, json: { error: { message, type, code: code ?? usualCode, ...more } } };
		},
		callbackBody(task, urls) {
			const request_id = task.record.id;
			if (task.record.state === 'canceled') return undefined;
			if (task.record.state === 'failed' && !urls) {
				return { request_id, status: 'ERROR', payload: null, error: failureText(task) };
			}
			const images = urls ?? world.tasks.resultUrls(task);
			const payload = { generated_images: images.map((url) => ({ url })) };
			return { request_id, status: 'OK', payload, error: null };
		},
	};
}

/** SkillBoss: an asynchronous run with a status, a cancel and a webhook. */
export const sandbox: SandboxPart = {
	folder: 'skillboss',
	balance: 100_000,
	verbs: ['cancel', 'callback'],
	faults: {
		unknownStateWithImages: true,
		systemWords: true,
		manyResultUrls: true,
		badRequest: true,
		forbidden: true,
		notFound: true,
		conflict: ['cancel'],
		unavailable: true,
		errorAsString: true,
		errorAsDetail: true,
		hostileTaskUrls: true,
		moreImages: true,
		failureAsObject: true,
		taskCanceled: true,
	},
	callbackRetries: 1,
	create,
};
