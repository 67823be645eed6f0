import { stringify } from 'flatted';

import type { RunResult } from './runWorkflow';

/** How a vendor may write the key into an answer: as it stands between the quotes of a JSON text. */
export const spellings: Readonly<Record<string, (key: string) => string>> = {
	plain: (key) => inJson(key),
	'with escaped slashes, as PHP does': (key) => inJson(key).replaceAll('/', '\\/'),
	'with \\u0026, as Go does': (key) =>
		inJson(key).replace(/[&<>]/g, (character) => unicodeEscape(character)),
	'with every character escaped': (key) => [...key].map(unicodeEscape).join(''),
	'with capitals in the escapes': (key) =>
		[...key].map((character) => unicodeEscape(character).toUpperCase().replace('U', 'u')).join(''),
	'with one character escaped': (key) =>
		inJson(key.slice(0, 3)) + unicodeEscape(key[3]!) + inJson(key.slice(4)),
	'escaped within a JSON text within the JSON': (key) =>
		inJson(`{"key":"${[...key].map(unicodeEscape).join('')}"}`),
	'with escaped slashes within a JSON text within the JSON': (key) =>
		inJson(`{"key":"${inJson(key).replaceAll('/', '\\/')}"}`),
	'URL-encoded': (key) => encodeURIComponent(key),
	'URL-encoded in lower case': (key) =>
		encodeURIComponent(key).replace(/%../g, (code) => code.toLowerCase()),
	'URL-encoded, every second character': (key) =>
		[...key]
			.map((character, index) => (index % 2 === 0 ? percent(character) : inJson(character)))
			.join(''),
	'URL-encoded twice': (key) => encodeURIComponent(encodeURIComponent(key)),
	'in another case': (key) => inJson(key.toUpperCase()),
	'as entities of HTML': (key) =>
		[...key].map((character) => `&#${character.charCodeAt(0)};`).join(''),
	'in base64': (key) => Buffer.from(key).toString('base64'),
	'in base64, with Bearer before it': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
	'in base64, within a JSON text, without padding': (key) =>
		Buffer.from(`{"k":"${key}","n":1}`).toString('base64').replace(/=+$/, ''),
	'in base64url': (key) => Buffer.from(`u:${key}`).toString('base64url'),
	'in base64, its slashes escaped': (key) =>
		Buffer.from(`>>>???${key}`).toString('base64').replaceAll('/', '\\/'),
	'in base64, URL-encoded': (key) =>
		encodeURIComponent(Buffer.from(`basic:${key}`).toString('base64')),
	'in base64, in lines of 20': (key) =>
		Buffer.from(`the key is ${key} and no other`).toString('base64').replace(/.{20}/g, '$&\\r\\n'),
	'in hexadecimal': (key) => Buffer.from(key).toString('hex'),
};

/** The texts of a run, names of members among them, in which the key stands in any spelling. */
export function textsWithKey(result: RunResult, key: string): readonly string[] {
	const { error, items, errorItems, run, log } = result;
	const texts = [
		...textsIn([items, errorItems]),
		// As n8n writes an execution into its database.
		...textsIn(JSON.parse(stringify(run.data))),
		...[error?.message, error?.description, error?.stack].flatMap((text) => text ?? []),
		...log,
	];
	return [...new Set(texts)].filter((text) => holdsKey(text, key));
}

function textsIn(value: unknown): string[] {
	if (typeof value === 'string' || typeof value === 'number') return [String(value)];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, each]) => [name, ...textsIn(each)]);
}

/** Whether a text holds the key after any decoding that somebody would try, in any order. */
export function holdsKey(text: string, key: string): boolean {
	const wanted = key.toLowerCase();
	const seen = new Set<string>();
	let level = [text];
	for (let depth = 0; depth < 4; depth++) {
		for (const each of level) if (each.toLowerCase().includes(wanted)) return true;
		level = level.flatMap((each) => {
			const decoded = decoders.map((decode) => decode(each)).filter((next) => !seen.has(next));
			for (const next of decoded) seen.add(next);
			return decoded;
		});
	}
	return false;
}

const decoders: ReadonlyArray<(text: string) => string> = [
	(text) =>
		text.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_match, code: string | undefined, other: string) =>
			code === undefined ? other : String.fromCharCode(Number.parseInt(code, 16)),
		),
	(text) =>
		text.replace(/%([0-9a-f]{2})/gi, (_match, code: string) =>
			String.fromCharCode(Number.parseInt(code, 16)),
		),
	(text) => text.replace(/&#(\d+);/g, (_match, code: string) => String.fromCharCode(Number(code))),
	(text) =>
		(
			text
				.replace(/(\\+r)?\\+n|\s/g, '')
				.replaceAll('\\', '')
				.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []
		)
			.flatMap((run) =>
				[0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('latin1')),
			)
			.join('\n'),
	(text) =>
		(text.match(/[0-9a-f]{16,}/gi) ?? [])
			.map((run) => Buffer.from(run, 'hex').toString('latin1'))
			.join('\n'),
];

function inJson(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}

function unicodeEscape(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function percent(character: string): string {
	return `%${character.charCodeAt(0).toString(16)}`;
}
