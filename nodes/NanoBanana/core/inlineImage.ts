import { sniffMediaType } from './imageType';
import { speaksOfModeration } from './moderation';

/**
 * Images within JSON: as a `data:` URI or as base64. They go into n8n's storage like every other image.
 * Their bytes must not appear in an item, a message or a saved execution.
 */

/** Base64 in either alphabet, broken into lines or not. */
const base64Text = /^[A-Za-z0-9+/_=\s-]*$/;

/** This many characters hold the signature of every type. */
const signatureCharacters = 56;

/** The shortest image is longer. */
const shortestImage = 32;

/** The base64 of the image that a text is; undefined where it is something else. */
export function inlineImage(text: string): string | undefined {
	const content = contentOf(text);
	if (content === undefined || content.length < shortestImage) return undefined;
	return isImage(content) && base64Text.test(content) ? content : undefined;
}

/** The part behind `data:image/png;base64,`; some vendors leave the scheme out. */
function contentOf(text: string): string | undefined {
	const head = text.slice(0, 300);
	const base64 = /^\s{0,9}(?:data:)?[\w/+.;=-]{0,200}\bbase64,/i.exec(head);
	if (base64 !== null) return text.slice(base64[0].length).trim();
	const encoded = /^\s{0,9}data:[^,]{0,200},/i.exec(head);
	return encoded === null
		? text.trim()
		: Buffer.from(percentDecoded(text.slice(encoded[0].length)), 'latin1').toString('base64');
}

function percentDecoded(text: string): string {
	return text.replace(/%([\da-f]{2})/gi, (_escape, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}

/** Decides by the first bytes. */
function isImage(base64: string): boolean {
	return sniffMediaType(Buffer.from(base64.slice(0, signatureCharacters), 'base64')) !== undefined;
}

/** Base64 within a text, also in JSON that is a text of JSON, with what announces it. */
const inText = /(?:data:[\w/+.;=-]{1,100},)?((?:[A-Za-z0-9+/_-]|\\\/){32,}={0,2})/g;

/** The text with a word in the place of the bytes of each image. */
export function withoutImages(text: string): string {
	return text.replace(inText, (found, base64: string) =>
		isImage(base64.replaceAll('\\', '')) ? '[image]' : found,
	);
}

/** Images that a text shows: as Markdown does, or as `data:` URIs. */
const shownInText =
	/!\[[^\]]{0,500}\]\(\s{0,9}<?([^\s)>]{8,})|(data:image\/[\w.+-]{1,40};base64,[A-Za-z0-9+/_=-]{32,})/g;

/** The URL of a file that is named like an image, in a Markdown link or not. */
const fileInText =
	/\bhttps?:\/\/[^\s<>"'()[\]?#]{3,2000}\.(?:png|jpe?g|webp|gif|avif|heic|bmp|tiff?|jxl)(?:[?#][^\s<>"'()[\]]+)?(?=\.?(?:$|[\s<>"'()[\],;:!?]))/gi;

/** A refusal or a question may name the reference that it is about. */
const aboutReference =
	/[?\uff1f](?=\s|$)|\b(?:sorry|unable|cannot|can ?not|can['\u2019]?t|could ?n(?:o|['\u2019]?)t|won['\u2019]?t|not able|no puedo|leider|kann nicht)\b|\u65e0\u6cd5|\u4e0d\u80fd|\u62b1\u6b49|\u62d2\u7edd|\u043d\u0435 \u043c\u043e\u0433\u0443/i;

/** Whether a text is the URL of a file that is named like an image, and nothing else. */
export function isImageUrl(text: string): boolean {
	return text.trim() !== '' && text.trim().match(fileInText)?.[0] === text.trim();
}

/** The addresses or contents of the images that a text shows. A text may be nothing but addresses. */
export function imagesInText(text: string): readonly string[] {
	const shown = [...text.matchAll(shownInText)].flatMap(
		([, image, content]) => image ?? content ?? [],
	);
	if (shown.length > 0) return shown;
	const words = text.trim().split(/\s+/, 20);
	if (words.every((word) => /^https?:\/\/\S{4}/i.test(word))) return words;
	const around = text.replaceAll(fileInText, ' ');
	if (aboutReference.test(around) || speaksOfModeration(around)) return [];
	return [...new Set(text.match(fileInText) ?? [])];
}
