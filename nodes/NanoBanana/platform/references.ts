import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { failed, success, type Failure, type Outcome } from '../core/failure';
import { signatureLength, sniffMediaType, type ImageMediaType } from '../core/imageType';
import { textOf } from '../core/tolerant';
import { addressKind, parseHttpUrl } from '../core/urls';
import type { ImageVendor } from '../core/vendor';
import { peek } from './imageStream';

const defaultBinaryField = 'data';

/** The reference images of one item, checked but not yet loaded: nothing was sent for them so far. */
export interface ReferencePlan {
	readonly urls: readonly string[];
	readonly binaries: readonly ReferenceBinary[];
}

export interface ReferenceBinary {
	readonly data: IBinaryData;
	readonly mediaType: ImageMediaType;
	/** In bytes. */
	readonly size: number;
	/** Where the vendor fetches it from this instance itself. */
	readonly signedUrl?: string;
}

/** Splits `referenceUrls`: one URL a line, or an array from an expression. */
export function splitUrls(value: unknown): readonly string[] {
	return Array.isArray(value) ? trimmed(value) : trimmed((textOf(value) ?? '').split(/\r?\n/));
}

/** Splits `referenceBinaryFields`: names separated by commas, or an array from an expression. */
export function splitFields(value: unknown): readonly string[] {
	return Array.isArray(value) ? trimmed(value) : trimmed((textOf(value) ?? '').split(','));
}

function trimmed(entries: readonly unknown[]): readonly string[] {
	return entries.flatMap((entry) => textOf(entry)?.trim() ?? []);
}

/**
 * Finds and checks the reference images of an item before anything is spent: fields that are missing,
 * files that are not images or are too large, and files that the vendor could not fetch.
 */
export async function planReferences(
	context: IExecuteFunctions,
	itemIndex: number,
	asked: { readonly urls: unknown; readonly binaryFields: unknown },
	vendor: ImageVendor,
	baseUrl: string,
): Promise<Outcome<ReferencePlan>> {
	// The parsed URL, so that the checked URL and the sent one are the same.
	const urls = splitUrls(asked.urls).map((text) => parseHttpUrl(text)?.toString() ?? text);
	const fields = splitFields(asked.binaryFields);
	const isDefault = fields.length === 1 && fields[0] === defaultBinaryField;
	const binaries: ReferenceBinary[] = [];
	for (const field of fields) {
		const data = findBinary(context, itemIndex, field);
		if (data === undefined) {
			// Where only the default is missing, the URLs (or the check for their number) decide.
			if (isDefault) continue;
			return failed(missingField(field));
		}
		const checked = await checkBinary(context, data, field, vendor);
		if (!checked.ok) return checked;
		if (vendor.references.delivery !== 'url') {
			binaries.push({ data, ...checked.value });
			continue;
		}
		const signed = signUrl(context, data, field, vendor, baseUrl);
		if (!signed.ok) return signed;
		binaries.push({ data, ...checked.value, signedUrl: signed.value });
	}
	return success({ urls, binaries });
}

function findBinary(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): IBinaryData | undefined {
	// Through the helper, which knows the workflow's binary mode: "combined" keeps the files within the
	// json, below `_files`, where the same short name is found too.
	for (const path of [field, `_files.${field}`]) {
		try {
			return context.helpers.assertBinaryData(itemIndex, path);
		} catch {
			continue;
		}
	}
	return undefined;
}

async function checkBinary(
	context: IExecuteFunctions,
	data: IBinaryData,
	field: string,
	vendor: ImageVendor,
): Promise<Outcome<Pick<ReferenceBinary, 'mediaType' | 'size'>>> {
	const { firstBytes, size } = await inspect(context, data);
	const mediaType = sniffMediaType(firstBytes);
	if (mediaType === undefined || !vendor.references.mediaTypes.includes(mediaType)) {
		return failed({
			reason: 'invalidRequest',
			message: `The binary field "${field}" holds no image that ${vendor.displayName} takes (${data.mimeType})`,
			hint: `Reference images must be ${extensions(vendor)}. Convert the file first.`,
		});
	}
	const { maxBytes } = vendor.references;
	if (maxBytes !== undefined && size > maxBytes) {
		return failed({
			reason: 'invalidRequest',
			message: `The image in the binary field "${field}" has ${megabytes(size)}; ${vendor.displayName} takes at most ${megabytes(maxBytes)}`,
			hint: 'Make it smaller first, for instance with the Edit Image node.',
		});
	}
	return success({ mediaType, size });
}

async function inspect(
	context: IExecuteFunctions,
	data: IBinaryData,
): Promise<{ readonly firstBytes: Uint8Array; readonly size: number }> {
	if (data.id === undefined) {
		const bytes = Buffer.from(data.data, 'base64');
		return { firstBytes: bytes.subarray(0, signatureLength), size: bytes.length };
	}
	const { fileSize } = await context.helpers.getBinaryMetadata(data.id);
	const stream = await context.helpers.getBinaryStream(data.id, 1024);
	const firstBytes = await peek(stream, signatureLength);
	stream.destroy();
	return { firstBytes, size: fileSize };
}

/** A URL of this very instance from which the vendor fetches the file. */
function signUrl(
	context: IExecuteFunctions,
	data: IBinaryData,
	field: string,
	vendor: ImageVendor,
	baseUrl: string,
): Outcome<string> {
	const needsUrl = `${vendor.displayName} takes reference images only as URLs`;
	if (data.id === undefined) {
		return failed({
			reason: 'unsupported',
			message: `${needsUrl}, and this n8n keeps the binary field "${field}" in memory, where it has none`,
			hint: 'Give a reference URL, choose a vendor that takes files, or have the administrator set N8N_DEFAULT_BINARY_DATA_MODE to filesystem.',
		});
	}
	const text = context.helpers.createBinarySignedUrl(data);
	const url = parseHttpUrl(text);
	const isReachable =
		url !== undefined &&
		(addressKind(url) === 'public' || addressKind(new URL(baseUrl)) !== 'public');
	if (!isReachable) {
		return failed({
			reason: 'unsupported',
			message: `${needsUrl}, and it cannot reach this n8n at ${url?.host ?? 'its address'} to download the binary field "${field}"`,
			hint: 'Give a public reference URL (upload the file somewhere first), choose a vendor that takes files, or have the administrator set WEBHOOK_URL to the public address of this n8n.',
		});
	}
	return success(text);
}

function missingField(field: string): Failure {
	return {
		reason: 'invalidRequest',
		message: `The item has no binary field "${field}"`,
		hint: "Correct 'Image Field Name(s)', or let a node before this one put the image there.",
	};
}

function extensions(vendor: ImageVendor): string {
	return vendor.references.mediaTypes
		.map((type) => type.replace('image/', '').toUpperCase())
		.join(', ');
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
