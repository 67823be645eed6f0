import { failed, success, type Failure, type Outcome } from '../core/failure';
import { expiryOf } from '../core/expiry';
import { ImageHeaderReader } from '../core/imageHeader';
import {
	nameOfType,
	signatureLength,
	sniffMediaType,
	type ImageMediaType,
} from '../core/imageType';
import { parseRetryAfter } from '../core/httpFailure';
import { isAborted, stopped } from '../core/clock';
import { numberOf, objectOf, textOf } from '../core/tolerant';
import { connectionSentences } from '../core/retryPolicy';
import { parseUrl } from '../core/urls';
import { connectionFailureReason } from './connectionErrors';
import type { NodeContext } from './nodeContext';
import { peek, type Readable } from './peek';
import { timeoutSignal } from './timeoutSignal';

export interface ImageStream {
	readonly mediaType: ImageMediaType;
	/** Counts bytes and learns the pixel size while the stream is read. */
	readonly header: ImageHeaderReader;
	/** The whole image. A buffer if it is so short that its first bytes are all of it. */
	readonly stream: Readable | Buffer;
	/**
	 * The size that the host announced; undefined where it did not. n8n unpacks a compressed answer and
	 * leaves the length that it had when it was packed.
	 */
	readonly announcedBytes: number | undefined;
}

export interface OpenOptions {
	/** Names what is fetched in a message: "SkillBoss did not deliver the image". */
	readonly sentence: string;
	/** Why an address, or a redirect to it, must not be asked; undefined: it may be. */
	readonly refusalOf: (url: string) => string | undefined;
	readonly signal: AbortSignal | undefined;
	/** The time for the whole transfer. */
	readonly timeoutMs: number;
	readonly maxBytes: number;
	/** The types that are of use; absent: every image. */
	readonly mediaTypes?: readonly string[];
	/** The hints, if this is not the image of a task. */
	readonly hints?: { readonly tooLarge: string; readonly storage: string; readonly other: string };
}

/** A file host that is silent for this long has a problem; the next try may succeed. */
const silenceTimeoutMs = 15_000;

const maxRedirects = 3;

/** Statuses after which the same address may still answer. */
const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 455, 500, 502, 503, 504]);

/**
 * Opens an image on the web without any key, follows a few redirects that are checked one by one,
 * and checks the first bytes: only images of a known type get through.
 */
export async function openImageStream(
	context: NodeContext,
	address: string,
	options: OpenOptions,
): Promise<Outcome<ImageStream>> {
	const limit = timeoutSignal(options.timeoutMs);
	const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
	let url = address;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		const refusal = options.refusalOf(url);
		if (refusal !== undefined) return failed(downloadRefused(options, refusal));
		// The parsed URL, so that the checked URL and the requested one are the same.
		url = new URL(url).toString();
		let answer: HttpAnswer;
		try {
			answer = (await context.helpers.httpRequest({
				method: 'GET',
				url,
				// A packed image is no smaller, and its length says nothing.
				headers: { 'accept-encoding': 'identity' },
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: silenceTimeoutMs,
				abortSignal: signal,
			})) as HttpAnswer;
		} catch (error) {
			return failed(transferFailure(error, options));
		}
		const { statusCode, headers, body } = answer;
		const location = headers.location;
		if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
			body.destroy();
			const target = parseUrl(location, url);
			if (target === undefined) {
				return failed(downloadFailure(options, 'it redirects to something that is not a URL'));
			}
			url = target.toString();
			continue;
		}
		if (statusCode !== 200) {
			const words = await firstWords(body);
			body.destroy();
			return failed(statusFailure({ statusCode, headers, words, url }, options));
		}
		return await checkedStream(answer, options);
	}
	return failed(downloadRefused(options, `it redirects more than ${maxRedirects} times`));
}

/** The failure of a stream that broke while it was being read. */
export function transferFailure(error: unknown, options: OpenOptions): Failure {
	if (isAborted(options.signal)) return stopped();
	if (error instanceof TooLarge) return tooLarge(options);
	const storageCode = storageTrouble(error);
	if (storageCode !== undefined) {
		return {
			...downloadRefused(options, `this n8n could not store it (${storageCode})`),
			hint:
				options.hints?.storage ??
				'The image is made and paid for. Make room in the storage of this n8n, then use Task → Wait with this task ID.',
		};
	}
	const reason = connectionFailureReason(error);
	if (reason === 'blocked') {
		return downloadRefused(options, 'this n8n does not allow requests to its address');
	}
	const isSlow = reason === 'aborted' || reason === 'timeout';
	return downloadFailure(options, isSlow ? 'it took too long' : connectionSentences[reason]);
}

const storageCodes: ReadonlySet<unknown> = new Set([
	'ENOSPC',
	'EDQUOT',
	'EACCES',
	'EROFS',
	'EMFILE',
]);

/** The system's code where it was this machine's disk that failed, not the connection. */
function storageTrouble(error: unknown): string | undefined {
	const code = objectOf(error)?.code;
	return storageCodes.has(code) ? textOf(code) : undefined;
}

interface HttpAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly body: Readable;
}

class TooLarge extends Error {}

async function checkedStream(
	{ headers, body }: HttpAnswer,
	options: OpenOptions,
): Promise<Outcome<ImageStream>> {
	const isEncoded = headers['content-encoding'] !== undefined;
	const announced = isEncoded ? undefined : numberOf(headers['content-length']);
	if (announced !== undefined && announced > options.maxBytes) {
		body.destroy();
		return failed(tooLarge(options));
	}
	let firstBytes: Uint8Array;
	try {
		firstBytes = await peek(body, signatureLength);
	} catch (error) {
		body.destroy();
		return failed(transferFailure(error, options));
	}
	const mediaType = sniffMediaType(firstBytes);
	if (mediaType === undefined || options.mediaTypes?.includes(mediaType) === false) {
		body.destroy();
		const why =
			mediaType === undefined
				? 'the file is not an image'
				: `it is a ${nameOfType(mediaType)} image`;
		return failed(downloadFailure(options, why));
	}
	const header = new ImageHeaderReader();
	if (firstBytes.length < signatureLength) {
		header.push(firstBytes);
		return success({
			mediaType,
			header,
			stream: Buffer.from(firstBytes),
			announcedBytes: announced,
		});
	}
	const stream = body.map((chunk: Uint8Array) => {
		header.push(chunk);
		if (header.bytes > options.maxBytes) throw new TooLarge();
		return chunk;
	});
	return success({ mediaType, header, stream, announcedBytes: announced });
}

/** "SkillBoss did not deliver the image: it took too long" */
export function downloadFailure(options: OpenOptions, reason: string): Failure {
	return {
		reason: 'downloadFailed',
		message: `${options.sentence}: ${reason}`,
		...(options.hints === undefined ? {} : { hint: options.hints.other }),
	};
}

function tooLarge(options: OpenOptions): Failure {
	const reason = `it is larger than ${Math.round(options.maxBytes / 1_000_000)} MB`;
	const refused = downloadRefused(options, reason);
	return options.hints === undefined ? refused : { ...refused, hint: options.hints.tooLarge };
}

/** The same where another try cannot help. */
function downloadRefused(options: OpenOptions, reason: string): Failure {
	return { ...downloadFailure(options, reason), reason: 'downloadRefused' };
}

interface BadAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, unknown>>;
	/** The beginning of what the host says about it. */
	readonly words: string;
	readonly url: string;
}

function statusFailure(answer: BadAnswer, options: OpenOptions): Failure {
	const { statusCode: status, headers, words, url } = answer;
	const retryAfter = headers['retry-after'];
	const retryAfterMs = typeof retryAfter === 'string' ? parseRetryAfter(retryAfter) : undefined;
	const expiry = expiryOf({ status, url, words, nowMs: Date.now() });
	const reasonOf = { expired: 'its URL has expired', gone: 'its URL has expired or is wrong' };
	const why = expiry === undefined ? '' : reasonOf[expiry];
	return {
		...downloadFailure(options, why === '' ? `HTTP ${status}` : `${why} (HTTP ${status})`),
		httpStatus: status,
		...(transientStatuses.has(status)
			? {}
			: { reason: expiry === undefined ? 'downloadRefused' : 'imageExpired' }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
}

const mostWords = 2_000;

/** A host that refused a request may send its reasons late. */
const wordsTimeoutMs = 2_000;

/** The beginning of an answer without an image: hosts of files say there that a signature has expired. */
async function firstWords(body: Readable): Promise<string> {
	const limit = timeoutSignal(wordsTimeoutMs);
	const stopReading = (): void => {
		body.destroy();
	};
	limit.addEventListener('abort', stopReading, { once: true });
	try {
		return Buffer.from(await peek(body, mostWords)).toString('latin1', 0, mostWords);
	} catch {
		return '';
	} finally {
		limit.removeEventListener('abort', stopReading);
	}
}
