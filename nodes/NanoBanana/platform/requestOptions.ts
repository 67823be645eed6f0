import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import type { MultipartPart, ReferenceFile, VendorRequest } from '../core/vendor';
import type { Readable } from './imageStream';

export type RequestOptions = Omit<IHttpRequestOptions, 'url'>;

/**
 * The request for n8n's helpers: everything but the address. Reads the reference files of a form, and
 * throws where one cannot be read.
 */
export async function requestOptions(request: VendorRequest): Promise<RequestOptions> {
	const options: RequestOptions = {
		method: request.method,
		headers: { accept: 'application/json', ...request.headers },
		// The key must not follow a redirect to another host.
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// As a stream, so that an answer without end can be cut off.
		encoding: 'stream',
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

/** A file that was not sent to its end must be closed. */
export function closeBody({ body }: RequestOptions): void {
	const { destroy } = Object(body) as Partial<Readable>;
	if (typeof destroy === 'function') destroy.call(body);
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
