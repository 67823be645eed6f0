/** A shorter text is found where no key is meant. */
const shortestPiece = 10;

/**
 * Cuts a key, and every longer piece of it, out of texts: some services repeat a key in part. Encoded
 * forms are cut out too.
 */
export function keyCutter(key: string): (text: string) => string {
	const forms = [
		key,
		encodeURIComponent(key),
		JSON.stringify(key).slice(1, -1),
		Buffer.from(key).toString('base64').replace(/=+$/, ''),
		Buffer.from(key).toString('hex'),
	];
	const length = Math.min(shortestPiece, key.length);
	const pieces = new Set(forms.flatMap((form) => piecesOf(form, length)));
	return (text) => withoutPieces(text, pieces, length);
}

/** The same for all texts inside a JSON value, names of members included. */
export function cutFromJson(value: unknown, cut: (text: string) => string): unknown {
	if (typeof value === 'string') return cut(value);
	if (Array.isArray(value)) return value.map((entry) => cutFromJson(entry, cut));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [cut(name), cutFromJson(member, cut)]),
	);
}

function piecesOf(text: string, length: number): string[] {
	return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) =>
		text.slice(start, start + length),
	);
}

function withoutPieces(text: string, pieces: ReadonlySet<string>, length: number): string {
	let result = '';
	let keptFrom = 0;
	for (let start = 0; start + length <= text.length;) {
		if (!pieces.has(text.slice(start, start + length))) {
			start++;
			continue;
		}
		let end = start + length;
		while (end < text.length && pieces.has(text.slice(end - length + 1, end + 1))) end++;
		result += `${text.slice(keptFrom, start)}…`;
		keptFrom = end;
		start = end;
	}
	return result + text.slice(keptFrom);
}
