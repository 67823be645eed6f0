import type { Failure } from './failure';
import { failureSentence } from './httpFailure';
import type { ImageSource } from './task';
import { refusalOfVendorUrl } from './urls';

/** No task asks for more than six images; a longer list from a vendor is not trusted. */
const maxImagesOfTask = 12;

/**
 * The images that a vendor names, safe to download and to hand on. A refusal takes the place of an unsafe
 * address.
 */
export function checkedImages(
	images: readonly ImageSource[],
	baseUrl: string,
): readonly ImageSource[] {
	return images.slice(0, maxImagesOfTask).map(({ url }) => {
		const refusal = refusalOfVendorUrl(url, baseUrl);
		// The parsed URL, so that the node uses exactly the checked one.
		return refusal === undefined ? { url: new URL(url).toString() } : { url: '', refusal };
	});
}

/** The failure of an image whose address was refused; undefined where it may be downloaded. */
export function refusalOfImage(vendorName: string, { refusal }: ImageSource): Failure | undefined {
	if (refusal === undefined) return undefined;
	return {
		reason: 'downloadRefused',
		message: failureSentence(vendorName, 'downloadFailed', refusal),
	};
}
