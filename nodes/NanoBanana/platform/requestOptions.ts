import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import type { MultipartPart, ReferenceFile, VendorRequest } from '../core/vendor';
import type { Readable } from './peek';

export type RequestOptions = Omit<IHttpRequestOptions, 'url'>;

/**
 * The request for n8n's helpers: everything but the address. Opens its reference file (of a form, the first
 * one), and throws if it cannot be read.
 */
export async function requestOptions(request: VendorRequest): Promise<RequestOptions> {
	const options: RequestOptions = {
		method: request.method,
		headers: { accept: 'application/json', ...request.headers },
		// The key must not follow a redirect to another host.
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// A stream, so that an endless answer can be cut off.
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
	const boundary = `----n8n-${crypto.randomUUID()}`;
	const { parts } = request.body;
	return {
		...options,
		headers: {
			...options.headers,
			'content-type': `multipart/form-data; boundary=${boundary}`,
			'content-length': String(formLength(parts, boundary)),
		},
		body: await formBody(parts, boundary),
	};
}

/** A file that was not sent to its end must be closed. */
export function closeBody({ body }: RequestOptions): void {
	const { destroy } = Object(body) as Partial<Readable>;
	if (typeof destroy === 'function') destroy.call(body);
}

/**
 * A form whose files are read while it is sent, one after another: twenty forms at once must not fill the
 * memory. Files that are in memory anyway are sent from memory.
 */
async function formBody(
	parts: readonly MultipartPart[],
	boundary: string,
): Promise<Buffer | Readable> {
	const files = parts.flatMap((part) => ('file' in part ? part.file : []));
	const opened = new Map<ReferenceFile, FileContent>();
	for (const file of files) {
		const content = await file.open();
		opened.set(file, content);
		if (content instanceof Uint8Array) continue;
		// Community nodes may not import Node's streams, but the class of each stream can make new ones.
		const streams = content.constructor as unknown as StreamMaker;
		const body = streams.from(formPieces(parts, boundary, opened), { objectMode: false });
		// A form that nobody begins to read does not close its file by itself.
		return body.once('close', () => (content as Readable).destroy());
	}
	const pieces: Uint8Array[] = [];
	for await (const piece of formPieces(parts, boundary, opened)) pieces.push(piece);
	return Buffer.concat(pieces);
}

interface StreamMaker {
	from(pieces: AsyncIterable<Uint8Array>, options: { readonly objectMode: false }): Readable;
}

async function* formPieces(
	parts: readonly MultipartPart[],
	boundary: string,
	opened: ReadonlyMap<ReferenceFile, FileContent>,
): AsyncGenerator<Uint8Array> {
	for (const part of parts) {
		yield Buffer.from(partHead(part, boundary));
		if ('value' in part) yield Buffer.from(part.value);
		else yield* wholeFile(part.file, opened.get(part.file) ?? (await part.file.open()));
		yield Buffer.from(lineBreak);
	}
	yield Buffer.from(formEnd(boundary));
}

/** The length of the form is announced, so each file must have the length that it had. */
async function* wholeFile(file: ReferenceFile, content: FileContent): AsyncGenerator<Uint8Array> {
	let length = 0;
	for await (const chunk of content instanceof Uint8Array ? [content] : content) {
		length += chunk.length;
		yield chunk;
	}
	if (length !== file.size) throw new Error('A reference file changed while it was being sent');
}

function formLength(parts: readonly MultipartPart[], boundary: string): number {
	const lengths = parts.map((part) => {
		const content = 'file' in part ? part.file.size : Buffer.byteLength(part.value);
		return Buffer.byteLength(partHead(part, boundary)) + content + lineBreak.length;
	});
	return lengths.reduce((sum, length) => sum + length, formEnd(boundary).length);
}

const lineBreak = '\r\n';

function partHead(part: MultipartPart, boundary: string): string {
	const disposition = `form-data; name="${escaped(part.name)}"`;
	const lines =
		'file' in part
			? [
					`content-disposition: ${disposition}; filename="${escaped(part.file.fileName)}"`,
					`content-type: ${part.file.mediaType}`,
				]
			: [`content-disposition: ${disposition}`];
	return [`--${boundary}`, ...lines, '', ''].join(lineBreak);
}

function formEnd(boundary: string): string {
	return `--${boundary}--${lineBreak}`;
}

/** Escapes a name as browsers do in the head of a part. */
function escaped(name: string): string {
	return name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}

/** A stream is sent as it comes. */
function bodyOf(content: FileContent): Buffer | Readable {
	return content instanceof Uint8Array ? Buffer.from(content) : (content as Readable);
}

type FileContent = Awaited<ReturnType<ReferenceFile['open']>>;
