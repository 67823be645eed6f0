const maxLength = 300;

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
	const oneLine = text
		.slice(0, longestRead)
		.replace(tags, ' ')
		.replace(invisible, ' ')
		.replace(/\bBearer\s{1,20}\S+/gi, 'Bearer …')
		.replace(/\s+/g, ' ')
		.trim();
	if (oneLine.length <= maxLength) return oneLine;
	// Half a surrogate pair at the end is not a character.
	const short = oneLine.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '');
	return `${short.trimEnd()}…`;
}

/** A text of a vendor that is longer is shown by its beginning, as are longer lists and larger objects. */
const longestText = 2_000;
const mostEntries = 200;

/** For all that is shown of one answer. */
const mostCharacters = 50_000;

const rest = '…';

/**
 * An answer of a vendor as it may stand in an item: of the same shape, and of a size that can be saved
 * with every execution, whatever was sent.
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
	return valueOf(json);
}
