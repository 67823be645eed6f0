import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { faultApplies } from './faultApplies';
import { faultNames, faultTable, type FaultName } from './faultTable';
import type { FaultSpecification } from './faults';
import { readBytes } from './requestBody';
import { sendReply } from './sending';
import type { SandboxSettings } from './settings';
import { verbs } from './types';
import { partOf, vendorIds } from './vendors';
import type { World } from './world';

const knownVendor = z.string().refine((id) => vendorIds.includes(id), 'unknown vendor');
const times = z.number().int().min(1).optional();
const faultSchema = z
	.object({
		fault: z.string().refine((name): name is FaultName => name in faultTable, 'unknown fault'),
		verb: z.enum(verbs).optional(),
		vendor: knownVendor.optional(),
		times,
		skip: z.number().int().min(0).optional(),
		match: z
			.object({
				/** `/…/flags` is read as a regular expression. */
				prompt: z.string().optional(),
				taskId: z.string().optional(),
				path: z.string().optional(),
			})
			.strict()
			.optional(),
		ms: z.number().min(0).optional(),
		seconds: z.number().min(0).optional(),
		megabytes: z.number().min(1).optional(),
		url: z.string().optional(),
		state: z.string().optional(),
		field: z.enum(['failMsg', 'error', 'error.message']).optional(),
		taken: z.boolean().optional(),
	})
	.strict();

const window = z.object({ requests: z.number().int(), windowMs: z.number() }).strict();
const settingsSchema = z
	.object({
		taskDurationMs: z.union([
			z.number().min(0),
			z.object({ min: z.number().min(0), max: z.number().min(0) }).strict(),
		]),
		queuedShare: z.number().min(0).max(1),
		fetchReferences: z.boolean(),
		referenceTimeoutMs: z.number(),
		allowPrivateCallbacks: z.boolean(),
		callbackRetryMs: z.number(),
		ownFileType: z.boolean(),
		tasksAtOnce: z.record(knownVendor, z.number().int().nullable()),
		requestLimits: z.record(knownVendor, window.nullable()),
		errorsInBody: z.boolean(),
		flatPictures: z.boolean(),
		balances: z.record(knownVendor, z.number()),
		extraModels: z.record(knownVendor, z.array(z.string())),
		extraFields: z.record(knownVendor, z.array(z.string())),
	})
	.strict()
	.partial();

/** Answers under /__sandbox__/, for tests that run in another process. */
export async function serveControl(
	world: World,
	reset: () => void,
	incoming: IncomingMessage,
	response: ServerResponse,
	url: URL,
): Promise<void> {
	const bytes = await readBytes(incoming);
	try {
		const sent: unknown = bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined;
		const what = `${incoming.method} ${url.pathname.replace(/^\/__sandbox__\/?/, '')}`;
		const json = act(world, reset, what, sent);
		if (json === undefined) sendReply(response, { status: 404, json: { error: what } }, 'send');
		else sendReply(response, { status: 200, json }, 'send');
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		sendReply(response, { status: 400, json: { error: message } }, 'send');
	}
}

function act(world: World, reset: () => void, what: string, sent: unknown): unknown {
	switch (what) {
		case 'GET health':
			return {
				ok: true,
				filesUrl: world.filesUrl,
				baseUrls: Object.fromEntries(
					vendorIds.map((id) => [id, `${world.url}/${partOf(id).folder}`]),
				),
			};
		case 'GET ledger':
			world.tasks.advanceAll();
			return world.ledger;
		case 'GET faults':
			return { active: world.faults, known: listFaults() };
		case 'POST faults': {
			const specifications = z.array(faultSchema).parse([sent].flat());
			for (const each of specifications) world.faults.add(toSpecification(each));
			return { active: world.faults };
		}
		case 'DELETE faults':
			world.faults.clear();
			return { active: world.faults };
		case 'POST reset':
			reset();
			return { ok: true };
		case 'GET settings':
			return { ...world.settings, apiKey: undefined, blockedApiKey: undefined };
		case 'POST settings': {
			applySettings(world.settings, settingsSchema.parse(sent));
			return { ok: true };
		}
		default:
			return undefined;
	}
}

function listFaults(): unknown {
	return faultNames.map((name) => ({
		name,
		...faultTable[name],
		applies: vendorIds.flatMap((vendor) =>
			verbs.filter((verb) => faultApplies(name, vendor, verb)).map((verb) => [vendor, verb]),
		),
	}));
}

function toSpecification(sent: z.output<typeof faultSchema>): FaultSpecification {
	const { match, ...others } = sent;
	const expression = /^\/(.+)\/([a-z]*)$/s.exec(match?.prompt ?? '');
	const prompt = expression ? new RegExp(expression[1] ?? '', expression[2] ?? '') : match?.prompt;
	const specification = { ...others, ...(match && { match: { ...match, prompt } }) };
	// JSON has no undefined, so what the schema calls optional is simply absent.
	return specification as FaultSpecification;
}

function applySettings(settings: SandboxSettings, sent: z.output<typeof settingsSchema>): void {
	const { balances, ...others } = sent;
	Object.assign(settings, others);
	Object.assign(settings.balances, balances);
}
