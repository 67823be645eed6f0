import type { IBinaryData } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { failed, success, type Outcome } from '../core/failure';
import { safeFileName } from '../core/imageNames';
import { failureSentence } from '../core/httpFailure';
import { fileExtensions } from '../core/imageHeader';
import { sendWithRetry } from '../core/retryPolicy';
import { refusalOfVendorUrl } from '../core/urls';
import { downloadFailure, openImageStream, transferFailure, type OpenOptions } from './imageStream';
import type { NodeContext } from './nodeContext';

const maxImageBytes = 100_000_000;

/** For the whole transfer of one try. */
const transferTimeoutMs = 120_000;

/** For all tries together. */
const downloadTimeoutMs = 240_000;

export interface StoredImage {
	readonly binary: IBinaryData;
	readonly fileName: string;
	readonly mediaType: string;
	readonly bytes: number;
	readonly width: number;
	readonly height: number;
}

export interface DownloadOptions {
	readonly vendorName: string;
	readonly baseUrl: string;
	/** Without file extension: that follows the real type. */
	readonly fileName: string;
	readonly signal: AbortSignal | undefined;
	readonly clock: Clock;
}

/**
 * Streams an image from the vendor's host into n8n's binary storage. It is tried again where that may
 * help, and never submits anything.
 */
export async function downloadImage(
	context: NodeContext,
	url: string,
	options: DownloadOptions,
): Promise<Outcome<StoredImage>> {
	const openOptions: OpenOptions = {
		sentence: failureSentence(options.vendorName, 'downloadFailed'),
		refusalOf: (address) => refusalOfVendorUrl(address, options.baseUrl),
		signal: options.signal,
		timeoutMs: transferTimeoutMs,
		maxBytes: maxImageBytes,
	};
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
	const fileName = `${safeFileName(name)}.${fileExtensions[mediaType]}`;
	let binary: IBinaryData;
	try {
		binary = await context.helpers.prepareBinaryData(stream, fileName, mediaType);
	} catch (error) {
		stream.destroy();
		return failed(transferFailure(error, options));
	}
	if (announcedBytes !== undefined && header.bytes < announcedBytes) {
		return failed(downloadFailure(options, 'less came than was announced'));
	}
	if (header.size === undefined) {
		return failed(downloadFailure(options, 'the image is broken (it has no size)'));
	}
	return success({ binary, fileName, mediaType, bytes: header.bytes, ...header.size });
}
