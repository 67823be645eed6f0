import { imagesInText, inlineImage, isImageUrl } from './inlineImage';
import { startsWithHost } from './resultUrls';
import type { ImageSource } from './task';
import { jsonWithin, listOf, objectOf } from './tolerant';

/**
 * Finds the images in a vendor's answer: URLs of any kind, base64, `data:` URIs, alone, in lists or in
 * objects. `resultUrls` decides later whether they may be used.
 */

/**
 * The images of a task.
 *
 * @param documented the value at the place that the vendor's page names
 * @param results where else the images may be; the first that has any counts
 */
export function imagesOf(
	documented: unknown,
	...results: readonly unknown[]
): readonly ImageSource[] {
	const named = sourcesIn(documented);
	if (named.length > 0) return named;
	for (const result of results) {
		const found = sourcesWithin(result);
		if (found.length > 0) return found;
	}
	return [];
}

/** The images of the first list of several; members side by side may be copies of one image. */
export function severalImagesIn(result: unknown, depth = 0): readonly ImageSource[] {
	if (depth > maxDepth) return [];
	const value = jsonWithin(result);
	const listed = distinct(
		listOf(value)
			.slice(0, maxEntries)
			.flatMap((entry) => sourcesWithin(entry).slice(0, 1)),
	);
	if (listed.length > 1) return listed;
	for (const [, member] of partsOf(['', value])) {
		const several = severalImagesIn(member, depth + 1);
		if (several.length > 1) return several;
	}
	return [];
}

/** Members whose text is the address or the content of an image, in lower case without `_`. */
const members: ReadonlySet<string> = new Set([
	...['url', 'uri', 'href', 'src', 'imageurl', 'imageuri', 'fileurl', 'fileuri', 'downloadurl'],
	...['b64json', 'imagebase64', 'base64', 'b64', 'bytesbase64encoded', 'imagebytes', 'imagedata'],
	...['inlinedata', 'filedata', 'image', 'data'],
]);

/** These are read where no better name has an image. */
const lesserName =
	/^(?:signed|presigned|public|cdn|hosted|storage|media|asset|picture|photo|image|file|download|generated|output|result|final)(?:image|file)?(?:url|uri|link)$/;

/** Members of `urls` that name one image in several sizes. */
const sizeName = /^(?:original|full|fullsize|large|hd|[124]k|png|jpe?g|webp)$/;

/** The images that a value lists, or that it is. */
function sourcesIn(packed: unknown, depth = 0): readonly ImageSource[] {
	if (depth > maxDepth) return [];
	const value = jsonWithin(packed);
	if (typeof value === 'string') return value.trim() === '' ? [] : [{ url: value }];
	if (Array.isArray(value)) {
		return value.slice(0, maxEntries).flatMap((entry) => sourcesIn(entry, depth + 1));
	}
	const copies = Object.entries(objectOf(value) ?? {})
		.filter(([name]) => members.has(plain(name)))
		.map(([, member]) => sourcesIn(member, depth + 1))
		.filter((sources) => sources.length > 0);
	// An id, a media type or a path of the vendor's own may stand beside the URL.
	const best = (isBest: (text: string) => boolean) =>
		copies.find((sources) => sources.some(({ url }) => isBest(url)));
	return best(isWhole) ?? best(looksLikeUrl) ?? copies[0] ?? [];
}

/** Members with the images of a result. */
const lists: ReadonlySet<string> = new Set([
	...['urls', 'images', 'imageurls', 'outputurls', 'resulturls', 'generatedimages', 'outputs'],
	...['primaryurl', 'resulturl', 'outputurl', 'outputimage', 'outputimages'],
	...['output', 'result', 'results'],
]);

/** The request that an answer repeats may hold images, too. */
const request =
	/^(?:prompt|params?|request|imageinput|inputs?|inputimages?|inputurls?|references?|reference(?:image|url|imageurl)s?|ref(?:image|url)s?|(?:source|init|mask)(?:image|url|imageurl)?s?)$/;

const maxDepth = 8;
const maxEntries = 100;

type Part = readonly [name: string, value: unknown];

/** The images anywhere in a result, or the result itself, the outermost first. */
function sourcesWithin(result: unknown): readonly ImageSource[] {
	let level: readonly Part[] = [['image', [result]]];
	let likely: readonly ImageSource[] = [];
	for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
		const inner: Part[] = [];
		const found: ImageSource[] = [];
		const lesser: ImageSource[] = [];
		for (const [name, packed] of level.flatMap(partsOf)) {
			const value = jsonWithin(packed);
			if (typeof value !== 'string') {
				const sources = lists.has(name) ? sourcesIn(value) : [];
				if (sources.length > 0) found.push(...sources);
				else if (typeof value === 'object') inner.push([name, value]);
				continue;
			}
			const isNamed = members.has(name) || lists.has(name);
			if (isInline(value) || (isNamed && looksLikeUrl(value))) found.push({ url: value });
			else if (isNamed) found.push(...imagesInText(value).map((url) => ({ url })));
			else if (isLesser(name, value)) lesser.push({ url: value });
		}
		// The same image may stand in several members.
		if (found.length > 0) return distinct(found);
		if (likely.length === 0) likely = distinct(lesser);
		level = inner.slice(0, maxEntries);
	}
	return likely;
}

/** The entries of a list whose own name says nothing. */
const entryName = '[]';

/** The entries of a list, or the members of an object without the request. */
function partsOf([name, value]: Part): readonly Part[] {
	if (Array.isArray(value)) {
		const named = members.has(name) || lists.has(name) ? name : entryName;
		return value.slice(0, maxEntries).map((entry: unknown) => [named, entry]);
	}
	const parts = Object.entries(objectOf(value) ?? {})
		.slice(0, maxEntries)
		.map(([member, each]): Part => [plain(member), each])
		.filter(([member]) => !request.test(member));
	const size = name.endsWith('urls') ? parts.find(([member]) => sizeName.test(member)) : undefined;
	return size === undefined ? parts : [['url', size[1]]];
}

/** Where the name proves little, the URL has to be that of an image. */
function isLesser(name: string, text: string): boolean {
	if (lesserName.test(name)) return looksLikeUrl(text);
	return name === entryName && isImageUrl(text);
}

function distinct(sources: readonly ImageSource[]): readonly ImageSource[] {
	return [...new Map(sources.map((each) => [each.url, each])).values()];
}

function isInline(text: string): boolean {
	return inlineImage(text) !== undefined;
}

function isWhole(text: string): boolean {
	return isInline(text) || /^\s{0,9}https?:/i.test(text);
}

/** Also a path, or a host without a scheme. */
function looksLikeUrl(text: string): boolean {
	if (/^\s{0,9}(?:https?:\/)?\/\S/i.test(text)) return true;
	return startsWithHost(text.trim()) && !/\s/.test(text.trim());
}

function plain(name: string): string {
	return name.toLowerCase().replaceAll(/[_-]/g, '');
}
