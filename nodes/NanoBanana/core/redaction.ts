/** Removes a secret from an answer that repeats it, in any spelling. */
export interface Redaction {
	/** The text without the secret. The time grows linearly with the length of the text. */
	text(text: string): string;
	/** The same for every text, number and name of a member of parsed JSON. */
	value(json: unknown): unknown;
}

const mask = '…';

/** A shorter secret may be a part of any word, so it is removed only where it is a whole word. */
const shortestUnmistakable = 8;

/**
 * A secret like this may be a word of the protocol, such as "success" or 200. It stays where it is a whole
 * value or member name: without it nobody could read the answer, and a paid task would be lost.
 */
const wordOfProtocol = /^(?:[a-z_]{1,15}|\d{1,7})$/i;

/** No answer of a vendor is deeper, and n8n could not save one that is. */
const maxDepth = 100;

/**
 * The redaction of a secret. JSON must be parsed first, so that its escapes hide nothing. Encodings that a
 * reader may decode are found as well: the escapes of JSON within JSON, URL-encoding, entities of HTML,
 * hexadecimal, and base64 of any text that holds the secret.
 *
 * @param secret printable ASCII without blanks, at least one character
 */
export function redactionOf(secret: string): Redaction {
	const isShort = secret.length < shortestUnmistakable;
	const mayBeWord = wordOfProtocol.test(secret);
	const inBase64 = isShort ? [secret, `Bearer ${secret}`].map(base64Of) : base64Cores(secret);
	const plain = new RegExp([...secret].map(literally).join(''), 'i');
	const fragments = inBase64.map(longestFragment);
	// Preparing these two takes long, and few texts need them.
	const spelled = once(() =>
		anyOf([secret], spellingsOf, '', isShort ? '[a-z0-9]' : undefined, 'gi'),
	);
	const encoded = once(() =>
		anyOf(inBase64, spellingsInBase64, lineBreaks, isShort ? '[A-Za-z0-9+/_-]' : undefined, 'g'),
	);
	const hexadecimal = anyOf([Buffer.from(secret).toString('hex')], String, '', '[0-9a-f]', 'gi');

	const mayBeSpelled = (from: string): boolean => escapes.test(from) || plain.test(from);
	const mayBeEncoded = (from: string): boolean => {
		const joined = from.replace(anyLineBreak, '');
		return fragments.some((fragment) => joined.includes(fragment));
	};
	const text = (from: string): string => {
		// No spelling is shorter than the secret, and most texts of an answer are.
		if (from.length < secret.length) return from;
		const unspelled = mayBeSpelled(from) ? from.replace(spelled(), mask) : from;
		const decoded = mayBeEncoded(unspelled) ? unspelled.replace(encoded(), mask) : unspelled;
		return decoded.replace(hexadecimal, mask);
	};
	const valueOrName = (from: string): string => (mayBeWord && from === secret ? from : text(from));
	const valueAt = (json: unknown, depth: number): unknown => {
		if (typeof json === 'string') return valueOrName(json);
		if (typeof json === 'number') return valueOrName(String(json)) === String(json) ? json : mask;
		if (typeof json !== 'object' || json === null) return json;
		if (depth === maxDepth) return mask;
		if (Array.isArray(json)) return json.map((each) => valueAt(each, depth + 1));
		return Object.fromEntries(
			Object.entries(json).map(([name, each]) => [valueOrName(name), valueAt(each, depth + 1)]),
		);
	};
	return { text, value: (json) => valueAt(json, 0) };
}

/** A spelling of a secret that is not the secret itself holds one of these: see `spellingsOf`. */
const escapes = /\\|(?:%|[ux]\{?0{0,4})[2-7][\da-f]|&[#aglq]/i;

/** Base64 may be broken into lines, also where the line breaks are escaped. */
const lineBreak = String.raw`\s|\\{1,4}[rn]`;
const lineBreaks = `(?:${lineBreak}){0,4}`;
const anyLineBreak = new RegExp(lineBreak, 'g');

/**
 * Every repetition in these patterns has an upper bound, so that a match takes linear time.
 *
 * @param edge a pattern that must not match beside the secret; undefined: anything may stand there
 */
function anyOf(
	texts: readonly string[],
	spellings: (character: string) => string,
	between: string,
	edge: string | undefined,
	flags: string,
): RegExp {
	const alternatives = texts.map((each) => [...each].map(spellings).join(between)).join('|');
	return new RegExp(
		edge === undefined ? alternatives : `(?<!${edge})(?:${alternatives})(?!${edge})`,
		flags,
	);
}

const entityNames: Readonly<Record<string, string>> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

/** An ASCII character as itself, behind backslashes, and by its number, however often encoded. */
function spellingsOf(character: string): string {
	const decimal = character.charCodeAt(0);
	// In either case, even where the pattern around it is case-sensitive.
	const hex = decimal
		.toString(16)
		.padStart(2, '0')
		.replace(/[a-f]/, (letter) => `[${letter}${letter.toUpperCase()}]`);
	const entity = Object.hasOwn(entityNames, character) ? `|${entityNames[character]}` : '';
	const backslashes = String.raw`(?:\\|%(?:25){0,4}5c){0,8}`;
	return `${backslashes}(?:${literally(character)}|[ux]\\{?0{0,4}${hex}\\}?|%(?:25){0,4}${hex}|&(?:amp;){0,4}(?:#0{0,6}${decimal}|#x0{0,6}${hex}${entity});?)`;
}

function spellingsInBase64(character: string): string {
	if (character === '+') return `(?:${spellingsOf('+')}|-)`;
	return character === '/' ? `(?:${spellingsOf('/')}|_)` : character;
}

function literally(character: string): string {
	return character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
}

function base64Of(text: string): string {
	return Buffer.from(text).toString('base64').replace(/=/g, '');
}

/**
 * The longest part that is in every spelling of a base64 text, line breaks left out. It does not contain
 * the first character: after a backslash, "n" may be that character or a line break.
 */
function longestFragment(encoded: string): string {
	const fragments = encoded.slice(1).split(/[+/]/);
	return fragments.reduce((longest, each) => (each.length > longest.length ? each : longest));
}

function once<Value extends object>(make: () => Value): () => Value {
	let made: Value | undefined;
	return () => (made ??= make());
}

/** The parts of the secret's base64 that do not depend on the text around the secret. */
function base64Cores(secret: string): readonly string[] {
	return [0, 1, 2].map((before) => {
		const encoded = base64Of('\0'.repeat(before) + secret);
		const isOfSecretAlone = (position: number): boolean =>
			position * 6 >= before * 8 && (position + 1) * 6 <= (before + secret.length) * 8;
		return [...encoded].filter((_character, position) => isOfSecretAlone(position)).join('');
	});
}
