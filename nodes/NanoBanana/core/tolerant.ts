/**
 * Readers of loosely typed answers: missing, null and "" are the same, and a value of another type counts
 * as missing instead of breaking the reader.
 */

export function textOf(value: unknown): string | undefined {
	if (typeof value === 'string') return value.trim() === '' ? undefined : value;
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return undefined;
}

export function numberOf(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Readonly<Record<string, unknown>>)
		: undefined;
}

export function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

/** The texts of a list, in order; other entries are left out. */
export function textsOf(value: unknown): readonly string[] {
	return listOf(value).flatMap((entry) => textOf(entry) ?? []);
}

/**
 * Parses JSON, or returns undefined. A byte order mark before it is skipped. Whole numbers that a
 * JavaScript number cannot hold become texts, so that an id keeps its digits.
 */
export function parseJson(text: string): unknown {
	const json = text.startsWith('\ufeff') ? text.slice(1) : text;
	try {
		const parsed = JSON.parse(json) as unknown;
		return /\d{16}/.test(json) ? (JSON.parse(withQuotedNumbers(json)) as unknown) : parsed;
	} catch {
		return undefined;
	}
}

/** The value that a text of JSON holds, also where it was encoded twice; any other value as it is. */
export function jsonWithin(value: unknown): unknown {
	let inner = value;
	for (let times = 0; times < 3 && typeof inner === 'string'; times++) {
		const opening = /^\s{0,100}([[{"])/.exec(inner)?.[1];
		const parsed = opening === undefined ? undefined : parseJson(inner);
		// Words may begin with a quotation mark.
		if (parsed === undefined && (opening === undefined || opening === '"')) return inner;
		inner = parsed;
	}
	return inner;
}

/** Text or number: nothing else in valid JSON can hold a digit. */
const textOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Takes valid JSON only, whose texts are all closed, and reads it once from left to right. */
function withQuotedNumbers(json: string): string {
	return json.replace(textOrNumber, (token) =>
		/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
	);
}

/** Milliseconds since the epoch from a number of milliseconds or a date text. */
export function timeOf(value: unknown): number | undefined {
	const number = numberOf(value);
	if (number !== undefined) return number > 0 ? number : undefined;
	const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isFinite(parsed) ? parsed : undefined;
}

/** The same object without its undefined members, as `exactOptionalPropertyTypes` wants it. */
export function known<Members extends object>(members: Members): Known<Members> {
	return Object.fromEntries(
		Object.entries(members).filter(([, value]) => value !== undefined),
	) as Known<Members>;
}
type Known<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };
