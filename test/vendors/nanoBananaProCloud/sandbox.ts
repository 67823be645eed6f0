import { randomUUID } from 'node:crypto';
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
import type { ApiReply, Call, FailureKind } from '../../sandbox/exchange';
import { checkQuery, readJson } from '../../sandbox/strictness';
import type { PictureFormat } from '../../sandbox/types';
import type { SandboxPart, VendorEmulator, World } from '../../sandbox/world';
import { loadReferences, readSubmit } from './sandboxForm';

const words = {
	queued: 'running',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	canceled: 'failed',
};
const costs: Record<string, number> = {
	'nano-banana-fast': 5,
	'nano-banana': 15,
	'nano-banana-2': 20,
	'nano-banana-pro': 20,
};
/** Only nano-banana-2 has a price for each size. */
const costsOfLargerNanoBanana2: Record<string, number> = { '2K': 30, '4K': 50 };
const formats: Record<string, PictureFormat> = {
	png: 'png',
	jpg: 'jpeg',
	jpeg: 'jpeg',
	webp: 'webp',
};

const statuses: Record<FailureKind, number> = {
	missingKey: 401,
	wrongKey: 401,
	blockedKey: 401,
	invalidRequest: 400,
	insufficientCredit: 402,
	forbidden: 401,
	notFound: 200,
	conflict: 400,
	rateLimited: 429,
	contentRejected: 400,
	serverError: 500,
	unavailable: 500,
};

const resultSchema = z.union([
	z.object({ taskId: z.string().min(1) }).strict(),
	z.object({ id: z.string().min(1) }).strict(),
]);

function create(world: World): VendorEmulator {
	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request);
		const extraModels = world.settings.extraModels.nanoBananaProCloud ?? [];
		const form = readSubmit(call.request, [...Object.keys(costs), ...extraModels]);
		const { references, ignored } = await loadReferences(world, form);
		const outputFormat = form.outputFormat ?? 'png';
		const ofSize =
			form.model === 'nano-banana-2' ? costsOfLargerNanoBanana2[form.imageSize ?? '1K'] : undefined;
		const cost = ofSize ?? costs[form.model] ?? 20;
		const task = world.tasks.create({
			vendor: 'nanoBananaProCloud',
			id: randomUUID(),
			model: form.model,
			prompt: form.prompt,
			aspectRatio: form.aspectRatio ?? 'auto',
			resolution: form.imageSize ?? '1K',
			outputFormat,
			format: formats[outputFormat] ?? 'png',
			references,
			ignoredReferences: ignored,
			cost,
			body: form.recorded,
		});
		return {
			status: createStatus(call),
			json: envelope(call, {
				id: task.record.id,
				results: [],
				progress: 0,
				status: 'running',
				failure_reason: undefined,
				error: undefined,
				credits_cost: cost,
			}),
		};
	}

	function getTask(call: Call): ApiReply {
		checkQuery(call.request);
		const body = readJson(call.request, resultSchema);
		const id = 'taskId' in body ? body.taskId : body.id;
		const task = world.tasks.poll('nanoBananaProCloud', id);
		// Its upstream answers so; the page names no 404.
		if (!task) return { status: 200, json: { code: -22, message: 'task does not exist' } };
		const { phase, word } = seenState(call, task, words);
		const urls = phase === 'succeeded' ? seenUrls(call, world, task) : [];
		const text = phase === 'succeeded' ? seenWords(call) : undefined;
		const moderated = task.record.outcome === 'moderated';
		return ok(
			envelope(call, {
				id,
				results:
					text === undefined
						? urls.map((url) => ({ url, content: task.record.prompt }))
						: [{ url: '', content: text }],
				progress: phase === 'succeeded' ? 100 : Math.round(world.tasks.progress(task) * 99),
				status: word,
				failure_reason: phase === 'failed' ? (moderated ? 'input_moderation' : 'error') : undefined,
				error: phase === 'failed' ? failureText(task) : undefined,
			}),
		);
	}

	function envelope(call: Call, fields: Record<string, unknown>): unknown {
		const data = finishFields(call, fields);
		return call.bentBy('bareData') ? { data } : { code: 0, message: 'ok', data };
	}

	return {
		id: 'nanoBananaProCloud',
		displayName: 'Nano Banana Pro Cloud',
		unit: 'credits',
		successWithoutTask: { code: 0, success: true },
		routes: [
			{ verb: 'submit', method: 'POST', path: /^\/api\/v1\/image\/nano-banana$/, handle: submit },
			{
				verb: 'getTask',
				method: 'POST',
				path: /^\/api\/v1\/image\/nano-banana\/result$/,
				handle: getTask,
			},
		],
		errorReply(kind, message, code) {
			return { status: statuses[kind], json: { code: Number(code ?? -1), message } };
		},
	};
}

/** nanobananapro.cloud: JSON, or multipart when files go along; the result is asked for by POST. */
export const sandbox: SandboxPart = {
	folder: 'nanobananapro-cloud',
	balance: 100_000,
	verbs: [],
	faults: {
		unknownStateWithImages: true,
		systemWords: true,
		badRequest: true,
		okWithErrorCode: true,
		bareData: true,
	},
	refundsAtPoll: true,
	create,
};
