import { createHash } from 'node:crypto';
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
import {
	Failure,
	refusal,
	type ApiReply,
	type Call,
	type FailureKind,
} from '../../sandbox/exchange';
import type { FaultSpecification } from '../../sandbox/faults';
import { ulid } from '../../sandbox/identifiers';
import { checkNoBody, checkQuery, fields, readJson } from '../../sandbox/strictness';
import type { StoredTask } from '../../sandbox/tasks';
import { isTerminal, type PictureFormat } from '../../sandbox/types';
import { balanceOf, type SandboxPart, type VendorEmulator, type World } from '../../sandbox/world';
import { createApiMallUploads } from './sandboxUpload';

const models = ['nano-banana-pro', 'nano-banana'];
const creditsPerImage = 8;
const words = {
	queued: 'pending',
	running: 'processing',
	succeeded: 'completed',
	failed: 'failed',
	canceled: 'failed',
};

const errors: Record<FailureKind, [status: number, code: string]> = {
	missingKey: [401, 'api_key_required'],
	wrongKey: [401, 'invalid_api_key'],
	blockedKey: [403, 'api_access_not_approved'],
	invalidRequest: [400, 'invalid_request'],
	insufficientCredit: [402, 'insufficient_credits'],
	forbidden: [403, 'api_access_not_approved'],
	notFound: [404, 'task_not_found'],
	conflict: [409, 'idempotency_key_conflict'],
	rateLimited: [429, 'rate_limit_exceeded'],
	contentRejected: [451, 'content_blocked'],
	serverError: [500, 'internal_error'],
	unavailable: [503, 'upstream_busy'],
};

interface RememberedCreate {
	fingerprint: string;
	task: Promise<StoredTask>;
}

function create(world: World): VendorEmulator {
	const remembered = new Map<string, RememberedCreate>();
	const schema = z
		.object({
			model: z.string().refine(isModel, 'unknown model'),
			type: z.enum(['text-to-image', 'image-to-image']).optional(),
			prompt: fields.prompt(),
			image_urls: fields.httpUrls(14).optional(),
			num_images: z.number().int().min(1).max(6).optional(),
			// A free string there, but nobody ever saw it take `auto`.
			aspect_ratio: fields.ratio().optional(),
			resolution: fields.resolution().optional(),
			output_format: z.enum(['jpeg', 'jpg', 'png']).optional(),
		})
		.strict();
	type SubmitBody = z.output<typeof schema>;

	function isModel(model: string): boolean {
		return [...models, ...(world.settings.extraModels.apiMall ?? [])].includes(model);
	}

	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request);
		const body = readJson(call.request, schema);
		const references = body.image_urls?.length ?? 0;
		if (body.type === 'image-to-image' && references === 0) {
			throw refusal('image-to-image requires image_urls');
		}
		if (body.type !== 'image-to-image' && references > 0) {
			throw refusal('image_urls need type image-to-image');
		}
		const task = await takeOnce(call, body);
		const credits = task.cost;
		return {
			status: createStatus(call),
			json: {
				success: true,
				data: finishFields(call, {
					task_id: task.record.id,
					request_id: `provider_req_${ulid()}`,
					credits_used: credits,
					remaining_credits: balanceOf(world, 'apiMall'),
					model: body.model,
				}),
				request_id: `req_${ulid()}`,
			},
		};
	}

	/** The same key with the same body leads to the same task; another body is a conflict. */
	async function takeOnce(call: Call, body: SubmitBody): Promise<StoredTask> {
		const header = call.request.headers['idempotency-key'];
		if (header === undefined) return await take(body, undefined);
		const key = String(header);
		if (key.trim() === '' || key.length > 255) throw refusal('Idempotency-Key is not valid');
		const fingerprint = createHash('sha256').update(canonical(body)).digest('hex');
		const known = remembered.get(key);
		if (known && known.fingerprint !== fingerprint) {
			throw new Failure('conflict', 'Idempotency-Key was used with another body');
		}
		if (known) return await known.task;
		const task = take(body, key);
		remembered.set(key, { fingerprint, task });
		// What was refused was not created, so the key stays free.
		task.catch(() => remembered.delete(key));
		return await task;
	}

	async function take(body: SubmitBody, idempotencyKey: string | undefined) {
		const { tasksAtOnce, ownFileType } = world.settings;
		const most = tasksAtOnce.apiMall ?? Number.POSITIVE_INFINITY;
		if (world.tasks.inFlight('apiMall') >= most) {
			throw new Failure('rateLimited', 'Too many concurrent jobs', 'too_many_concurrent_jobs');
		}
		const references = await world.references.fromUrls(body.image_urls ?? []);
		const outputFormat = body.output_format ?? 'png';
		const asked: PictureFormat = outputFormat === 'png' ? 'png' : 'jpeg';
		const numberOfImages = body.num_images ?? 1;
		return world.tasks.create({
			vendor: 'apiMall',
			id: `img_${ulid()}`,
			model: body.model,
			prompt: body.prompt,
			aspectRatio: body.aspect_ratio ?? 'auto',
			resolution: body.resolution ?? '1K',
			outputFormat,
			format: ownFileType ? 'webp' : asked,
			numberOfImages,
			references,
			idempotencyKey,
			cost: creditsPerImage * numberOfImages,
			body,
		});
	}

	function getTask(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = call.pathValues[0] ?? '';
		const task = world.tasks.poll('apiMall', id);
		if (!task) throw new Failure('notFound', 'Task not found');
		const { record } = task;
		const seen = seenState(call, task, words);
		const odd = !isTerminal(seen.phase) && call.bentBy('stateUnknownWord');
		const done = seen.phase === 'succeeded';
		if (done && record.numberOfImages > 1 && call.bentBy('fewerImages')) {
			task.missingImages = 1;
			world.tasks.refund(task, creditsPerImage);
		}
		const refunded = task.missingImages * creditsPerImage;
		const data = finishFields(call, {
			task_id: id,
			model: record.model,
			status: odd ? 'unknown' : seen.word,
			output: undefined,
			primary_url: undefined,
			image_url: undefined,
			error_message: done ? null : undefined,
			...(done ? resultFields(call, task) : {}),
			...(seen.phase === 'failed' ? failureFields(call, task) : {}),
			credits_used: task.cost,
			credits_refunded: seen.phase === 'failed' ? task.cost : refunded,
			created_at: new Date(record.submittedAt).toISOString(),
			updated_at: new Date(record.completedAt ?? Date.now()).toISOString(),
			completed_at: isTerminal(seen.phase)
				? new Date(record.completedAt ?? Date.now()).toISOString()
				: undefined,
		});
		return ok({ success: true, data, request_id: `req_${ulid()}` });
	}

	/** The page shows three different URLs for one image; each of them works. */
	function resultFields(call: Call, task: StoredTask): Record<string, unknown> {
		const urls = seenUrls(call, world, task);
		const ours = urls[0] === world.tasks.resultUrls(task)[0];
		const single = task.record.numberOfImages === 1;
		const primary = ours && single ? world.tasks.resultUrl(task, 'result') : urls[0];
		const cover = ours && single ? world.tasks.resultUrl(task, 'cover') : urls[0];
		const text = seenWords(call);
		const output = { resultUrls: urls, ...(text !== undefined && { text }) };
		if (text !== undefined) return { output };
		if (call.bentBy('resultUrlsOnly')) return { output };
		if (call.bentBy('primaryUrlOnly')) return { primary_url: primary };
		if (call.bentBy('imageUrlOnly')) return { image_url: cover };
		return { output, primary_url: primary, image_url: cover };
	}

	function failureFields(call: Call, task: StoredTask): Record<string, unknown> {
		const text = failureText(task);
		const elsewhere = call.bentBy('failureElsewhere');
		if (!elsewhere) return { error_message: text };
		const field: FaultSpecification['field'] = elsewhere.specification.field ?? 'failMsg';
		if (field === 'error.message') return { error: { message: text } };
		return { [field]: text };
	}

	function balance(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const credits = balanceOf(world, 'apiMall');
		return ok({
			success: true,
			data: { credits, api_credits: credits },
			request_id: `req_${ulid()}`,
		});
	}

	return {
		id: 'apiMall',
		displayName: 'API Mall',
		unit: 'credits',
		successWithoutTask: { code: 0, success: true },
		routes: [
			{ verb: 'submit', method: 'POST', path: /^\/api\/v1\/images\/generate$/, handle: submit },
			{ verb: 'getTask', method: 'GET', path: /^\/api\/v1\/images\/([^/]+)$/, handle: getTask },
			{
				verb: 'balance',
				method: 'GET',
				path: /^\/api\/v1\/account\/balances$/,
				handle: balance,
			},
			...createApiMallUploads(world),
		],
		errorReply(kind, message, code) {
			const [status, usualCode] = errors[kind];
			const error = { code: code ?? usualCode, message };
			return { status, json: { success: false, error, request_id: `req_${ulid()}` } };
		},
		forget: () => remembered.clear(),
	};
}

/** JSON whose fields are in one order, whichever order they came in. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_key, each: unknown) =>
		typeof each === 'object' && each !== null && !Array.isArray(each)
			? Object.fromEntries(
					Object.entries(each).sort(([first], [second]) => (first < second ? -1 : 1)),
				)
			: each,
	);
}

/** API Mall: idempotent creates, several images a task, WebP whatever was asked. */
export const sandbox: SandboxPart = {
	folder: 'api-mall',
	balance: 100_000,
	verbs: ['upload', 'balance'],
	faults: {
		unknownStateWithImages: true,
		systemWords: true,
		tooManyTasks: true,
		badRequest: true,
		forbidden: true,
		notFound: true,
		conflict: ['submit'],
		contentRejected: true,
		unavailable: true,
		okWithErrorCode: true,
		stateUnknownWord: true,
		uploadEnveloped: true,
		resultUrlsOnly: true,
		primaryUrlOnly: true,
		imageUrlOnly: true,
		fewerImages: true,
		failureElsewhere: true,
	},
	ownFileType: 'image/webp',
	create,
};
