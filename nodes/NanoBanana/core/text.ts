const usualLength = 300;

/** More is never shown, so the patterns below do not look at it. */
const longestRead = 20_000;

/**
 * Tags, also one that is never closed: a browser would close it. "a < b" is not a tag, since a tag begins
 * right behind its bracket. A blank takes the place of a tag, so that the text around it cannot make one.
 */
const tags = /<(?:(script|style)\b[^]*?(?:<\/\1|$)|[a-z/!?])[^<>]*>?/gi;

/** Control characters, and what has no width or changes the direction of a text. */
const invisible =
	// eslint-disable-next-line no-control-regex -- control characters are what is to be removed
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text of a vendor made fit to be shown: one line, no markup, no control characters, shortened. */
export function cleanText(text: string): string {
	return limited(shown(text, ' ').replace(/\s+/g, ' ').trim(), usualLength);
}

/** The same for a text that may be long: its line breaks stay. */
export function cleanLines(text: string, maxLength: number): string {
	const lines = shown(text, '\n').replace(/[^\S\n]+/g, ' ');
	return limited(lines.replace(/ ?\n ?/g, '\n').trim(), maxLength);
}

function shown(text: string, lineBreak: string): string {
	return text
		.slice(0, longestRead)
		.replace(tags, ' ')
		.replace(invisible, (character) => (character === '\n' ? lineBreak : ' '))
		.replace(/\bBearer\s{1,20}\S+/gi, 'Bearer …');
}

function limited(text: string, maxLength: number): string {
	if (text.length <= maxLength) return copied(text);
	// Half a surrogate pair at the end is not a character.
	const short = text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '');
	return copied(`${short.trimEnd()}…`);
}

/** The same text or JSON by itself: a part of a text keeps the whole text in memory as long as it lives. */
function copied<Json>(json: Json): Json {
	return json === undefined ? json : (JSON.parse(JSON.stringify(json)) as Json);
}

/** A text of a vendor that is longer is shown by its beginning, as are longer lists and larger objects. */
const longestText = 2_000;
const mostEntries = 200;

/** For all that is shown of one answer. */
const mostCharacters = 50_000;

const rest = '…';

/**
 * An answer of a vendor as it may stand in an item: of the same shape, and of a size that can be saved
 * with every execution, whatever was sent. It keeps nothing of what was left out in memory.
 */
export function shortened(json: unknown): unknown {
	let leftCharacters = mostCharacters;
	const textOf = (text: string): string => {
		const length = Math.min(longestText, Math.max(0, leftCharacters));
		leftCharacters -= Math.min(text.length, length) + 1;
		return text.length <= length ? text : `${text.slice(0, length)}${rest}`;
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
