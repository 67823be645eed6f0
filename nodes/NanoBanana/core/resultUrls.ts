import type { Failure } from './failure';
import { failureSentence } from './httpFailure';
import { inlineImage } from './inlineImage';
import type { ImageSource } from './task';
import { parseUrl, refusalOfVendorUrl } from './urls';

/** No task asks for more than six images; a longer list from a vendor is not trusted. */
const maxImagesOfTask = 12;

/**
 * The images that a vendor names, safe to download and to pass on. A refusal replaces an unsafe URL. An
 * image within the answer becomes content.
 *
 * @param answeredAt the address that gave the answer
 */
export function checkedImages(
	images: readonly ImageSource[],
	baseUrl: string,
	answeredAt: string,
): readonly ImageSource[] {
	return images.slice(0, maxImagesOfTask).map(({ url: text }) => {
		const content = inlineImage(text);
		if (content !== undefined) return { url: '', content };
		const url = wholeUrl(text, answeredAt);
		const refusal = refusalOfVendorUrl(url, baseUrl);
		// The parsed URL, so that the node uses exactly the checked one.
		return refusal === undefined ? { url: new URL(url).toString() } : { url: '', refusal };
	});
}

/** The name of a host, or its number, at the beginning of an address without a scheme. */
const hostFirst =
	/^(?:localhost|(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,63}|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?\/./iu;

/** Whether an address without a scheme begins with its host. */
export function startsWithHost(address: string): boolean {
	return hostFirst.test(address);
}

/**
 * The full URL of an image: some vendors leave out the scheme, or the host as well. A path without a
 * leading slash starts at the host, because JSON has no page with a folder.
 */
function wholeUrl(text: string, answeredAt: string): string {
	const address = text.trim();
	const { protocol, origin } = new URL(answeredAt);
	if (startsWithHost(address)) return `${protocol}//${address}`;
	const hasScheme = /^[a-z][a-z\d+.-]*:/i.test(address);
	const isSentence = /\s/.test(address) && !address.startsWith('/');
	if (hasScheme || isSentence) return address;
	const base = address.startsWith('.') ? answeredAt : origin;
	return parseUrl(address, base)?.toString() ?? address;
}

/** The failure of an image whose address was refused; undefined where it may be downloaded. */
export function refusalOfImage(vendorName: string, { refusal }: ImageSource): Failure | undefined {
	if (refusal === undefined) return undefined;
	return {
		reason: 'downloadRefused',
		message: failureSentence(vendorName, 'downloadFailed', refusal),
	};
}
