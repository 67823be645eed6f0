import { withoutImages } from './inlineImage';

const usualLength = 300;

/** Longer text is never shown, so the patterns below do not read it. */
const longestRead = 20_000;

/**
 * Tags, also one that is never closed: a browser would close it. "a < b" is not a tag, since a tag begins
 * right behind its bracket. A blank takes the place of a tag, so that the text around it cannot form one.
 */
const tags = /<(?:(script|style)\b[^]*?(?:<\/\1|$)|[a-z/!?])[^<>]*>?/gi;

/** Control characters, and those without width or that change the direction of a text. */
const invisible =
	// eslint-disable-next-line no-control-regex -- this pattern removes control characters
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A vendor's text made fit to be shown: one line, no markup, no control characters, shortened. */
export function cleanText(text: string): string {
	return limited(shown(text, ' ').replace(/\s+/g, ' ').trim(), usualLength);
}

/** The same for a text that may be long: its line breaks stay. */
export function cleanLines(text: string, maxLength: number): string {
	const lines = shown(text, '\n').replace(/[^\S\n]+/g, ' ');
	return limited(lines.replace(/ ?\n ?/g, '\n').trim(), maxLength);
}

function shown(text: string, lineBreak: string): string {
	return withoutTitle(withoutImages(text.slice(0, longestRead)))
		.replace(tags, ' ')
		.replace(invisible, (character) => (character === '\n' ? lineBreak : ' '))
		.replace(/\bBearer\s{1,20}\S+/gi, 'Bearer …');
}

const titleOfPage = /<title\b[^<>]*>([^<>]*)<\/title\s*>/i;

/** Pages of gateways show their title once more as a heading. */
function withoutTitle(text: string): string {
	const page = titleOfPage.exec(text);
	const title = page?.[1]?.trim() ?? '';
	if (page === null || title === '') return text;
	const behind = text.slice(page.index + page[0].length);
	return behind.includes(title) ? `${text.slice(0, page.index)} ${behind}` : text;
}

function limited(text: string, maxLength: number): string {
	if (text.length <= maxLength) return copied(text);
	// Half a surrogate pair at the end is not a character.
	const short = text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '');
	return copied(`${short.trimEnd()}…`);
}

/** A copy of a text or of JSON: a part of a text keeps the whole text in memory as long as it lives. */
function copied<Json>(json: Json): Json {
	return json === undefined ? json : (JSON.parse(JSON.stringify(json)) as Json);
}

/** Only the beginning of a vendor's longer text is shown, and of longer lists and larger objects. */
const longestText = 2_000;
const mostEntries = 200;

/** The limit for everything shown of one answer. */
const mostCharacters = 50_000;

const rest = '…';

/**
 * A vendor's answer for an item: of the same shape, and small enough to be saved with every execution.
 * Omitted parts do not stay in memory.
 */
export function shortened(json: unknown): unknown {
	let leftCharacters = mostCharacters;
	const textOf = (text: string): string => {
		const length = Math.min(longestText, Math.max(0, leftCharacters));
		leftCharacters -= Math.min(text.length, length) + 1;
		const shownPart = withoutImages(text.slice(0, length));
		return text.length <= length ? shownPart : `${shownPart}${rest}`;
	};
	const valueOf = (value: unknown): unknown => {
		if (typeof value === 'string') return textOf(value);
		if (typeof value !== 'object' || value === null) {
			leftCharacters -= 1;
			return value;
		}
		if (leftCharacters <= 0) return rest;
		if (Array.isArray(value)) {
			const entries = value.slice(0, mostEntries).map(valueOf);
			return value.length <= mostEntries ? entries : [...entries, rest];
		}
		const members = Object.entries(value);
		const kept = members.slice(0, mostEntries).map(([name, each]) => [textOf(name), valueOf(each)]);
		return Object.fromEntries(members.length <= mostEntries ? kept : [...kept, [rest, rest]]);
	};
	return copied(valueOf(json));
}

/** The text with U+FFFD for each half of a surrogate pair, as every encoder of UTF-8 would write it. */
export function wellFormed(text: string): string {
	return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The same for JSON, in which `JSON.stringify` has written each half as an escape. */
export function wellFormedJson(json: string): string {
	return json.replace(/\\(?:u(d[89a-f])..|.)/g, (escape, half: string | undefined) =>
		half === undefined ? escape : '\ufffd',
	);
}
