import { inlineImage } from './inlineImage';
import type { ImageSource } from './task';
import { listOf, objectOf, parseJson } from './tolerant';

/**
 * Finds the images in a vendor's answer: URLs of any kind, base64, `data:` URIs, alone, in lists or in
 * objects. `resultUrls` decides later whether they may be used.
 */

/**
 * The images of a task.
 *
 * @param documented the value at the place that the vendor's page names
 * @param result the whole result, searched if that place has no image
 */
export function imagesOf(documented: unknown, result?: unknown): readonly ImageSource[] {
	const named = sourcesIn(documented);
	return named.length > 0 ? named : sourcesWithin(result);
}

/** Members whose text is the address or the content of an image, in lower case without `_`. */
const members: ReadonlySet<string> = new Set([
	...['url', 'uri', 'href', 'src', 'imageurl', 'imageuri', 'fileurl', 'fileuri', 'downloadurl'],
	...['b64json', 'imagebase64', 'base64', 'b64', 'bytesbase64encoded', 'imagebytes', 'imagedata'],
	...['inlinedata', 'filedata', 'image', 'data'],
]);

/** The images that a value lists, or that it is. */
function sourcesIn(value: unknown, depth = 0): readonly ImageSource[] {
	if (depth > maxDepth) return [];
	if (typeof value === 'string') {
		if (/^\s{0,100}[[{]/.test(value)) return sourcesIn(parseJson(value), depth + 1);
		return value.trim() === '' ? [] : [{ url: value }];
	}
	if (Array.isArray(value)) {
		return value.slice(0, maxEntries).flatMap((entry) => sourcesIn(entry, depth + 1));
	}
	for (const [name, member] of Object.entries(objectOf(value) ?? {})) {
		if (!members.has(plain(name))) continue;
		const sources = sourcesIn(member, depth + 1);
		if (sources.length > 0) return sources;
	}
	return [];
}

/** Members with the images of a result. */
const lists: ReadonlySet<string> = new Set([
	...['urls', 'images', 'imageurls', 'outputurls', 'resulturls', 'generatedimages', 'outputs'],
	...['primaryurl', 'resulturl', 'outputurl', 'outputimage', 'outputimages'],
	...['output', 'result', 'results'],
]);

/** The request that an answer repeats may hold images, too. */
const request: ReadonlySet<string> = new Set([
	...['prompt', 'param', 'params', 'input', 'inputs', 'request', 'imageinput'],
	...['reference', 'references', 'referenceimages'],
]);

const maxDepth = 8;
const maxEntries = 100;

/** The images anywhere in a result, the outermost first. */
function sourcesWithin(result: unknown): readonly ImageSource[] {
	let level: readonly unknown[] = [result];
	for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
		const inner: unknown[] = [];
		const found: ImageSource[] = [];
		for (const value of level) {
			for (const entry of listOf(value).slice(0, maxEntries)) {
				if (isInline(entry)) found.push({ url: entry });
				else inner.push(entry);
			}
			for (const [name, member] of Object.entries(objectOf(value) ?? {}).slice(0, maxEntries)) {
				const plainName = plain(name);
				if (request.has(plainName)) continue;
				if (isInline(member)) {
					found.push({ url: member });
					continue;
				}
				const isList = lists.has(plainName) && typeof member !== 'string';
				const isAddress = (lists.has(plainName) || members.has(plainName)) && looksLikeUrl(member);
				const sources = isList || isAddress ? sourcesIn(member) : [];
				if (sources.length > 0) found.push(...sources);
				else inner.push(member);
			}
		}
		// The same image may stand in several members.
		if (found.length > 0) return [...new Map(found.map((each) => [each.url, each])).values()];
		level = inner.slice(0, maxEntries);
	}
	return [];
}

function isInline(value: unknown): value is string {
	return typeof value === 'string' && inlineImage(value) !== undefined;
}

function looksLikeUrl(value: unknown): boolean {
	return typeof value === 'string' && /^\s{0,9}(?:https?:\/)?\/\S/i.test(value);
}

function plain(name: string): string {
	return name.toLowerCase().replaceAll('_', '');
}
