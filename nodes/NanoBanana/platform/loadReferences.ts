import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { codeOf, failed, success, type Failure, type Outcome } from '../core/failure';
import { failureSentence } from '../core/httpFailure';
import { extensionOf, type ImageMediaType } from '../core/imageType';
import { sendWithRetry } from '../core/retryPolicy';
import { addressKind, parseHttpUrl, refusalOfVendorUrl } from '../core/urls';
import type { ImageVendor, ReferenceFile } from '../core/vendor';
import { isComplete } from './downloadImage';
import { downloadFailure, openImageStream, transferFailure, type OpenOptions } from './imageStream';
import { makeSmaller, type ReferenceBinary } from './referenceFiles';
import type { ReferencePlan } from './references';
import type { VendorClient } from './vendorClient';

/** The time for one upload or download of a reference image, with its repetitions. */
const uploadTimeoutMs = 120_000;

/** The most bytes of a reference that must be fetched here, where the vendor publishes no limit. */
const defaultMaxBytes = 100_000_000;

/** The reference images as they go into the submit. */
export interface LoadedReferences {
	readonly urls: readonly string[];
	readonly files: readonly ReferenceFile[];
}

/** The parts of a run that are used here. */
export interface Loading {
	readonly context: IExecuteFunctions;
	readonly vendor: ImageVendor;
	readonly client: VendorClient;
	readonly clock: Clock;
	readonly signal: AbortSignal | undefined;
}

/** Puts the reference images into the form that the vendor takes: URLs, uploads or files. */
export async function loadReferences(
	loading: Loading,
	plan: ReferencePlan,
): Promise<Outcome<LoadedReferences>> {
	const { context, vendor } = loading;
	if (plan.binaries.length === 0) return success({ urls: plan.urls, files: [] });
	switch (vendor.references.delivery) {
		case 'url': {
			const signed: string[] = [];
			for (const [index, binary] of plan.binaries.entries()) {
				const data = await truthful(context, binary, index);
				signed.push(context.helpers.createBinarySignedUrl(data));
			}
			return success({ urls: [...signed, ...plan.urls], files: [] });
		}
		case 'upload': {
			const uploaded: string[] = [];
			for (const binary of plan.binaries) {
				const outcome = await upload(loading, binary);
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
				files.push(fileOf(context, fetched.value));
			}
			return success({ urls: [], files });
		}
	}
}

/**
 * The file as this n8n may serve it: a vendor that fetches it goes by the stored type and name. If they do
 * not match the bytes, a copy under a neutral name takes its place.
 */
async function truthful(
	context: IExecuteFunctions,
	{ data, mediaType, isStoredTrue }: ReferenceBinary,
	index: number,
): Promise<IBinaryData> {
	if (isStoredTrue || data.id === undefined) return data;
	const stream = await context.helpers.getBinaryStream(data.id);
	const name = `reference-${index + 1}.${extensionOf(mediaType)}`;
	return await context.helpers.prepareBinaryData(stream, name, mediaType);
}

function fileOf(
	context: IExecuteFunctions,
	{ label, data, mediaType, size }: FetchedReference,
): ReferenceFile {
	const { id } = data;
	return {
		label,
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
	{ context, vendor, client, clock, signal }: Loading,
	binary: ReferenceBinary,
): Promise<Outcome<string>> {
	const { uploadReference } = vendor;
	if (uploadReference === undefined) return failed(noUpload(vendor));
	const file = fileOf(context, binary);
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
	if (!outcome.ok) return failed(ofUpload(outcome.failure, file));
	const refusal = refusalOfVendorUrl(outcome.value.url, client.baseUrl);
	if (refusal === undefined) return success(new URL(outcome.value.url).toString());
	return failed({
		reason: 'invalidResponse',
		message: failureSentence(
			vendor.displayName,
			'invalidResponse',
			`the node refuses the address of the uploaded file (${refusal})`,
		),
	});
}

function ofUpload(failure: Failure, file: ReferenceFile): Failure {
	const { message } = namingFields(failure, [file]);
	return {
		...failure,
		message: message.includes(file.label) ? message : `${message} (upload of ${file.label})`,
	};
}

/** The user knows the fields, not the names that their files had on the way. */
export function namingFields(failure: Failure, files: readonly ReferenceFile[]): Failure {
	const message = files.reduce(
		(text, { fileName, label }) => text.replaceAll(fileName, label),
		failure.message,
	);
	return { ...failure, message };
}

async function fetchReference(
	{ context, vendor, clock, signal }: Loading,
	url: string,
): Promise<Outcome<FetchedReference>> {
	const given = parseHttpUrl(url);
	const isPublic = given !== undefined && addressKind(given) === 'public';
	const options: OpenOptions = {
		sentence: `The reference image ${url.slice(0, 200)} could not be downloaded`,
		refusalOf: (address) => {
			const parsed = parseHttpUrl(address);
			if (parsed === undefined || addressKind(parsed) === 'forbidden') {
				return 'it leads to an address that is not allowed';
			}
			// The user may have given a local address; a host on the web may not lead to one.
			const isLedAside = isPublic && addressKind(parsed) !== 'public';
			return isLedAside ? 'it leads from a public host to a private address' : undefined;
		},
		signal,
		timeoutMs: uploadTimeoutMs,
		maxBytes: vendor.references.maxBytes ?? defaultMaxBytes,
		mediaTypes: vendor.references.mediaTypes,
		hints: {
			tooLarge: makeSmaller,
			storage: 'Make room in the storage of this n8n.',
			other: 'Check that the reference URL opens an image in a private browser window.',
		},
	};
	const fetched = await sendWithRetry(async () => await storeReference(context, url, options), {
		verb: 'download',
		clock,
		signal,
		deadlineMs: clock.now() + uploadTimeoutMs,
	});
	// Nothing was submitted: to the user this is a bad reference, not a lost image.
	return fetched.ok || codeOf(fetched.failure) !== 'downloadFailed'
		? fetched
		: failed({ ...fetched.failure, reason: 'invalidRequest' });
}

type FetchedReference = Omit<ReferenceBinary, 'isStoredTrue' | 'isPlaceholder'>;

/** Stores a reference in n8n's storage: a form with many files would fill the memory. */
async function storeReference(
	context: IExecuteFunctions,
	url: string,
	options: OpenOptions,
): Promise<Outcome<FetchedReference>> {
	const opened = await openImageStream(context, url, options);
	if (!opened.ok) return opened;
	const { stream, mediaType, header, announcedBytes } = opened.value;
	let data: IBinaryData;
	try {
		data = await context.helpers.prepareBinaryData(stream, referenceName(mediaType), mediaType);
	} catch (error) {
		if ('destroy' in stream) stream.destroy();
		return failed(transferFailure(error, options));
	}
	return isComplete(header, announcedBytes)
		? success({
				label: `the image at ${url.slice(0, 200)}`,
				data,
				mediaType,
				size: header.bytes,
			})
		: failed(downloadFailure(options, 'only a part of the image arrived'));
}

/**
 * The vendor must not learn the user's own file name. Each reference has a name of its own, since some
 * vendors overwrite files of the same name.
 */
function referenceName(mediaType: ImageMediaType): string {
	return `reference-${crypto.randomUUID()}.${extensionOf(mediaType)}`;
}

function noUpload(vendor: ImageVendor): Failure {
	return {
		reason: 'unsupported',
		message: `${vendor.displayName} takes no uploads`,
		hint: 'Give a reference URL instead.',
	};
}
