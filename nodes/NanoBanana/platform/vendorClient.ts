import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { failed, type Failure, type Outcome } from '../core/failure';
import { mostUrgent } from '../core/pacer';
import { connectionFailure } from '../core/retryPolicy';
import { isAborted, stopped } from '../core/stop';
import { parseJson, textOf } from '../core/tolerant';
import { joinUrl, parseHttpUrl } from '../core/urls';
import type {
	ImageVendor,
	MultipartPart,
	Verb,
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
	call<Input, Output>(
		verb: Verb<Input, Output>,
		input: Input,
		options?: CallOptions,
	): Promise<Answer<Output>>;
}

export interface CallOptions {
	/** For the whole request. n8n's own time-out is one of silence: it begins anew with each byte. */
	readonly timeoutMs?: number;
	/** Ends the request in place of Stop, for what must still go out or come in after it. */
	readonly signal?: AbortSignal | undefined;
	/** Where the vendor limits requests and several wait: the greatest goes first. Without it, at once. */
	readonly urgency?: () => number;
	/** Ends the waiting for a turn; nothing was sent then. */
	readonly turnSignal?: AbortSignal | undefined;
	/** Called when the request is sent. */
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
	const pacer = await pacerFor(vendor, baseUrl, apiKey);
	const client: VendorClient = {
		baseUrl,
		call: async (verb, input, callOptions = {}) => {
			const { timeoutMs = defaultTimeoutMs, signal, urgency = mostUrgent, onSend } = callOptions;
			const stopOfTurn = callOptions.turnSignal ?? signal ?? stopSignalOf(context);
			const release = pacer === undefined ? noPace : await pacer.take(urgency, stopOfTurn);
			if (release === undefined) return { outcome: failed(stopped()) };
			onSend?.();
			const options = await requestOptions(baseUrl, verb.request(input), timeoutMs);
			const limit = timeLimit(timeoutMs);
			const stop = signal ?? stopSignalOf(context);
			const end = stop === undefined ? limit : AbortSignal.any([stop, limit]);
			try {
				const answer = (await context.helpers.httpRequestWithAuthentication.call(
					withCancelSignal(context, end),
					vendor.credentialType,
					options,
				)) as HttpAnswer;
				const response = await readResponse(answer, apiKey);
				return { outcome: verb.read(response, input), raw: response.json ?? response.text };
			} catch (error) {
				const thrown = connectionFailureReason(error);
				const isTimeout = thrown === 'aborted' && !isAborted(stop);
				const reason = isTimeout ? 'timeout' : thrown;
				return {
					outcome: failed(
						reason === 'aborted'
							? // What was on its way when Stop came may have arrived.
								{ ...stopped(), task: 'maybe' }
							: connectionFailure(vendor.displayName, reason),
					),
				};
			} finally {
				release();
			}
		},
	};
	return { ok: true, value: client };
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
	baseUrl: string,
	request: VendorRequest,
	timeoutMs: number,
): Promise<IHttpRequestOptions> {
	const options: IHttpRequestOptions = {
		method: request.method,
		url: joinUrl(baseUrl, request.path, request.query),
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
			const { bytes, mediaType, fileName } = part.file;
			form.append(part.name, new Blob([Buffer.from(bytes)], { type: mediaType }), fileName);
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
	const text = withoutKey(await readText(answer.body), apiKey);
	return {
		status: answer.statusCode,
		headers: Object.fromEntries(
			Object.entries(answer.headers).map(([name, value]) => [
				name.toLowerCase(),
				withoutKey(String(value), apiKey),
			]),
		),
		json: parseJson(text),
		text,
	};
}

async function readText(body: Readable): Promise<string> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body as AsyncIterable<Uint8Array>) {
		chunks.push(chunk);
		bytes += chunk.length;
		// Leaving the loop destroys the stream.
		if (bytes > maxAnswerBytes) break;
	}
	return Buffer.concat(chunks).toString('utf8');
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
