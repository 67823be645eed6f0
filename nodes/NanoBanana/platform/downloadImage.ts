import type { IBinaryData } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { failed, success, type Outcome } from '../core/failure';
import { safeFileName } from '../core/imageNames';
import { failureSentence } from '../core/httpFailure';
import { ImageHeaderReader } from '../core/imageHeader';
import { extensionOf, type ImageMediaType } from '../core/imageType';
import { sendWithRetry } from '../core/retryPolicy';
import type { ImageSource } from '../core/task';
import { refusalOfVendorUrl } from '../core/urls';
import { downloadFailure, openImageStream, transferFailure, type OpenOptions } from './imageStream';
import type { NodeContext } from './nodeContext';
import type { Readable } from './peek';

const maxImageBytes = 100_000_000;

/** The time for the whole transfer of one try. */
const transferTimeoutMs = 120_000;

/** The time for all tries together. */
const downloadTimeoutMs = 240_000;

export interface StoredImage {
	readonly binary: IBinaryData;
	readonly fileName: string;
	readonly mediaType: ImageMediaType;
	readonly bytes: number;
	/** Null if the image could not be measured: it is paid for, so it is delivered nevertheless. */
	readonly width: number | null;
	readonly height: number | null;
	/** Whether the file ends with the mark of its type. */
	readonly hasEnd: boolean;
}

export interface DownloadOptions {
	readonly vendorName: string;
	readonly baseUrl: string;
	/** The name without file extension, which follows the real type. */
	readonly fileName: string;
	readonly signal: AbortSignal | undefined;
	readonly clock: Clock;
}

/**
 * Stores an image in n8n's binary storage: as a stream from the vendor's host, or from the answer that
 * holds it. A download is tried again if that may help, and never submits anything.
 */
export async function downloadImage(
	context: NodeContext,
	{ url, content }: ImageSource,
	options: DownloadOptions,
): Promise<Outcome<StoredImage>> {
	const openOptions: OpenOptions = {
		sentence: failureSentence(options.vendorName, 'downloadFailed'),
		refusalOf: (address) => refusalOfVendorUrl(address, options.baseUrl),
		signal: options.signal,
		timeoutMs: transferTimeoutMs,
		maxBytes: maxImageBytes,
	};
	if (content !== undefined) {
		return await storeContent(context, content, options.fileName, openOptions);
	}
	return await sendWithRetry(() => storeImage(context, url, options.fileName, openOptions), {
		verb: 'download',
		clock: options.clock,
		signal: options.signal,
		deadlineMs: options.clock.now() + downloadTimeoutMs,
	});
}

async function storeImage(
	context: NodeContext,
	url: string,
	name: string,
	options: OpenOptions,
): Promise<Outcome<StoredImage>> {
	const opened = await openImageStream(context, url, options);
	if (!opened.ok) return opened;
	const { stream, mediaType, header, announcedBytes } = opened.value;
	const stored = await store(context, stream, name, mediaType, header, options, announcedBytes);
	if (!stored.ok && 'destroy' in stream) stream.destroy();
	return stored;
}

/** The answer came whole, so the image did too, as far as the vendor has it. */
async function storeContent(
	context: NodeContext,
	content: string,
	name: string,
	options: OpenOptions,
): Promise<Outcome<StoredImage>> {
	const bytes = Buffer.from(content, 'base64');
	const header = new ImageHeaderReader();
	header.push(bytes);
	const { mediaType } = header;
	if (mediaType === undefined) return failed(downloadFailure(options, 'it is not an image'));
	return await store(context, bytes, name, mediaType, header, options, bytes.length);
}

async function store(
	context: NodeContext,
	image: Readable | Buffer,
	name: string,
	mediaType: ImageMediaType,
	header: ImageHeaderReader,
	options: OpenOptions,
	announcedBytes: number | undefined,
): Promise<Outcome<StoredImage>> {
	const fileName = `${safeFileName(name)}.${extensionOf(mediaType)}`;
	let binary: IBinaryData;
	try {
		binary = await context.helpers.prepareBinaryData(image, fileName, mediaType);
	} catch (error) {
		return failed(transferFailure(error, options));
	}
	if (!isComplete(header, announcedBytes)) {
		return failed(downloadFailure(options, 'only a part of the image arrived'));
	}
	const { bytes, end, size = { width: null, height: null } } = header;
	return success({ binary, fileName, mediaType, bytes, ...size, hasEnd: end !== 'unmarked' });
}

/**
 * Whether all of an image came. The file's own mark counts: a length may be that of the packed file, and
 * n8n does not say where a packed file broke off. An image without its end mark is complete only if exactly
 * its announced length came.
 */
export function isComplete(
	{ bytes, end }: ImageHeaderReader,
	announced: number | undefined,
): boolean {
	if (end === 'unmarked') return bytes === announced;
	return end === 'whole' || (end === 'unknown' && bytes >= (announced ?? 0));
}
