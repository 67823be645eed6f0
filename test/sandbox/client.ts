import { setTimeout as wait } from 'node:timers/promises';
import { FormData, request } from 'undici';
import type { Sandbox, VendorId } from '.';
import { testedVendor } from '../vendors';
import type { VendorClient } from '../vendors/types';
import { valueAt } from './values';

export { valueAt };

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
	/** Where the key goes; absent: as a bearer. */
	keyHeader?: { name: string; prefix: string };
	timeoutMs?: number;
}

/** Sends one request with the good key, or without any where `key` is null. */
export async function send(url: string, sending: Sending = {}): Promise<Answer> {
	const { key = 'sandbox-key', json, form, bytes } = sending;
	const { name, prefix } = sending.keyHeader ?? { name: 'authorization', prefix: 'Bearer ' };
	const body = json === undefined ? (form ?? bytes ?? null) : JSON.stringify(json);
	const answer = await request(url, {
		method: sending.method ?? (body === null ? 'GET' : 'POST'),
		headers: {
			...(key !== null && { [name]: `${prefix}${key}` }),
			...(json !== undefined && { 'content-type': 'application/json' }),
			...sending.headers,
		},
		body,
		signal: AbortSignal.timeout(sending.timeoutMs ?? 10_000),
	});
	const received = Buffer.from(await answer.body.arrayBuffer());
	return answerOf(
		{ status: answer.statusCode, headers: answer.headers, bytes: received },
		parse(received),
	);
}

function answerOf(
	{ status, headers, bytes }: Pick<Answer, 'status' | 'headers' | 'bytes'>,
	json: unknown,
): Answer {
	return {
		status,
		headers,
		bytes,
		json,
		at: (path) => valueAt(json, path),
		text(path) {
			const found = valueAt(json, path);
			if (typeof found === 'string') return found;
			throw new Error(`no text ${path} in ${bytes.toString('utf8')}`);
		},
	};
}

/** The vendor's smallest good create, with its own way of asking for a ratio and references. */
export function createBody(
	vendor: VendorId,
	prompt: string,
	references: readonly string[] = [],
): Readonly<Record<string, unknown>> {
	return clientOf(vendor).submitBody(prompt, references);
}

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
	const { callbackField, callbackIsQuery } = testedVendor(vendor).facts;
	const { submitPath } = clientOf(vendor);
	const told =
		callbackField !== undefined && choices.callbackUrl !== undefined
			? { [callbackField]: choices.callbackUrl }
			: {};
	const json = choices.body ?? {
		...createBody(vendor, prompt, choices.references),
		...(callbackIsQuery !== true && told),
	};
	const query = new URLSearchParams(callbackIsQuery === true ? told : {}).toString();
	const path = query === '' ? submitPath : `${submitPath}?${query}`;
	return ask(sandbox, vendor, path, { json, ...choices.sending });
}

/** Reads the task id out of a create's answer. */
export function taskIdOf(vendor: VendorId, answer: Answer): string {
	return answer.text(clientOf(vendor).taskId);
}

/** Asks for a task's state. */
export async function getTask(
	sandbox: Sandbox,
	vendor: VendorId,
	id: string,
	sending: Sending = {},
): Promise<Answer> {
	const { poll, result, state, words } = clientOf(vendor);
	const { path, json } = poll(id);
	const seen = await ask(sandbox, vendor, path, {
		...(json !== undefined && { json }),
		...sending,
	});
	if (result === undefined || seen.at(state) !== words.done) return seen;
	const brought = await ask(sandbox, vendor, result(id).path, sending);
	return answerOf(seen, { ...(seen.json as object), ...(brought.json as object) });
}

/** The state word of an answer. */
export function stateOf(vendor: VendorId, answer: Answer): unknown {
	return answer.at(clientOf(vendor).state);
}

/** The URLs of an answer. */
export function urlsOf(vendor: VendorId, answer: Answer): readonly string[] {
	return clientOf(vendor).urls(answer.json);
}

/** Sends one request to a vendor, with the good key where the vendor looks for it. */
export function ask(
	sandbox: Sandbox,
	vendor: VendorId,
	path: string,
	sending: Sending = {},
): Promise<Answer> {
	const { keyHeader } = testedVendor(vendor).sandbox;
	return send(sandbox.baseUrl(vendor) + path, { ...(keyHeader && { keyHeader }), ...sending });
}

/** What any other program knows of a vendor. */
export function clientOf(vendor: VendorId): VendorClient {
	return testedVendor(vendor).client;
}

/** Sends a verb beyond submit and poll for something that is not there. */
export function callOther(
	sandbox: Sandbox,
	vendor: VendorId,
	verb: 'cancel' | 'balance' | 'upload',
	sending: Sending = {},
): Promise<Answer> {
	const other = clientOf(vendor).others?.[verb];
	if (other === undefined) throw new Error(`${vendor} has no ${verb}`);
	const { path, method, json, form } = other;
	return ask(sandbox, vendor, path, {
		...(method && { method }),
		...(json !== undefined && { json }),
		...(form && { form: formOf(form) }),
		...sending,
	});
}

/** The field `file` is one, the others are texts. */
function formOf(fields: Readonly<Record<string, string>>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) {
		if (name === 'file') form.append(name, new Blob([value]), 'x.png');
		else form.append(name, value);
	}
	return form;
}

/** Waits until the sandbox knows a task as ended. */
export async function untilEnded(sandbox: Sandbox, id: string): Promise<void> {
	for (let poll = 0; poll < 600; poll++) {
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
