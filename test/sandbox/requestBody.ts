import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import busboy from 'busboy';

export interface MultipartFile {
	field: string;
	fileName: string;
	mediaType: string;
	bytes: Buffer;
}

/** A request's body, told apart by its Content-Type. */
export type ParsedBody =
	| { kind: 'none' }
	| { kind: 'json'; value: unknown }
	| { kind: 'brokenJson'; text: string }
	| { kind: 'multipart'; fields: Array<[name: string, value: string]>; files: MultipartFile[] }
	| { kind: 'other'; mediaType: string; bytes: Buffer };

const longestRecordedText = 20_000;

/** Reads a request to its end. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of request) pieces.push(piece as Buffer);
	return Buffer.concat(pieces);
}

/** Reads the body as what its Content-Type says it is. */
export async function parseBody(contentType: string, bytes: Buffer): Promise<ParsedBody> {
	const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
	if (bytes.length === 0 && mediaType === '') return { kind: 'none' };
	if (mediaType === 'application/json') {
		const text = bytes.toString('utf8');
		try {
			return { kind: 'json', value: JSON.parse(text) as unknown };
		} catch {
			return { kind: 'brokenJson', text };
		}
	}
	if (mediaType === 'multipart/form-data') {
		try {
			return await parseMultipart(contentType, bytes);
		} catch {
			return { kind: 'other', mediaType: 'broken multipart/form-data', bytes };
		}
	}
	return { kind: 'other', mediaType, bytes };
}

function parseMultipart(contentType: string, bytes: Buffer): Promise<ParsedBody> {
	return new Promise((resolve, reject) => {
		const fields: Array<[string, string]> = [];
		const files: MultipartFile[] = [];
		const parser = busboy({
			headers: { 'content-type': contentType },
			limits: { fieldSize: 200 * 1024 * 1024 },
		});
		parser.on('field', (name, value) => fields.push([name, value]));
		parser.on('file', (field, stream, information) => {
			const pieces: Buffer[] = [];
			stream.on('data', (piece: Buffer) => pieces.push(piece));
			stream.on('end', () => {
				files.push({
					field,
					fileName: information.filename ?? '',
					mediaType: information.mimeType,
					bytes: Buffer.concat(pieces),
				});
			});
		});
		parser.on('error', reject);
		parser.on('close', () => resolve({ kind: 'multipart', fields, files }));
		Readable.from([bytes]).pipe(parser);
	});
}

/** The body as if these fields had not come, wherever they stand in it. */
export function withoutFields(body: ParsedBody, names: readonly string[]): ParsedBody {
	if (body.kind === 'json') return { ...body, value: without(body.value, names) };
	if (body.kind !== 'multipart') return body;
	return { ...body, fields: body.fields.filter(([name]) => !names.includes(name)) };
}

function without(value: unknown, names: readonly string[]): unknown {
	if (Array.isArray(value)) return value.map((entry) => without(entry, names));
	if (typeof value !== 'object' || value === null) return value;
	const kept = Object.entries(value).filter(([name]) => !names.includes(name));
	return Object.fromEntries(kept.map(([name, entry]) => [name, without(entry, names)]));
}

/** What the ledger keeps of a body: long texts cut, bytes as their size and hash. */
export function recordableBody(body: ParsedBody): unknown {
	if (body.kind === 'json') return shorten(body.value);
	if (body.kind === 'brokenJson') return shorten(body.text);
	if (body.kind === 'none') return null;
	if (body.kind === 'other') return { mediaType: body.mediaType, ...describeBytes(body.bytes) };
	return {
		fields: shorten(body.fields),
		files: body.files.map(({ bytes, ...file }) => ({ ...file, ...describeBytes(bytes) })),
	};
}

/** Size and hash of some bytes. */
export function describeBytes(bytes: Buffer): { bytes: number; sha256: string } {
	return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function shorten(value: unknown): unknown {
	if (typeof value === 'string') {
		return value.length > longestRecordedText
			? `${value.slice(0, longestRecordedText)}… (${value.length} characters)`
			: value;
	}
	if (Array.isArray(value)) return value.map(shorten);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shorten(each)]));
	}
	return value;
}
