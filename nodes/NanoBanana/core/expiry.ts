/** Signatures of URLs, with a date that they begin at and the seconds that they last. */
const signedFor: ReadonlyArray<readonly [begin: string, seconds: string]> = [
	['x-amz-date', 'x-amz-expires'],
	['x-goog-date', 'x-goog-expires'],
	['x-oss-date', 'x-oss-expires'],
];

/** Parameters with the moment itself, in seconds since the epoch or as a date. */
const signedUntil = ['expires', 'expiry', 'exp', 'se', 'x-expires'] as const;

/** When a signed URL expires by its own parameters, in milliseconds since the epoch. */
export function expiresAtMs(text: string): number | undefined {
	if (!URL.canParse(text)) return undefined;
	const parameters = new Map(
		[...new URL(text).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
	);
	for (const [begin, seconds] of signedFor) {
		const beginsAtMs = compactDate(parameters.get(begin));
		const lastsMs = Number(parameters.get(seconds)) * 1000;
		if (Number.isFinite(beginsAtMs + lastsMs)) return beginsAtMs + lastsMs;
	}
	for (const name of signedUntil) {
		const value = parameters.get(name) ?? '';
		// Some count in milliseconds. A small number is a duration, whose begin nobody knows.
		const number = /^\d{10,13}$/.test(value) ? Number(value) : Number.NaN;
		const moment = number < 1e11 ? number * 1000 : number;
		const atMs = Number.isNaN(moment) && /^\d{4}-/.test(value) ? Date.parse(value) : moment;
		if (Number.isFinite(atMs)) return atMs;
	}
	return undefined;
}

/** `20261129T131500Z` */
function compactDate(text = ''): number {
	const [, year, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i.exec(text) ?? [];
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Statuses of an address behind which nothing is any more, or nothing that this URL opens. */
const goneStatuses: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * Whether the answer to a download says that its URL has expired, for certain or as the likeliest reason;
 * undefined where it says something else. Hosts of files answer so with several statuses.
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
