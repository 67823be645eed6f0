import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { failed, success, type Failure, type Outcome } from '../core/failure';
import { kindLength, kindOfFile } from '../core/fileKinds';
import { ImageHeaderReader } from '../core/imageHeader';
import { extensionOf, nameOfType, type ImageMediaType } from '../core/imageType';
import { isPlaceholderFile } from '../core/placeholder';
import type { GivenFile } from '../core/referenceValues';
import { objectOf, textOf } from '../core/tolerant';
import { quoted } from '../core/typedValues';
import type { ImageVendor } from '../core/vendor';

/** A file whose bytes were checked. */
export interface ReferenceBinary {
	/** The name in messages: "the field 'data'". */
	readonly label: string;
	readonly data: IBinaryData;
	/** The type that the bytes show. */
	readonly mediaType: ImageMediaType;
	/** The size in bytes. */
	readonly size: number;
	/** Whether the stored type and name match the bytes. */
	readonly isStoredTrue: boolean;
	readonly isPlaceholder: boolean;
}

/** The files of an item by their fields, in both binary modes of n8n: "combined" keeps them within the json. */
export function filesOfItem(
	context: IExecuteFunctions,
	itemIndex: number,
): ReadonlyMap<string, IBinaryData> {
	const item = context.getInputData()[itemIndex];
	const combined = Object.entries(objectOf(item?.json._files) ?? {}).flatMap(([field, value]) => {
		const file = objectOf(value);
		const isFile = typeof file?.mimeType === 'string';
		return isFile ? [[field, file as unknown as IBinaryData] as const] : [];
	});
	return new Map([...combined, ...Object.entries(item?.binary ?? {})]);
}

export function findField(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
	files: ReadonlyMap<string, IBinaryData>,
): IBinaryData | undefined {
	try {
		// Through the helper: in the mode "combined" it also takes paths into the json.
		return context.helpers.assertBinaryData(itemIndex, field);
	} catch {
		return files.get(field);
	}
}

/**
 * A file object as n8n's storage takes it. `$binary` leaves the bytes out: where they are in memory, the
 * item's own file with the same description has them.
 */
export function storedFile(
	{ id, base64, mediaType, fileName, members }: GivenFile,
	files: ReadonlyMap<string, IBinaryData>,
): IBinaryData | undefined {
	const named = fileName === undefined ? {} : { fileName };
	if (id !== undefined) return { id, data: '', mimeType: mediaType, ...named };
	if (base64 !== undefined) return { data: base64, mimeType: mediaType, ...named };
	return [...files.values()].find((file) =>
		Object.entries(members).every(
			([name, value]) => (file as unknown as Record<string, unknown>)[name] === value,
		),
	);
}

/** Refuses a file that the vendor would refuse, or that is cut short, before anything is spent. */
export async function checkFile(
	context: IExecuteFunctions,
	data: IBinaryData,
	label: string,
	vendor: ImageVendor,
): Promise<Outcome<ReferenceBinary>> {
	let file: Inspected;
	try {
		file = await inspect(context, data);
	} catch {
		return failed(
			refused(
				`${capital(label)} could not be read from the storage of this n8n`,
				'The file may belong to an execution that was deleted. To make it anew, run the step that it comes from.',
			),
		);
	}
	const { header, size } = file;
	const { mediaType, end } = header;
	if (mediaType === undefined || !vendor.references.mediaTypes.includes(mediaType)) {
		const kind = mediaType === undefined ? kindOfFile(file.firstBytes) : imageOf(mediaType);
		return failed(
			refused(
				`${capital(label)} holds ${kind}${calledBy(data)}; ${vendor.displayName} takes ${typesOf(vendor)}`,
				mediaType === undefined
					? 'Name a field that holds an image.'
					: 'Convert it to JPEG or PNG first.',
			),
		);
	}
	// Every whole JPEG or PNG has a mark at its end.
	const hasMark = mediaType === 'image/jpeg' || mediaType === 'image/png';
	if (end === 'cut' || (end === 'unmarked' && hasMark)) {
		return failed(
			refused(
				`${capital(label)} holds only a part of ${imageOf(mediaType)} (${size} bytes)`,
				'Load the file again in the step that it comes from, or save it again with the Edit Image node.',
			),
		);
	}
	const { maxBytes } = vendor.references;
	if (maxBytes !== undefined && size > maxBytes) {
		return failed(
			refused(
				`The image in ${label} is ${megabytes(size)} large; ${vendor.displayName} takes at most ${megabytes(maxBytes)}`,
				makeSmaller,
			),
		);
	}
	const isStoredTrue = isTrueName(file.storedType, file.storedName, mediaType);
	const isPlaceholder = isPlaceholderFile(file.firstBytes);
	return success({ label, data, mediaType, size, isStoredTrue, isPlaceholder });
}

export const makeSmaller = 'Make it smaller first, for instance with the Edit Image node.';

interface Inspected {
	readonly firstBytes: Uint8Array;
	/** Has read the whole file, if that is an image. */
	readonly header: ImageHeaderReader;
	readonly size: number;
	readonly storedType: string | undefined;
	readonly storedName: string | undefined;
}

async function inspect(context: IExecuteFunctions, data: IBinaryData): Promise<Inspected> {
	const header = new ImageHeaderReader();
	if (data.id === undefined) {
		const bytes = Buffer.from(data.data, 'base64');
		header.push(bytes);
		return {
			firstBytes: bytes.subarray(0, kindLength),
			header,
			size: bytes.length,
			storedType: data.mimeType,
			storedName: data.fileName,
		};
	}
	// The storage's own description is the one that a signed URL serves.
	const { fileSize, mimeType, fileName } = await context.helpers.getBinaryMetadata(data.id);
	let firstBytes: Uint8Array = Buffer.alloc(0);
	for await (const chunk of await context.helpers.getBinaryStream(data.id)) {
		const bytes = chunk as Buffer;
		header.push(bytes);
		if (firstBytes.length >= kindLength) continue;
		firstBytes = Buffer.concat([firstBytes, bytes]).subarray(0, kindLength);
		if (firstBytes.length === kindLength && header.mediaType === undefined) break;
	}
	return { firstBytes, header, size: fileSize, storedType: mimeType, storedName: fileName };
}

/** Whether a vendor that goes by the type, or by the file extension, reads the file correctly. */
function isTrueName(
	storedType: string | undefined,
	storedName: string | undefined,
	mediaType: ImageMediaType,
): boolean {
	const extension = /\.(\w{1,5})$/.exec(storedName ?? '')?.[1]?.toLowerCase();
	const own = extensionOf(mediaType);
	const isTrue = extension === undefined || extension.replace(/^(?:jpe?g?|jfif)$/, 'jpg') === own;
	return isTrue && storedType === mediaType;
}

function calledBy({ mimeType, fileName }: IBinaryData): string {
	// A Code node may leave both out.
	const called = [textOf(mimeType), fileName === undefined ? undefined : quoted(fileName)];
	const names = called.filter((each) => each !== undefined);
	return names.length === 0 ? '' : ` (n8n has it as ${names.join(', ')})`;
}

function typesOf(vendor: ImageVendor): string {
	const names = vendor.references.mediaTypes.map(nameOfType);
	return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}

function imageOf(mediaType: ImageMediaType): string {
	const name = nameOfType(mediaType);
	return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name} image`;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function capital(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function refused(message: string, hint: string): Failure {
	return { reason: 'invalidRequest', message, hint };
}
