import type { ErrorCode } from './failure';
import { cleanText } from './text';
import { objectOf, textOf } from './tolerant';
import type { VendorResponse } from './vendor';

/**
 * The vendor's words for an error, wherever it put them: `error.message`, `error` as text, `detail`,
 * `message`, `msg`, else the raw text.
 */
export function readErrorText(response: VendorResponse): string | undefined {
	const body = objectOf(response.json);
	const error = objectOf(body?.error);
	const detail = objectOf(body?.detail);
	const found =
		textOf(error?.message) ??
		textOf(body?.error) ??
		textOf(body?.detail) ??
		textOf(detail?.message) ??
		textOf(body?.message) ??
		textOf(body?.msg) ??
		(response.json === undefined ? textOf(response.text) : undefined);
	const cleaned = found === undefined ? '' : cleanText(found);
	return cleaned === '' ? undefined : cleaned;
}

/** How Gemini's moderation shows in the free text of vendors. */
const moderation = /moderat|safety|prohibited|blocked|content.?(policy|filter)|nsfw/i;

/** Whether a text says that the prompt or an image was refused for its content. */
export function speaksOfModeration(text: string): boolean {
	return moderation.test(text);
}

/** The first match counts. */
const meanings: ReadonlyArray<readonly [RegExp, ErrorCode]> = [
	[/rate.?limit|too many|concurren|too frequent/i, 'rateLimited'],
	// Errors from behind the vendor speak of keys, parameters and credits that are not the user's.
	[
		/maintenance|unavailable|busy|overload|time.?out|timed.?out|internal|upstream|provider|retrying|gateway|connection/i,
		'vendorUnavailable',
	],
	[/unauthori[sz]ed|authenticat|api.?key|log(ged)?.?in\b|invalid.?token/i, 'authentication'],
	[moderation, 'contentRejected'],
	[/(insufficient|not enough|low|out of).{0,20}(credit|balance|fund)/i, 'insufficientCredit'],
	[
		/(credit|balance|fund)s?.{0,20}(insufficient|not enough|too low|exhaust)/i,
		'insufficientCredit',
	],
	[/forbidden|permission|not.?approved|access.?denied|not.?allowed/i, 'forbidden'],
	[/\b(task|run|job|record)\b.*(not.?found|not.?exist)|no such (task|run|job)/i, 'notFound'],
	[/conflict/i, 'conflict'],
	[/invalid|required|missing|must be|unsupported/i, 'invalidRequest'],
];

/**
 * The meaning of an error by its words, for answers whose HTTP status says nothing (200 with an error in
 * the body). It names the trouble for a reader, and makes nothing certain. Undefined where the words are
 * unknown, too.
 */
export function codeOfWords(words: string): ErrorCode | undefined {
	const start = words.slice(0, 1000);
	return meanings.find(([pattern]) => pattern.test(start))?.[1];
}
