import { setTimeout as wait } from 'node:timers/promises';
import { request, type FormData } from 'undici';
import type { Sandbox, VendorId } from '../sandbox';

export interface Answer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	bytes: Buffer;
	/** The body, where it is JSON. */
	json: unknown;
	/** A value in the JSON, by its names with points between them. */
	at(path: string): unknown;
	/** As `at`, for a text; throws where there is none. */
	text(path: string): string;
}

export interface Sending {
	method?: 'GET' | 'POST' | 'PUT';
	json?: unknown;
	form?: FormData;
	bytes?: Buffer;
	headers?: Record<string, string>;
	key?: string | null;
	timeoutMs?: number;
}

/** Sends one request with the good key, or without any where `key` is null. */
export async function send(url: string, sending: Sending = {}): Promise<Answer> {
	const { key = 'sandbox-key', json, form, bytes } = sending;
	const body = json === undefined ? (form ?? bytes ?? null) : JSON.stringify(json);
	const answer = await request(url, {
		method: sending.method ?? (body === null ? 'GET' : 'POST'),
		headers: {
			...(key !== null && { authorization: `Bearer ${key}` }),
			...(json !== undefined && { 'content-type': 'application/json' }),
			...sending.headers,
		},
		body,
		signal: AbortSignal.timeout(sending.timeoutMs ?? 10_000),
	});
	const received = Buffer.from(await answer.body.arrayBuffer());
	const read = parse(received);
	return {
		status: answer.statusCode,
		headers: answer.headers,
		bytes: received,
		json: read,
		at: (path) => valueAt(read, path),
		text(path) {
			const found = valueAt(read, path);
			if (typeof found === 'string') return found;
			throw new Error(`no text ${path} in ${received.toString('utf8')}`);
		},
	};
}

/** A value in some JSON, by its names with points between them. */
export function valueAt(value: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((found, name) => {
		if (typeof found !== 'object' || found === null) return undefined;
		return (found as Record<string, unknown>)[name];
	}, value);
}

/** Each vendor's smallest good create, with its own way of asking for a ratio and references. */
export function createBody(vendor: VendorId, prompt: string, references: string[] = []) {
	const edit = references.length > 0;
	switch (vendor) {
		case 'skillBoss':
			return {
				model: 'google/gemini-3-pro-image',
				async: true,
				inputs: { prompt, image_urls: references, image_size: '1K', aspect_ratio: '16:9' },
			};
		case 'apikley':
			return {
				model: 'nano-banana-pro',
				input: { prompt, image_input: references, aspect_ratio: '16:9', resolution: '1K' },
			};
		case 'nanoBananaProCloud':
			return {
				prompt,
				model: 'nano-banana-pro',
				mode: edit ? 'image-to-image' : 'text-to-image',
				aspectRatio: '16:9',
				isPublic: false,
				...(edit && { imageUrl: references }),
			};
		case 'apiMall':
			return {
				model: 'nano-banana-pro',
				type: edit ? 'image-to-image' : 'text-to-image',
				prompt,
				aspect_ratio: '16:9',
				resolution: '1K',
				...(edit && { image_urls: references }),
			};
		case 'runbase':
			return {
				model: 'google/nano-banana-pro',
				input: { prompt, aspect_ratio: '16:9', image_urls: references },
			};
	}
}

const submitPaths: Record<VendorId, string> = {
	skillBoss: '/v1/run',
	apikley: '/api/v1/jobs/createTask',
	nanoBananaProCloud: '/api/v1/image/nano-banana',
	apiMall: '/api/v1/images/generate',
	runbase: '/api/v1/runs',
};

const callbackFields: Partial<Record<VendorId, string>> = {
	skillBoss: 'webhook_url',
	apikley: 'callBackUrl',
};

export interface SubmitChoices {
	references?: string[];
	callbackUrl?: string;
	body?: unknown;
	sending?: Sending;
}

/** Sends a create. */
export function submit(
	sandbox: Sandbox,
	vendor: VendorId,
	prompt = 'a banana',
	choices: SubmitChoices = {},
): Promise<Answer> {
	const field = callbackFields[vendor];
	const json = choices.body ?? {
		...createBody(vendor, prompt, choices.references),
		...(field && choices.callbackUrl && { [field]: choices.callbackUrl }),
	};
	return send(sandbox.baseUrl(vendor) + submitPaths[vendor], { json, ...choices.sending });
}

const idPaths: Record<VendorId, string> = {
	skillBoss: 'request_id',
	apikley: 'data.taskId',
	nanoBananaProCloud: 'data.id',
	apiMall: 'data.task_id',
	runbase: 'id',
};

/** Reads the task id out of a create's answer. */
export function taskIdOf(vendor: VendorId, answer: Answer): string {
	return answer.text(idPaths[vendor]);
}

/** Asks for a task's state. */
export function getTask(
	sandbox: Sandbox,
	vendor: VendorId,
	id: string,
	sending: Sending = {},
): Promise<Answer> {
	const base = sandbox.baseUrl(vendor);
	switch (vendor) {
		case 'skillBoss':
			return send(`${base}/v1/run/status/${id}`, sending);
		case 'apikley':
			return send(`${base}/api/v1/jobs/recordInfo?taskId=${id}`, sending);
		case 'nanoBananaProCloud':
			return send(`${base}/api/v1/image/nano-banana/result`, { json: { taskId: id }, ...sending });
		case 'apiMall':
			return send(`${base}/api/v1/images/${id}`, sending);
		case 'runbase':
			return send(`${base}/api/v1/runs/${id}`, sending);
	}
}

/** The state word of an answer. */
export function stateOf(vendor: VendorId, answer: Answer): unknown {
	return vendor === 'skillBoss' || vendor === 'runbase'
		? answer.at('status')
		: (answer.at('data.state') ?? answer.at('data.status'));
}

/** The URLs of an answer. */
export function urlsOf(vendor: VendorId, answer: Answer): string[] {
	return (listOf(vendor, answer) ?? []) as string[];
}

function listOf(vendor: VendorId, answer: Answer): unknown {
	switch (vendor) {
		case 'skillBoss':
			return answer.at('result.generated_images');
		case 'apikley':
			return valueAt(parse(Buffer.from(answer.text('data.resultJson'))), 'resultUrls');
		case 'nanoBananaProCloud':
			return (answer.at('data.results') as unknown[]).map((each) => valueAt(each, 'url'));
		case 'apiMall':
			return answer.at('data.output.resultUrls');
		case 'runbase':
			return answer.at('output.urls');
	}
}

/** Waits until the sandbox knows a task as ended. */
export async function untilEnded(sandbox: Sandbox, id: string): Promise<void> {
	for (let look = 0; look < 600; look++) {
		if (sandbox.ledger.task(id).completedAt !== undefined) return;
		await wait(50);
	}
	throw new Error(`task ${id} did not end`);
}

/** Submits a task and waits for its end. */
export async function finishedTask(
	sandbox: Sandbox,
	vendor: VendorId,
	prompt = 'a banana',
	choices: SubmitChoices = {},
): Promise<string> {
	const id = taskIdOf(vendor, await submit(sandbox, vendor, prompt, choices));
	await untilEnded(sandbox, id);
	return id;
}

function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8')) as unknown;
	} catch {
		return undefined;
	}
}
