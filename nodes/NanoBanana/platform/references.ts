import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { codeOf, failed, success, type Failure, type Outcome } from '../core/failure';
import { failureSentence } from '../core/httpFailure';
import { signatureLength, sniffMediaType, fileEndings } from '../core/imageHeader';
import { sendWithRetry } from '../core/retryPolicy';
import { textOf } from '../core/tolerant';
import { addressKind, parseHttpUrl, refusalOfVendorUrl } from '../core/urls';
import type { ImageVendor, ReferenceFile } from '../core/vendor';
import { openImageStream, peek, transferFailure, type OpenOptions } from './imageStream';
import type { VendorClient } from './vendorClient';

const defaultBinaryField = 'data';
const uploadTimeoutMs = 120_000;

/** A reference URL that has to be fetched here may be so large where the vendor publishes no limit. */
const defaultMaxBytes = 100_000_000;

/** The reference images of one item, looked at but not yet loaded: nothing was sent for them so far. */
export interface ReferencePlan {
	readonly urls: readonly string[];
	readonly binaries: readonly ReferenceBinary[];
}

export interface ReferenceBinary {
	readonly data: IBinaryData;
	readonly mediaType: string;
	/** In bytes. */
	readonly size: number;
	/** Where the vendor fetches it from this instance itself. */
	readonly signedUrl?: string;
}

/** The reference images as they go into the submit. */
export interface LoadedReferences {
	readonly urls: readonly string[];
	readonly files: readonly ReferenceFile[];
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
 * files that are no images or too large, and files that the vendor could not fetch.
 */
export async function planReferences(
	context: IExecuteFunctions,
	itemIndex: number,
	asked: { readonly urls: unknown; readonly binaryFields: unknown },
	vendor: ImageVendor,
	baseUrl: string,
): Promise<Outcome<ReferencePlan>> {
	const urls = splitUrls(asked.urls);
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

/** What is used of a run. */
export interface Loading {
	readonly context: IExecuteFunctions;
	readonly vendor: ImageVendor;
	readonly client: VendorClient;
	readonly clock: Clock;
	readonly signal: AbortSignal | undefined;
}

/** Brings the reference images into the form that the vendor takes: URLs, uploads or files. */
export async function loadReferences(
	loading: Loading,
	plan: ReferencePlan,
): Promise<Outcome<LoadedReferences>> {
	const { context, vendor } = loading;
	if (plan.binaries.length === 0) return success({ urls: plan.urls, files: [] });
	switch (vendor.references.delivery) {
		case 'url': {
			const signed = plan.binaries.flatMap((binary) => binary.signedUrl ?? []);
			return success({ urls: [...signed, ...plan.urls], files: [] });
		}
		case 'upload': {
			const uploaded: string[] = [];
			for (const binary of plan.binaries) {
				const outcome = await upload(loading, fileOf(context, binary));
				if (!outcome.ok) return outcome;
				uploaded.push(outcome.value);
			}
			return success({ urls: [...uploaded, ...plan.urls], files: [] });
		}
		case 'inline': {
			const files = plan.binaries.map((binary) => fileOf(context, binary));
			if (vendor.references.noUrlsBesideFiles !== true) return success({ urls: plan.urls, files });
			for (const url of plan.urls) {
				const fetched = await fetchReference(loading, url);
				if (!fetched.ok) return fetched;
				files.push(fetched.value);
			}
			return success({ urls: [], files });
		}
	}
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
			hint: `Reference images must be ${endings(vendor)}. Convert the file first.`,
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

function fileOf(
	context: IExecuteFunctions,
	{ data, mediaType, size }: ReferenceBinary,
): ReferenceFile {
	const { id } = data;
	return {
		fileName: referenceName(mediaType),
		mediaType,
		size,
		open: async () =>
			id === undefined
				? Buffer.from(data.data, 'base64')
				: await context.helpers.getBinaryStream(id),
	};
}

async function upload(
	{ vendor, client, clock, signal }: Loading,
	file: ReferenceFile,
): Promise<Outcome<string>> {
	const { uploadReference } = vendor;
	if (uploadReference === undefined) return failed(noUpload(vendor));
	const deadlineMs = clock.now() + uploadTimeoutMs;
	const outcome = await sendWithRetry(
		async () => {
			const answer = await client.call(uploadReference(file), {
				deadlineMs,
				patienceMs: uploadTimeoutMs,
			});
			return answer.outcome;
		},
		{ verb: 'uploadReference', clock, signal, deadlineMs },
	);
	if (!outcome.ok) return outcome;
	const refusal = refusalOfVendorUrl(outcome.value.url, client.baseUrl);
	if (refusal === undefined) return success(new URL(outcome.value.url).toString());
	return failed({
		reason: 'invalidResponse',
		message: failureSentence(
			vendor.displayName,
			'invalidResponse',
			`of the file that it keeps for an upload, ${refusal}`,
		),
	});
}

async function fetchReference(
	{ context, vendor, clock, signal }: Loading,
	url: string,
): Promise<Outcome<ReferenceFile>> {
	const given = parseHttpUrl(url);
	const isPublic = given !== undefined && addressKind(given) === 'public';
	const options: OpenOptions = {
		sentence: `The reference image ${url.slice(0, 200)} could not be downloaded`,
		refusalOf: (address) => {
			const parsed = parseHttpUrl(address);
			if (parsed === undefined || addressKind(parsed) === 'forbidden') {
				return 'it leads to an address that may not be asked';
			}
			// The user may have given a local address; a host on the web may not lead to one.
			const isLedAside = isPublic && addressKind(parsed) !== 'public';
			return isLedAside ? 'it leads from a public host to a private address' : undefined;
		},
		signal,
		timeoutMs: uploadTimeoutMs,
		maxBytes: vendor.references.maxBytes ?? defaultMaxBytes,
	};
	const fetched = await sendWithRetry(
		async (): Promise<Outcome<ReferenceFile>> => {
			const opened = await openImageStream(context, url, options);
			if (!opened.ok) return opened;
			try {
				const bytes = await context.helpers.binaryToBuffer(opened.value.stream);
				const { mediaType } = opened.value;
				return success({
					fileName: referenceName(mediaType),
					mediaType,
					size: bytes.length,
					open: () => Promise.resolve(bytes),
				});
			} catch (error) {
				return failed(transferFailure(error, options));
			}
		},
		{ verb: 'download', clock, signal, deadlineMs: clock.now() + uploadTimeoutMs },
	);
	// Nothing was submitted: to the user this is a bad reference, not a lost picture.
	return fetched.ok || codeOf(fetched.failure) !== 'downloadFailed'
		? fetched
		: failed({
				reason: 'invalidRequest',
				message: fetched.failure.message,
				hint: 'Check that the reference URL opens an image in a private browser window.',
			});
}

/**
 * The user's own file name is no business of the vendor's. Each reference has a name of its own, since
 * some vendors overwrite files of the same name.
 */
function referenceName(mediaType: string): string {
	const ending = Object.entries(fileEndings).find(([type]) => type === mediaType)?.[1] ?? 'png';
	return `reference-${crypto.randomUUID()}.${ending}`;
}

function missingField(field: string): Failure {
	return {
		reason: 'invalidRequest',
		message: `The item has no binary field "${field}"`,
		hint: "Correct 'Reference Field Name(s)', or let a node before this one put the image there.",
	};
}

function noUpload(vendor: ImageVendor): Failure {
	return {
		reason: 'unsupported',
		message: `${vendor.displayName} takes no uploads`,
		hint: 'Give a reference URL instead.',
	};
}

function endings(vendor: ImageVendor): string {
	return vendor.references.mediaTypes
		.map((type) => type.replace('image/', '').toUpperCase())
		.join(', ');
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
