import { parseUrl } from './urls';

/** The parameters of signed URLs that hold the start and the lifetime in seconds. */
const signedFor: ReadonlyArray<readonly [begin: string, seconds: string]> = [
	['x-amz-date', 'x-amz-expires'],
	['x-goog-date', 'x-goog-expires'],
	['x-oss-date', 'x-oss-expires'],
];

/** The parameters that hold the end itself, in seconds since the epoch or as a date. */
const signedUntil = ['expires', 'expiry', 'exp', 'se', 'x-expires'] as const;

/** When a signed URL expires by its own parameters, in milliseconds since the epoch. */
export function expiresAtMs(text: string): number | undefined {
	const url = parseUrl(text);
	if (url === undefined) return undefined;
	const parameters = new Map(
		[...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]),
	);
	for (const [begin, seconds] of signedFor) {
		const beginsAtMs = compactDate(parameters.get(begin));
		const lastsMs = Number(parameters.get(seconds)) * 1000;
		if (Number.isFinite(beginsAtMs + lastsMs)) return beginsAtMs + lastsMs;
	}
	for (const name of signedUntil) {
		const value = parameters.get(name) ?? '';
		// Some vendors count in milliseconds. A small number is a duration with an unknown start.
		const number = /^\d{10,13}$/.test(value) ? Number(value) : Number.NaN;
		const moment = number < 1e11 ? number * 1000 : number;
		const atMs = Number.isNaN(moment) && /^\d{4}-/.test(value) ? Date.parse(value) : moment;
		if (Number.isFinite(atMs)) return atMs;
	}
	return undefined;
}

/** Reads a date such as `20261129T131500Z`. */
function compactDate(text = ''): number {
	const [, year, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i.exec(text) ?? [];
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Statuses of a URL whose file is gone, or that no longer opens its file. */
const goneStatuses: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * Whether the answer to a download says that its URL has expired, for certain or as the likeliest reason;
 * undefined if it says something else. File hosts use several statuses for this.
 */
export function expiryOf(answer: {
	readonly status: number;
	readonly url: string;
	/** The beginning of the answer. */
	readonly words: string;
	readonly nowMs: number;
}): 'expired' | 'gone' | undefined {
	const { status, url, words, nowMs } = answer;
	if (status < 400 || status > 499 || status === 408 || status === 429) return undefined;
	const saysSo = /expire|no longer (valid|available)|has been (deleted|removed)/i.test(words);
	if (saysSo || status === 410 || (expiresAtMs(url) ?? Infinity) <= nowMs) return 'expired';
	return goneStatuses.has(status) ? 'gone' : undefined;
}
