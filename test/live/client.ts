import type { ICredentialType } from 'n8n-workflow';
import { Agent, request as send, type Dispatcher } from 'undici';

import type { ConnectionFailureReason } from '../../nodes/NanoBanana/core/retryPolicy';
import { readPixelSize } from '../../nodes/NanoBanana/core/imageHeader';
import { sniffMediaType } from '../../nodes/NanoBanana/core/imageType';
import { parseJson } from '../../nodes/NanoBanana/core/tolerant';
import { joinUrl, refusalOfVendorUrl } from '../../nodes/NanoBanana/core/urls';
import type { VendorRequest, VendorResponse } from '../../nodes/NanoBanana/core/vendor';
import { authenticated } from '../vendors/authenticate';

const answerTimeoutMs = 60_000;
const downloadTimeoutMs = 120_000;
const maxAnswerBytes = 10_000_000;
const maxPictureBytes = 100_000_000;
const maxRedirects = 3;

/** Why no answer came, in a word that the core knows. */
export class NoAnswer extends Error {
	constructor(
		readonly reason: ConnectionFailureReason,
		cause: unknown,
	) {
		super(`no answer came (${codeOf(cause) ?? reason})`);
	}
}

/** What came from a result URL. */
export interface DownloadedPicture {
	readonly status: number;
	readonly url: string;
	readonly redirects: number;
	readonly declaredMediaType: string;
	/** What the bytes say, whatever is claimed. */
	readonly mediaType: string | undefined;
	readonly width: number | undefined;
	readonly height: number | undefined;
	readonly bytes: Buffer;
}

/** The parts of a request that a credential may put a key into. */
interface Keyed {
	readonly headers: Record<string, string>;
	readonly qs: Record<string, string>;
}

/** The network of the check, without any n8n: vendors with a key, files without one. */
export class LiveClient {
	readonly #agent = new Agent();

	constructor(
		private readonly baseUrl: string,
		private readonly credential: ICredentialType,
	) {}

	/** Sends once and never follows a redirect: the key stays with the vendor. */
	async ask(request: VendorRequest, apiKey: string): Promise<VendorResponse> {
		const { body } = request;
		if ((body !== undefined && body.kind !== 'json') || !('path' in request)) {
			throw new Error('The check sends no files');
		}
		const { headers, qs } = await authenticated<Keyed>(
			this.credential,
			{ apiKey, baseUrl: this.baseUrl },
			{
				headers: {
					accept: 'application/json',
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...request.headers,
				},
				qs: { ...request.query },
			},
		);
		const answer = await this.#send(joinUrl(this.baseUrl, request.path, qs), {
			method: request.method,
			headers,
			...(body === undefined ? {} : { body: JSON.stringify(body.value) }),
			signal: AbortSignal.timeout(answerTimeoutMs),
		});
		const text = (await read(answer, maxAnswerBytes)).toString('utf8');
		return { status: answer.statusCode, headers: headersOf(answer), json: parseJson(text), text };
	}

	/** Fetches a picture without the key. */
	async download(address: string): Promise<DownloadedPicture> {
		const signal = AbortSignal.timeout(downloadTimeoutMs);
		for (let url = address, redirects = 0; ; redirects++) {
			const refusal = refusalOfVendorUrl(url, this.baseUrl);
			if (refusal !== undefined) throw new Error(`The picture was not fetched: ${refusal}`);
			const answer = await this.#send(url, { method: 'GET', signal });
			const headers = headersOf(answer);
			const location = headers.location;
			if (answer.statusCode >= 300 && answer.statusCode < 400 && location !== undefined) {
				await answer.body.dump();
				if (redirects === maxRedirects) throw new Error('The picture has too many redirects');
				url = new URL(location, url).toString();
				continue;
			}
			const bytes = await read(answer, maxPictureBytes);
			const size = readPixelSize(bytes);
			return {
				status: answer.statusCode,
				url,
				redirects,
				declaredMediaType: headers['content-type'] ?? '',
				mediaType: sniffMediaType(bytes),
				width: size?.width,
				height: size?.height,
				bytes,
			};
		}
	}

	async close(): Promise<void> {
		await this.#agent.destroy();
	}

	async #send(
		url: string,
		options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
	): Promise<Dispatcher.ResponseData> {
		try {
			return await send(url, { ...options, dispatcher: this.#agent });
		} catch (error) {
			throw new NoAnswer(reasonOf(error), error);
		}
	}
}

async function read(answer: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of answer.body as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes > maxBytes) break;
		}
	} catch (error) {
		throw new NoAnswer(reasonOf(error), error);
	}
	return Buffer.concat(chunks);
}

function headersOf(answer: Dispatcher.ResponseData): Record<string, string> {
	return Object.fromEntries(
		Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

function codeOf(error: unknown): string | undefined {
	const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
	return typeof code === 'string' ? code : typeof name === 'string' ? name : undefined;
}

function reasonOf(error: unknown): ConnectionFailureReason {
	const code = codeOf(error) ?? '';
	if (code === 'ECONNREFUSED') return 'refused';
	if (/ENOTFOUND|EAI_AGAIN/.test(code)) return 'dns';
	if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'connectTimeout';
	if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return 'tls';
	return /TIMEOUT|TimeoutError|AbortError/.test(code) ? 'timeout' : 'reset';
}
