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

/** Prices in millionths of a dollar; those of nano-banana-2 and the shown one of pro are known. */
const costs: Record<string, number> = {
	'google/nano-banana-pro': 40_000,
	'google/nano-banana': 20_000,
	'google/nano-banana-2': 60_000,
};
const costsOfLargerNanoBanana2: Record<string, number> = { '2K': 90_000, '4K': 130_000 };
const words = {
	queued: 'pending',
	running: 'processing',
	succeeded: 'succeeded',
	failed: 'failed',
	canceled: 'failed',
};

const errors: Record<FailureKind, [status: number, code: string]> = {
	missingKey: [401, 'missing_api_key'],
	wrongKey: [401, 'invalid_api_key'],
	blockedKey: [403, 'api_key_spend_limit_exceeded'],
	invalidRequest: [400, 'invalid_input'],
	insufficientCredit: [402, 'insufficient_balance'],
	forbidden: [403, 'ip_not_allowed'],
	notFound: [404, 'run_not_found'],
	conflict: [400, 'invalid_input'],
	rateLimited: [429, 'RATE_LIMITED'],
	contentRejected: [400, 'invalid_input'],
	serverError: [500, 'internal_error'],
	unavailable: [500, 'internal_error'],
};

const codesByPath: Record<string, string> = { model: 'missing_model', input: 'missing_input' };
const codes = {
	json: 'invalid_json',
	field: (path: string) => codesByPath[path] ?? 'invalid_input',
};

const schema = z
	.object({
		model: z.string(),
		input: z
			.object({
				prompt: fields.prompt(),
				aspect_ratio: fields.anyRatioOrAuto().optional(),
				resolution: fields.resolution().optional(),
				image_urls: fields.httpUrls(14).optional(),
			})
			.strict(),
	})
	.strict();

function create(world: World): VendorEmulator {
	async function submit(call: Call): Promise<ApiReply> {
		checkQuery(call.request);
		const body = readJson(call.request, schema, codes);
		const known = [...Object.keys(costs), ...(world.settings.extraModels.runbase ?? [])];
		if (!known.includes(body.model)) {
			throw refusal(`unknown model ${body.model}`, 'model_not_found');
		}
		if (body.model === 'google/nano-banana' && body.input.resolution !== undefined) {
			throw refusal('google/nano-banana has no resolution');
		}
		if (
			body.model !== 'google/nano-banana-2' &&
			!fields.ratioOrAuto().optional().safeParse(body.input.aspect_ratio).success
		) {
			throw refusal(`${body.model} has no aspect_ratio ${body.input.aspect_ratio ?? ''}`);
		}
		if (body.model === 'google/nano-banana' && (body.input.image_urls ?? []).length > 10) {
			throw refusal('google/nano-banana takes at most 10 image_urls');
		}
		const references = await world.references.fromUrls(body.input.image_urls ?? []);
		const ofSize =
			body.model === 'google/nano-banana-2'
				? costsOfLargerNanoBanana2[body.input.resolution ?? '1K']
				: undefined;
		const costUsd = ofSize ?? costs[body.model] ?? 40_000;
		const task = world.tasks.create({
			vendor: 'runbase',
			id: `run_${randomBytes(12).toString('hex')}`,
			model: body.model,
			prompt: body.input.prompt,
			aspectRatio: body.input.aspect_ratio ?? 'auto',
			resolution: body.input.resolution ?? '1K',
			outputFormat: 'png',
			format: 'png',
			references,
			cost: costUsd,
			body,
		});
		return {
			status: createStatus(call),
			json: finishFields(call, {
				id: task.record.id,
				model: body.model,
				status: 'pending',
				costUsd,
			}),
		};
	}

	function getTask(call: Call): ApiReply {
		checkQuery(call.request);
		checkNoBody(call.request);
		const id = call.pathValues[0] ?? '';
		const task = world.tasks.poll('runbase', id);
		if (!task) throw new Failure('notFound', 'Run not found');
		const { record } = task;
		const { phase, word } = seenState(call, task, words);
		const running = phase === 'running' && call.bentBy('stateRunning');
		return ok(
			finishFields(call, {
				id,
				status: running ? 'running' : word,
				model: record.model,
				costUsd: task.cost,
				output: phase === 'succeeded' ? output(call, task) : undefined,
				error: phase === 'failed' ? failure(call, task) : undefined,
				createdAt: new Date(record.submittedAt).toISOString(),
				completedAt: isTerminal(phase)
					? new Date(record.completedAt ?? Date.now()).toISOString()
					: undefined,
			}),
		);
	}

	function output(call: Call, task: StoredTask): unknown {
		const text = seenWords(call);
		return { urls: seenUrls(call, world, task), ...(text !== undefined && { text }) };
	}

	function failure(call: Call, task: StoredTask): unknown {
		const message = failureText(task);
		return call.bentBy('failureAsObject') ? { message, code: 'generation_failed' } : message;
	}

	return {
		id: 'runbase',
		displayName: 'Runbase',
		unit: 'millionths of a USD',
		successWithoutTask: { code: 0, success: true },
		routes: [
			{ verb: 'submit', method: 'POST', path: /^\/api\/v1\/runs$/, handle: submit },
			{ verb: 'getTask', method: 'GET', path: /^\/api\/v1\/runs\/([^/]+)$/, handle: getTask },
		],
		errorReply(kind, message, code) {
			const [status, usualCode] = errors[kind];
			return { status, json: { error: { message, code: code ?? usualCode } } };
		},
	};
}

/** Runbase: runs, paid in millionths of a dollar, results on its own host. */
export const sandbox: SandboxPart = {
	folder: 'runbase',
	balance: 10_000_000_000,
	verbs: [],
	faults: {
		unknownStateWithImages: true,
		systemWords: true,
		usageExceeded: true,
		badRequest: true,
		forbidden: true,
		notFound: true,
		stateRunning: true,
		urlWithoutHost: true,
		failureAsObject: true,
	},
	resultsOnApiHost: true,
	create,
};
