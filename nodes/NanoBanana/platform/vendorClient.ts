import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { failed, success, type Failure, type Outcome } from '../core/failure';
import { failureSentence } from '../core/httpFailure';
import { mostUrgent } from '../core/pacer';
import type { ReferenceFile } from '../core/request';
import { connectionFailure } from '../core/retryPolicy';
import { isAborted, stopped } from '../core/stop';
import { objectOf, parseJson, textOf } from '../core/tolerant';
import { joinUrl, parseHttpUrl, refusalOfVendorUrl } from '../core/urls';
import type {
	ImageVendor,
	MultipartPart,
	Exchange,
	VendorRequest,
	VendorResponse,
} from '../core/vendor';
import { connectionFailureReason } from './connectionErrors';
import type { Readable } from './imageStream';
import { stopSignalOf, type NodeContext } from './nodeContext';
import { pacerFor } from './pacers';
import { timeLimit } from './timeLimit';

export interface Answer<Output> {
	readonly outcome: Outcome<Output>;
	/** The parsed answer, where there was one. */
	readonly raw?: unknown;
}

/** The single way to a vendor: adds the key and the base URL, sends once, reads the answer. */
export interface VendorClient {
	readonly baseUrl: string;
	/** Goes through an exchange to its outcome, each of its requests sent once. */
	call<Output>(exchange: Exchange<Output>, options?: CallOptions): Promise<Answer<Output>>;
}

export interface CallOptions {
	/** For the whole exchange. n8n's own time-out is one of silence: it begins anew with each byte. */
	readonly timeoutMs?: number;
	/** Ends the request in place of Stop, for what must still go out or come in after it. */
	readonly signal?: AbortSignal | undefined;
	/** Where the vendor limits requests and several wait: the greatest goes first. Without it, at once. */
	readonly urgency?: () => number;
	/** Ends the waiting for a turn; nothing was sent then. */
	readonly turnSignal?: AbortSignal | undefined;
	/** Called when the first request is sent. */
	readonly onSend?: () => void;
}

const defaultTimeoutMs = 30_000;

/**
 * Opens the credential of the run. It is read once, for the first item: n8n's authenticated request
 * helper does the same, and key and base URL must come from one credential.
 */
export async function openVendorClient(
	context: NodeContext,
	vendor: ImageVendor,
	clock: Clock,
): Promise<Outcome<VendorClient>> {
	const credential = await context.getCredentials(vendor.credentialType);
	const baseUrl = textOf(credential.baseUrl)?.trim() ?? '';
	const url = parseHttpUrl(baseUrl);
	if (url === undefined || url.search !== '' || url.hash !== '') return failed(badBaseUrl(vendor));
	const apiKey = textOf(credential.apiKey)?.trim();
	if (apiKey === undefined) return failed(badKey(vendor, 'holds no API key'));
	if (!/^[\x21-\x7e]+$/.test(apiKey)) {
		return failed(badKey(vendor, 'holds a key with a character that no key has'));
	}
	const pacer = await pacerFor(vendor, baseUrl, apiKey, clock);
	const client: VendorClient = {
		baseUrl,
		call: async (exchange, callOptions = {}) => {
			const { timeoutMs = defaultTimeoutMs, signal, urgency = mostUrgent, onSend } = callOptions;
			const stopOfTurn = callOptions.turnSignal ?? signal ?? stopSignalOf(context);
			const stop = signal ?? stopSignalOf(context);
			let end: AbortSignal | undefined;
			let raw: unknown;
			let step = exchange;
			for (let steps = 1; steps <= maxSteps; steps++) {
				const isFirst = steps === 1;
				// The key's limit counts what goes to the vendor's API only.
				const isPaced = pacer !== undefined && 'path' in step.request;
				const release = isPaced
					? await pacer.take(isFirst ? urgency : mostUrgent, stopOfTurn)
					: noPace;
				if (release === undefined) return { outcome: failed(stopped()) };
				if (isFirst) onSend?.();
				const limit = timeLimit(timeoutMs);
				end ??= stop === undefined ? limit : AbortSignal.any([stop, limit]);
				try {
					const before = isFirst ? stopOfTurn : undefined;
					const answer = await send(context, vendor, baseUrl, step.request, timeoutMs, end, before);
					if (!answer.ok) return { outcome: answer, raw };
					const response = await readResponse(answer.value, apiKey);
					raw = response.json ?? response.text;
					const read = step.read(response);
					if ('ok' in read) return { outcome: read, raw };
					step = read;
				} catch (error) {
					const thrown = connectionFailureReason(error);
					const isTimeout = thrown === 'aborted' && !isAborted(stop);
					const reason = isTimeout ? 'timeout' : thrown;
					const failure =
						reason === 'aborted' ? stopped() : connectionFailure(vendor.displayName, reason);
					// What was on its way when Stop came may have arrived, as has every earlier step.
					const mayHaveArrived = reason === 'aborted' || !isFirst;
					return { outcome: failed(mayHaveArrived ? { ...failure, task: 'maybe' } : failure), raw };
				} finally {
					release();
				}
			}
			return { outcome: failed(tooManySteps(vendor)), raw };
		},
	};
	return { ok: true, value: client };
}

/** Sends one request: to the vendor's API with the key, to an address that the vendor gave without it. */
async function send(
	context: NodeContext,
	vendor: ImageVendor,
	baseUrl: string,
	request: VendorRequest,
	timeoutMs: number,
	signal: AbortSignal,
	/** Aborted before the request has left: then it does not. */
	before: AbortSignal | undefined,
): Promise<Outcome<HttpAnswer>> {
	const options = await requestOptions(request, timeoutMs);
	// What was being prepared when Stop came does not leave.
	if (isAborted(before)) return failed(stopped());
	const caller = withCancelSignal(context, signal);
	if ('path' in request) {
		const url = joinUrl(baseUrl, request.path, request.query);
		const { httpRequestWithAuthentication } = context.helpers;
		const answer: unknown = await httpRequestWithAuthentication.call(
			caller,
			vendor.credentialType,
			{ ...options, url },
		);
		return success(answer as HttpAnswer);
	}
	const refusal = refusalOfVendorUrl(request.url, baseUrl);
	if (refusal !== undefined) {
		const message = failureSentence(
			vendor.displayName,
			'invalidResponse',
			`of an address to go on with, ${refusal}`,
		);
		return failed({ reason: 'invalidResponse', message });
	}
	const url = new URL(request.url).toString();
	const answer: unknown = await context.helpers.httpRequest({
		...options,
		url,
		abortSignal: signal,
	});
	return success(answer as HttpAnswer);
}

/** No vendor needs more requests for one answer; one that goes in circles is left. */
const maxSteps = 5;

function tooManySteps(vendor: ImageVendor): Failure {
	const message = failureSentence(
		vendor.displayName,
		'invalidResponse',
		'it needs more requests than any answer does',
	);
	return { reason: 'invalidResponse', message, task: 'maybe' };
}

/** In place of a vendor that cannot be asked: nothing is sent, and every answer says why. */
export function refusedClient(failure: Failure): VendorClient {
	return { baseUrl: '', call: () => Promise.resolve({ outcome: failed(failure) }) };
}

function noPace(): void {
	// A vendor without a published limit counts nothing.
}

/** n8n's helper puts the execution's own signal on every request: nothing would leave after Stop. */
function withCancelSignal(context: NodeContext, signal: AbortSignal): IExecuteFunctions {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
	}) as IExecuteFunctions;
}

async function requestOptions(
	request: VendorRequest,
	timeoutMs: number,
): Promise<Omit<IHttpRequestOptions, 'url'>> {
	const options: Omit<IHttpRequestOptions, 'url'> = {
		method: request.method,
		headers: { accept: 'application/json', ...request.headers },
		// The key must not follow a redirect to another host.
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// As a stream, so that an answer without end can be cut off.
		encoding: 'stream',
		timeout: timeoutMs,
	};
	if (request.body === undefined) return options;
	if (request.body.kind === 'json') {
		return {
			...options,
			headers: { ...options.headers, 'content-type': 'application/json' },
			body: request.body.value as IDataObject,
		};
	}
	if (request.body.kind === 'file') {
		const { file } = request.body;
		return {
			...options,
			headers: {
				...options.headers,
				'content-type': file.mediaType,
				'content-length': String(file.size),
			},
			body: bodyOf(await file.open()),
		};
	}
	const { contentType, bytes } = await encodeMultipart(request.body.parts);
	return {
		...options,
		headers: { ...options.headers, 'content-type': contentType },
		body: bytes,
	};
}

/** Node itself encodes the form. Bytes instead of a stream, so that a retry can send them again. */
async function encodeMultipart(
	parts: readonly MultipartPart[],
): Promise<{ readonly contentType: string; readonly bytes: Buffer }> {
	const form = new FormData();
	for (const part of parts) {
		if ('file' in part) {
			const { mediaType, fileName } = part.file;
			const bytes = await bytesOf(await part.file.open());
			form.append(part.name, new Blob([Uint8Array.from(bytes)], { type: mediaType }), fileName);
		} else {
			form.append(part.name, part.value);
		}
	}
	const encoded = new Response(form);
	return {
		contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
		bytes: Buffer.from(await encoded.arrayBuffer()),
	};
}

/** A stream is sent as it comes. */
function bodyOf(content: FileContent): Buffer | Readable {
	return content instanceof Uint8Array ? Buffer.from(content) : (content as Readable);
}

async function bytesOf(content: FileContent): Promise<Buffer> {
	if (content instanceof Uint8Array) return Buffer.from(content);
	const chunks: Uint8Array[] = [];
	for await (const chunk of content) chunks.push(chunk);
	return Buffer.concat(chunks);
}

type FileContent = Awaited<ReturnType<ReferenceFile['open']>>;

/** No vendor's key is shorter, and a shorter text would be found where no key is meant. */
const shortestKey = 8;

/** A vendor that repeats the key in its answer must not carry it into items, errors or logs. */
function withoutKey(text: string, apiKey: string): string {
	return apiKey.length < shortestKey ? text : text.split(apiKey).join('…');
}

interface HttpAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly body: Readable;
}

/** A longer answer is cut off; as it is no JSON then, it counts as unreadable. */
const maxAnswerBytes = 10_000_000;

async function readResponse(answer: HttpAnswer, apiKey: string): Promise<VendorResponse> {
	const body = await readText(answer.body);
	const text = withoutKey(body.text, apiKey);
	const json = parseJson(text);
	// What came whole counts, although the connection broke, or never ended, afterwards.
	if (body.brokenBy !== undefined && objectOf(json) === undefined) throw body.brokenBy;
	return {
		status: answer.statusCode,
		headers: Object.fromEntries(
			Object.entries(answer.headers).map(([name, value]) => [
				name.toLowerCase(),
				withoutKey(String(value), apiKey),
			]),
		),
		json,
		text,
	};
}

/** All that came, and what broke it off. */
async function readText(body: Readable): Promise<{ text: string; brokenBy?: Error }> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	const text = () => Buffer.concat(chunks).toString('utf8');
	try {
		for await (const chunk of body as AsyncIterable<Uint8Array>) {
			chunks.push(chunk);
			bytes += chunk.length;
			// Leaving the loop destroys the stream.
			if (bytes > maxAnswerBytes) break;
		}
	} catch (error) {
		return { text: text(), brokenBy: error instanceof Error ? error : new Error(String(error)) };
	}
	return { text: text() };
}

function badBaseUrl(vendor: ImageVendor): Failure {
	return {
		reason: 'invalidRequest',
		message: `The base URL in the ${vendor.displayName} credential is not a valid URL`,
		hint: 'Open the credential and give a full URL that starts with https://, or restore the default.',
	};
}

function badKey(vendor: ImageVendor, problem: string): Failure {
	return {
		reason: 'authentication',
		message: `The ${vendor.displayName} credential ${problem}`,
	};
}
