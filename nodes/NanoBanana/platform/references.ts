import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { failed, success, type Failure, type Outcome } from '../core/failure';
import { hintFor, readReferences, type AskedReference } from '../core/referenceValues';
import { checkReferenceUrl } from '../core/referenceUrls';
import { textOf } from '../core/tolerant';
import { quoted } from '../core/typedValues';
import { addressKind, parseHttpUrl } from '../core/urls';
import type { ImageVendor } from '../core/vendor';
import {
	checkFile,
	filesOfItem,
	findField,
	refused,
	storedFile,
	type ReferenceBinary,
} from './referenceFiles';

const defaultField = 'data';

/** The reference images of one item, checked but not yet loaded: nothing was sent for them so far. */
export interface ReferencePlan {
	readonly urls: readonly string[];
	readonly binaries: readonly ReferenceBinary[];
	/** Deviations from what was asked, in words for the user. */
	readonly warnings: readonly string[];
}

/** The parts of a plan that are the same for all items. */
interface Asking {
	readonly context: IExecuteFunctions;
	readonly vendor: ImageVendor;
	readonly baseUrl: string;
}

/**
 * Finds and checks the reference images of an item before anything is spent: fields that are missing,
 * files that are not images or are too large, and addresses that the vendor could not open.
 */
export async function planReferences(
	asking: Asking,
	itemIndex: number,
	asked: { readonly urls: unknown; readonly binaryFields: unknown },
): Promise<Outcome<ReferencePlan>> {
	const { context, vendor } = asking;
	const files = filesOfItem(context, itemIndex);
	const fields = readReferences(asked.binaryFields, 'Image Field Name(s)', [...files.keys()]);
	if (!fields.ok) return fields;
	const others = readReferences(asked.urls, 'Reference URLs', []);
	if (!others.ok) return others;

	const isUntouched = asked.binaryFields === defaultField;
	const isAbsent = isUntouched && findField(context, itemIndex, defaultField, files) === undefined;
	if (isAbsent && others.value.length === 0) return await onlyImage(asking, files);

	const binaries: ReferenceBinary[] = [];
	// Where only the default is missing, the URLs count.
	for (const reference of isAbsent ? others.value : [...fields.value, ...others.value]) {
		const found = filesFor(context, itemIndex, reference, files);
		if (!found.ok) return found;
		for (const { data, label } of found.value) {
			const checked = await checkBinary(asking, data, label);
			if (!checked.ok) return checked;
			binaries.push(checked.value);
		}
	}

	// The node itself downloads URLs that the vendor does not read beside files.
	const isFetchedHere = vendor.references.noUrlsBesideFiles === true && binaries.length > 0;
	const isOutside = addressKind(new URL(asking.baseUrl)) === 'public' && !isFetchedHere;
	const urls: string[] = [];
	for (const reference of [...fields.value, ...others.value]) {
		if (reference.is !== 'url') continue;
		const reader = { name: vendor.displayName, isOutside };
		const checked = checkReferenceUrl(reference.url, reference.place, reader);
		if (!checked.ok) return checked;
		urls.push(checked.value);
	}
	return success({ urls, binaries, warnings: [] });
}

interface FoundFile {
	readonly data: IBinaryData;
	readonly label: string;
}

/** The files that a reference means; none for a URL. */
function filesFor(
	context: IExecuteFunctions,
	itemIndex: number,
	reference: AskedReference,
	files: ReadonlyMap<string, IBinaryData>,
): Outcome<readonly FoundFile[]> {
	switch (reference.is) {
		case 'allFields':
			return success([...files].map(([field, data]) => ({ data, label: labelOf(field) })));
		case 'field': {
			const data = findField(context, itemIndex, reference.name, files);
			if (data === undefined) return failed(missingField(reference.name, [...files.keys()]));
			return success([{ data, label: labelOf(reference.name) }]);
		}
		case 'file': {
			const { fileName } = reference.file;
			const label = fileName === undefined ? reference.place : `the file ${quoted(fileName)}`;
			const data = storedFile(reference.file, files);
			return data === undefined ? failed(withoutBytes(label)) : success([{ data, label }]);
		}
		default:
			return success([]);
	}
}

/** After a form the image has the name of its question: an item with one image leaves no doubt. */
async function onlyImage(
	asking: Asking,
	files: ReadonlyMap<string, IBinaryData>,
): Promise<Outcome<ReferencePlan>> {
	// The number of references is checked with the rest of the request.
	if (files.size === 0) return success({ urls: [], binaries: [], warnings: [] });
	const images = [...files].filter(([, { mimeType }]) => textOf(mimeType)?.startsWith('image/'));
	const [only, ...more] = images.length > 0 ? images : files;
	if (only === undefined || more.length > 0) {
		return failed(missingField(defaultField, [...files.keys()]));
	}
	const [field, data] = only;
	const checked = await checkBinary(asking, data, labelOf(field));
	if (!checked.ok) return checked;
	const warning = `The item has no field '${defaultField}': its only image, in '${field}', was taken as the reference. Name it in 'Image Field Name(s)'.`;
	return success({ urls: [], binaries: [checked.value], warnings: [warning] });
}

async function checkBinary(
	asking: Asking,
	data: IBinaryData,
	label: string,
): Promise<Outcome<ReferenceBinary>> {
	const { context, vendor } = asking;
	const checked = await checkFile(context, data, label, vendor);
	if (!checked.ok || vendor.references.delivery !== 'url') return checked;
	const refusal = refusalOfFetch(asking, checked.value);
	return refusal === undefined ? checked : failed(refusal);
}

/** Why the vendor could not fetch a file from this very instance. */
function refusalOfFetch(
	{ context, vendor, baseUrl }: Asking,
	{ data, label }: ReferenceBinary,
): Failure | undefined {
	const needsUrl = `${vendor.displayName} takes reference images only as URLs`;
	if (data.id === undefined) {
		return {
			reason: 'unsupported',
			message: `${needsUrl}, but ${label} has no URL, because this n8n keeps it in memory`,
			hint: 'Give a reference URL, choose a vendor that takes files, or ask the administrator to set N8N_DEFAULT_BINARY_DATA_MODE to filesystem.',
		};
	}
	const url = parseHttpUrl(context.helpers.createBinarySignedUrl(data));
	const isReachable =
		url !== undefined &&
		(addressKind(url) === 'public' || addressKind(new URL(baseUrl)) !== 'public');
	if (isReachable) return undefined;
	return {
		reason: 'unsupported',
		message: `${needsUrl}, and it cannot reach this n8n at ${url?.host ?? 'its address'} to download ${label}`,
		hint: 'Give a public reference URL (upload the file somewhere first), choose a vendor that takes files, or ask the administrator to set WEBHOOK_URL to the public address of this n8n.',
	};
}

function labelOf(field: string): string {
	return `the field '${field}'`;
}

function missingField(field: string, fields: readonly string[]): Failure {
	const has = fields.length === 0 ? 'It has no files' : `It has: ${fields.join(', ')}`;
	const isSpecial = hintFor(field) !== hintFor('');
	return refused(
		`The item has no field '${field.slice(0, 200)}'. ${has}`,
		isSpecial
			? hintFor(field)
			: "Correct 'Image Field Name(s)' (* takes all files of the item), or let a node before this one put the image there.",
	);
}

function withoutBytes(label: string): Failure {
	return refused(
		`${label} has no content that the node can read`,
		"Name the field of the file in 'Image Field Name(s)', without an expression.",
	);
}
