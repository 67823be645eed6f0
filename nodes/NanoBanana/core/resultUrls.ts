import type { Failure } from './failure';
import { failureSentence } from './httpFailure';
import type { ImageSource } from './task';
import { refusalOfVendorUrl } from './urls';

/** No task is asked for more than six images; a vendor's list that is longer is not trusted. */
const maxImagesOfTask = 12;

/**
 * The images that a vendor names, as they may be asked for and handed on. An address that may not be is
 * gone, and why stands in its place.
 */
export function checkedImages(
	images: readonly ImageSource[],
	baseUrl: string,
): readonly ImageSource[] {
	return images.slice(0, maxImagesOfTask).map(({ url }) => {
		const refusal = refusalOfVendorUrl(url, baseUrl);
		// The parsed URL: what was checked is what is used.
		return refusal === undefined ? { url: new URL(url).toString() } : { url: '', refusal };
	});
}

/** Why an image cannot come; undefined where its address may be asked. */
export function refusalOfImage(vendorName: string, { refusal }: ImageSource): Failure | undefined {
	if (refusal === undefined) return undefined;
	return {
		reason: 'downloadRefused',
		message: failureSentence(vendorName, 'downloadFailed', refusal),
	};
}
