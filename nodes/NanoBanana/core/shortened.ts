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
