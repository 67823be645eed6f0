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
import {
	Failure,
	refusal,
	type ApiReply,
	type Call,
	type FailureKind,
} from '../../sandbox/exchange';
import { checkNoBody, checkQuery, fields, readJson } from '../../sandbox/strictness';
import type { StoredTask } from '../../sandbox/tasks';
import { isTerminal } from '../../sandbox/types';
import type { SandboxPart, VendorEmulator, World } from '../../sandbox/world';
import { shortNameOf } from './client';

const models = ['nano-banana-pro'];
const creditsPerImage = 12;
const words = {
	queued: 'waiting',
	running: 'drawing',
	succeeded: 'done',
	failed: 'broken',
	canceled: 'stopped',
};

const errors: Record<FailureKind, [status: number, type: string, place: string]> = {
	missingKey: [401, 'wrong_key', 'header'],
	wrongKey: [401, 'wrong_key', 'header'],
	blockedKey: [403, 'blocked_key', 'header'],
	invalidRequest: [400, 'invalid', 'body'],
	insufficientCredit: [402, 'no_credits', 'account'],
	forbidden: [403, 'blocked_key', 'header'],
	notFound: [404, 'unknown_task', 'path'],
	conflict: [409, 'too_late', 'path'],
	rateLimited: [429, 'too_often', 'account'],
	contentRejected: [400, 'invalid', 'body'],
	serverError: [500, 'server', 'server'],
	unavailable: [503, 'busy', 'server'],
};

const submitSchema = z
	.object({
		text: fields.prompt(),
		count: z.number().int().min(1).max(4).optional(),
		images: fields.httpUrls(6).optional(),
		// Nobody ever saw it take `auto`.
		ratio: fields.ratio().optional(),
		size: fields.resolution().optional(),
		type: z.enum(['png', 'jpg']).optional(),
	})
	.strict();

const uploadSchema = z
	.object({
		name: z.string().min(1).max(255),
		type: z.string().regex(/^image\/[a-z]+$/),
		bytes: z.number().int().min(1).max(20_000_000),
	})
	.strict();

function create(world: World): VendorEmulator {
	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request, 'notify');
		const [model = ''] = call.pathValues;
		if (![...models, ...(world.settings.extraModels.example ?? [])].includes(model)) {
			throw refusal(`unknown model ${model}`);
		}
		const body = readJson(call.request, submitSchema);
		const callbackUrl = call.request.query.get('notify') ?? undefined;
		const references = await world.references.fromUrls(body.images ?? []);
		const numberOfImages = body.count ?? 1;
		const outputFormat = body.type ?? 'png';
		const task = world.tasks.create({
			vendor: 'example',
			id: `${model}.${randomBytes(8).toString('hex')}`,
			model,
			prompt: body.text,
			aspectRatio: body.ratio ?? 'auto',
			resolution: body.size ?? '1K',
			outputFormat,
			format: outputFormat === 'png' ? 'png' : 'jpeg',
			numberOfImages,
			references,
			callbackUrl,
			cost: creditsPerImage * numberOfImages,
			body,
		});
		await world.callbacks.beforeAnswer(task);
		return {
			status: createStatus(call),
			json: finishFields(call, { task: task.record.id, state: 'waiting' }),
		};
	}

	/** A task is found by its short name too. */
	function fullNameIn(call: Call): string {
		const [name = ''] = call.pathValues;
		const named = world.ledger
			.tasksOf('example')
			.find(({ id }) => id === name || shortNameOf(id) === name);
		return named?.id ?? name;
	}

	function getState(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = fullNameIn(call);
		const task = world.tasks.poll('example', id);
		if (!task) throw new Failure('notFound', `no task ${id}`);
		const { phase, word } = seenState(call, task, words);
		const isOver = phase === 'failed' || phase === 'canceled';
		return ok(
			finishFields(call, {
				task: id,
				state: word,
				reason: phase === 'failed' ? failureText(task) : undefined,
				spent: isOver ? 0 : undefined,
			}),
		);
	}

	function getResult(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = fullNameIn(call);
		const task = world.tasks.find('example', id);
		if (!task) throw new Failure('notFound', `no task ${id}`);
		if (task.record.state !== 'succeeded') throw new Failure('notFound', `${id} has no result`);
		return ok({
			images: seenUrls(call, world, task).map((href) => ({ href })),
			note: seenWords(call),
			spent: task.cost,
		});
	}

	function cancel(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = fullNameIn(call);
		const task = world.tasks.find('example', id);
		const result = task ? world.tasks.cancel(task) : 'unknownTask';
		world.ledger.cancels.push({ vendor: 'example', taskId: id, result, at: Date.now() });
		if (!task) throw new Failure('notFound', `no task ${id}`);
		if (result === 'workerStarted') throw new Failure('conflict', 'already drawing');
		return ok({ stopped: result === 'canceled' });
	}

	function upload(call: Call): ApiReply {
		checkQuery(call.request);
		const { name, type, bytes } = readJson(call.request, uploadSchema);
		const ticket = world.uploads.promise('example', name, type, bytes, 600);
		return ok({ put: ticket.uploadUrl, get: ticket.publicUrl });
	}

	return {
		id: 'example',
		displayName: 'Example Images',
		unit: 'credits',
		successWithoutTask: { state: 'waiting' },
		routes: [
			{
				verb: 'submit',
				method: 'POST',
				path: /^\/v2\/models\/([^/]+)\/images$/,
				promptAt: 'text',
				handle: submit,
			},
			{ verb: 'getTask', method: 'GET', path: /^\/v2\/tasks\/([^/]+)\/state$/, handle: getState },
			{ verb: 'getTask', method: 'GET', path: /^\/v2\/tasks\/([^/]+)\/result$/, handle: getResult },
			{ verb: 'cancel', method: 'PUT', path: /^\/v2\/tasks\/([^/]+)\/cancel$/, handle: cancel },
			{ verb: 'upload', method: 'POST', path: /^\/v2\/uploads$/, handle: upload },
		],
		errorReply(kind, message, code) {
			const [status, type, place] = errors[kind];
			return { status, json: { detail: [{ loc: [place], msg: message, type: code ?? type }] } };
		},
		callbackBody(task: StoredTask) {
			if (task.record.state === 'canceled') return undefined;
			return { state: isTerminal(task.record.state) ? words[task.record.state] : 'done' };
		},
		callbackQuery: (task) => ({ task: shortNameOf(task.record.id) }),
	};
}

/** Example Images: a vendor that differs from the others wherever a vendor can. */
export const sandbox: SandboxPart = {
	folder: 'example',
	balance: 100_000,
	verbs: ['cancel', 'callback', 'upload'],
	faults: {
		badRequest: true,
		forbidden: true,
		notFound: true,
		conflict: ['cancel'],
		unavailable: true,
		moreImages: true,
		taskCanceled: true,
	},
	keyHeader: { name: 'x-example-key', prefix: 'Key ' },
	create,
};
