const token =
	/[ \t\n\r]*(?:([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y; // eslint-disable-line no-control-regex -- JSON has none in texts

/** The kinds of places in JSON: for a value, a name, the colon after it, or the end of an entry. */
type Place = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

/**
 * The place of the first mistake in JSON text, from 0; its length if only the end is missing. The messages
 * of JSON.parse differ between versions of Node.js, and some do not name the place.
 */
export function jsonErrorAt(text: string): number {
	const open: Array<'{' | '['> = [];
	let place: Place = 'value';
	let at = 0;
	const afterValue = (): Place => (open.length === 0 ? 'nothing' : 'commaOrEnd');
	for (;;) {
		token.lastIndex = at;
		const found = token.exec(text);
		const start = at + (/^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0);
		if (found === null) return start;
		const [whole, sign, scalar = ''] = found;
		const next = placeAfter(sign ?? (scalar.startsWith('"') ? '"' : '0'), place, open, afterValue);
		if (next === undefined) return start;
		place = next;
		at += whole.length;
	}
}

/** The place behind a sign, a text (`"`) or another scalar (`0`); undefined where it may not stand here. */
function placeAfter(
	sign: string,
	place: Place,
	open: Array<'{' | '['>,
	afterValue: () => Place,
): Place | undefined {
	const isValue = place === 'value' || place === 'valueOrEnd';
	const isName = place === 'name' || place === 'nameOrEnd';
	if (sign === '"' && isName) return 'colon';
	if (sign === '"' || sign === '0') return isValue ? afterValue() : undefined;
	if (sign === '{' || sign === '[') {
		if (!isValue) return undefined;
		open.push(sign);
		return sign === '{' ? 'nameOrEnd' : 'valueOrEnd';
	}
	if (sign === ':') return place === 'colon' ? 'value' : undefined;
	const inside = open.at(-1);
	if (sign === ',') {
		if (place !== 'commaOrEnd') return undefined;
		return inside === '{' ? 'name' : 'value';
	}
	const mayEnd = place === 'commaOrEnd' || place === (sign === '}' ? 'nameOrEnd' : 'valueOrEnd');
	if (!mayEnd || inside !== (sign === '}' ? '{' : '[')) return undefined;
	open.pop();
	return afterValue();
}
