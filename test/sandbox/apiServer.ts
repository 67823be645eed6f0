import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { htmlReply, planAnswer, type FaultPlan } from './answerFaults';
import { authenticate, keyOf, recordableHeaders, withoutKeys } from './authentication';
import {
	Failure,
	refusal,
	type ApiReply,
	type ApiRequest,
	type Call,
	type Route,
} from './exchange';
import { serveFile } from './files';
import type { FaultSituation } from './faults';
import type { RequestRecord } from './ledger';
import type { RequestLimits } from './limits';
import { parseBody, readBytes, recordableBody, withoutFields } from './requestBody';
import { sendReply, type Ending } from './sending';
import type { VendorId } from './types';
import { partOf, vendorIn } from './vendors';
import { emulatorOf, type VendorEmulator, type World } from './world';

interface Answer {
	reply: ApiReply;
	ending: Ending;
}

/** Plays the vendors: each request goes to the one whose folder its path begins with. */
export class ApiServer {
	constructor(
		private readonly world: World,
		private readonly limits: RequestLimits,
		private readonly closing: AbortSignal,
	) {}

	/** Answers one request. */
	async handle(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
		const [, folder = '', ...rest] = url.pathname.split('/');
		const vendorId = vendorIn(folder);
		const path = `/${rest.join('/')}`;
		const hasFiles = vendorId !== undefined && partOf(vendorId).resultsOnApiHost === true;
		if (hasFiles && path.startsWith('/files/')) {
			await serveFile(this.world, incoming, response, url, vendorId, path.slice(7));
			return;
		}
		const bytes = await readBytes(incoming);
		const body = await parseBody(incoming.headers['content-type'] ?? '', bytes);
		const method = incoming.method ?? 'GET';
		const record = this.record(incoming, url, vendorId ?? null, recordableBody(body));
		if (!vendorId) {
			this.recordRefusal(record, 'no vendor lives under this path');
			sendReply(response, { status: 404, json: { error: 'no such vendor' } }, 'send');
			record.status = 404;
			return;
		}
		const vendor = emulatorOf(this.world, vendorId);
		const request: ApiRequest = {
			vendor: vendorId,
			method,
			path,
			query: url.searchParams,
			headers: incoming.headers,
			body: withoutFields(body, this.world.settings.extraFields[vendorId] ?? []),
			key: keyOf(incoming.headers, partOf(vendorId)),
		};
		const answer = await this.answer(vendor, request, record, bytes);
		if (answer.ending !== 'drop' && answer.ending !== 'hang') {
			record.status = answer.reply.status;
		}
		record.answeredAt = Date.now();
		sendReply(response, answer.reply, answer.ending);
	}

	private async answer(
		vendor: VendorEmulator,
		request: ApiRequest,
		record: RequestRecord,
		bytes: Buffer,
	): Promise<Answer> {
		try {
			const route = findRoute(vendor, request);
			if (route) record.verb = route.verb;
			authenticate(this.world.settings, partOf(vendor.id), record.path, request.headers, bytes);
			if (!route) {
				throw refusal(`no ${request.method} ${request.path} is documented`);
			}
			this.limits.check(request, route.verb);
			return await this.answerRoute(vendor, route, request, record);
		} catch (error) {
			return { reply: this.errorReply(vendor, record, error), ending: 'send' };
		}
	}

	private async answerRoute(
		vendor: VendorEmulator,
		route: Route,
		request: ApiRequest,
		record: RequestRecord,
	): Promise<Answer> {
		const { faults } = this.world;
		const situation = this.situationOf(route, request);
		const fault = faults.take('answer', situation);
		const delay = faults.take('delay', situation);
		for (const each of [fault, delay]) noteFault(record, each?.specification.fault);
		const plan: FaultPlan = fault
			? planAnswer(fault, vendor, this.world, request.key ?? '')
			: { taken: true, ending: 'send' };
		const handled = plan.taken
			? await this.callRoute(vendor, route, request, record, situation)
			: undefined;
		if (delay) await this.pause(delay.specification.ms ?? 500);
		const reply = plan.reply ?? handled ?? { status: 200, text: '' };
		return { reply: plan.bend === undefined ? reply : plan.bend(reply), ending: plan.ending };
	}

	private async callRoute(
		vendor: VendorEmulator,
		route: Route,
		request: ApiRequest,
		record: RequestRecord,
		situation: FaultSituation,
	): Promise<ApiReply> {
		const bentBy: Call['bentBy'] = (...names) => {
			const bent = this.world.faults.take('shape', situation, ...names);
			noteFault(record, bent?.specification.fault);
			return bent;
		};
		try {
			const hidden = this.hiddenReply(situation, bentBy);
			if (hidden) return hidden;
			const reply = await route.handle({
				request,
				pathValues: (route.path.exec(request.path) ?? []).slice(1).map(decode),
				bentBy,
			});
			return this.world.tasks.asWritten(reply);
		} catch (error) {
			return this.errorReply(vendor, record, error);
		}
	}

	/** For a moment after its creation a task may not be there yet. */
	private hiddenReply(
		{ vendor, verb, taskId }: FaultSituation,
		bentBy: Call['bentBy'],
	): ApiReply | undefined {
		if (verb !== 'getTask') return undefined;
		const hiding = bentBy('goneForNow', 'unknownForNow');
		if (!hiding) return undefined;
		const { fault, ms = 300 } = hiding.specification;
		const task = this.world.tasks.find(vendor, taskId ?? '');
		const age = task ? Date.now() - task.record.submittedAt : 0;
		if (age >= ms) return undefined;
		return fault === 'goneForNow' ? { status: 410, text: '' } : htmlReply(404, 'Not Found');
	}

	private errorReply(vendor: VendorEmulator, record: RequestRecord, error: unknown): ApiReply {
		if (!(error instanceof Failure)) {
			// A mistake of the sandbox itself must not look like a vendor's answer.
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			this.recordRefusal(record, `the sandbox itself failed: ${text}`);
			return { status: 599, text };
		}
		if (error.refused) this.recordRefusal(record, error.message);
		return vendor.errorReply(error.kind, error.message, error.code);
	}

	private situationOf(route: Route, request: ApiRequest): FaultSituation {
		const { vendor, body, query } = request;
		const sent: unknown =
			body.kind === 'json'
				? body.value
				: body.kind === 'multipart'
					? Object.fromEntries(body.fields)
					: undefined;
		const taskId =
			textAt(sent, 'taskId') ??
			textAt(sent, 'id') ??
			query.get('taskId') ??
			taskIn(route, request.path);
		const inputs = valueAt(sent, 'inputs') ?? valueAt(sent, 'input');
		const task = taskId === undefined ? undefined : this.world.tasks.find(vendor, taskId);
		const prompt =
			textAt(sent, route.promptAt ?? 'prompt') ?? textAt(inputs, 'prompt') ?? task?.record.prompt;
		return { vendor, verb: route.verb, path: request.path, taskId, prompt };
	}

	private record(
		incoming: IncomingMessage,
		url: URL,
		vendor: VendorId | null,
		body: unknown,
	): RequestRecord {
		const { settings, ledger } = this.world;
		const record: RequestRecord = {
			vendor,
			verb: null,
			origin: 'api',
			method: incoming.method ?? 'GET',
			path: withoutKeys(settings, url.pathname + url.search),
			headers: recordableHeaders(
				settings,
				incoming.headers,
				vendor === null ? undefined : partOf(vendor),
			),
			body,
			at: Date.now(),
		};
		ledger.requests.push(record);
		return record;
	}

	private recordRefusal(record: RequestRecord, reason: string): void {
		const { vendor, method, path, body } = record;
		const at = Date.now();
		this.world.ledger.refusedRequests.push({ vendor, method, path, reason, body, at });
	}

	private async pause(milliseconds: number): Promise<void> {
		await wait(milliseconds, undefined, { signal: this.closing }).catch(() => undefined);
	}
}

function findRoute(vendor: VendorEmulator, request: ApiRequest): Route | undefined {
	return vendor.routes.find(
		(route) => route.method === request.method && route.path.test(request.path),
	);
}

/** The group of a route's path that is called so, or the first. */
function taskIn(route: Route, path: string): string | undefined {
	const found = route.path.exec(path);
	const id = found?.groups?.task ?? found?.[1];
	return id === undefined ? undefined : decode(id);
}

function noteFault(record: RequestRecord, name: string | undefined): void {
	if (name === undefined) return;
	record.fault = record.fault === undefined ? name : `${record.fault} ${name}`;
}

function valueAt(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null) return undefined;
	return (value as Record<string, unknown>)[name];
}

function textAt(value: unknown, name: string): string | undefined {
	const found = valueAt(value, name);
	return typeof found === 'string' ? found : undefined;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
