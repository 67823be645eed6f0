import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';

/**
 * A vendor of each kind, for tests that need one of its kind and not every vendor: the first of the
 * registry that is so. None of these tests may know which one that is.
 */
function firstThat(kind: string, is: (vendor: ImageVendor) => boolean): string {
	const found = vendors.find(is);
	if (found === undefined) throw new Error(`No vendor ${kind}`);
	return found.id;
}

function isFetching({ references }: ImageVendor): boolean {
	return references.delivery === 'url';
}

/** Cancels and calls back, fetches references by itself, tells no cost. */
export const cancelingVendor = firstThat(
	'cancels and calls back',
	(vendor) =>
		vendor.cancelTask !== undefined && vendor.callback !== undefined && isFetching(vendor),
);

/** Takes files by an upload, calls back, keeps an account. */
export const uploadingVendor = firstThat(
	'uploads and calls back',
	(vendor) =>
		vendor.uploadReference !== undefined &&
		vendor.callback !== undefined &&
		vendor.getBalance !== undefined,
);

/** Takes files along with the submit, and no URLs beside them. */
export const formVendor = firstThat(
	'takes files along',
	({ references }) => references.noUrlsBesideFiles === true,
);

/** Makes several images in a task, and the same task under the same key. */
export const countingVendor = firstThat(
	'counts images under a key',
	(vendor) => vendor.submitIsIdempotent && vendor.maxImagesInTask > 1,
);

/** Can nothing beyond what every vendor can, and limits the requests of a key. */
export const plainVendor = firstThat(
	'is plain',
	(vendor) =>
		vendor.callback === undefined &&
		vendor.cancelTask === undefined &&
		vendor.getBalance === undefined &&
		isFetching(vendor),
);

/** What users call a vendor. */
export function nameOf(id: string): string {
	const vendor = vendors.find((each) => each.id === id);
	if (vendor === undefined) throw new Error(`No vendor ${id}`);
	return vendor.displayName;
}

/** The type of a vendor's credential. */
export function credentialTypeOf(id: string): string {
	const vendor = vendors.find((each) => each.id === id);
	if (vendor === undefined) throw new Error(`No vendor ${id}`);
	return vendor.credentialType;
}
