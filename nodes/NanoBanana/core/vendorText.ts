import type { ErrorCode } from './failure';
import { speaksOfModeration, withoutPrompt } from './moderation';
import { cleanText } from './text';
import { listOf, objectOf, parseJson, textOf } from './tolerant';
import type { VendorResponse } from './vendor';

/**
 * The vendor's words for an error, from any of the usual places: `error.message`, `error` as text,
 * `detail`, `message`, `msg`, `errors`, each of them also as a list, else the raw text.
 */
export function readErrorText(response: VendorResponse): string | undefined {
	const body = objectOf(response.json);
	const found =
		wordsIn(body?.error) ??
		wordsIn(body?.detail) ??
		wordsIn(body?.message) ??
		wordsIn(body?.msg) ??
		wordsIn(body?.errors) ??
		(Array.isArray(response.json) ? wordsIn(response.json) : undefined) ??
		(response.json === undefined ? textOf(response.text) : undefined);
	const cleaned = found === undefined ? '' : cleanText(found);
	return cleaned === '' ? undefined : cleaned;
}

/** A reader has no use for a longer list. */
const mostWords = 10;
const maxDepth = 6;

const namesOfWords = ['message', 'msg', 'error', 'detail', 'description', 'title', 'reason'];
const namesOfPlace = ['loc', 'field', 'path', 'param', 'property', 'pointer', 'location'];
const namesOfParts = ['errors', 'details', 'issues', 'violations', 'fieldViolations'];

/**
 * The words of an error: a text, an object with a message, or a list of such, each with the place that it
 * is about: `body.input.prompt: field required; …`. Undefined where there are none.
 */
export function wordsIn(error: unknown, depth = 0): string | undefined {
	if (depth > maxDepth) return undefined;
	const text = textOf(error);
	if (text !== undefined) {
		const json = /^\s{0,100}[[{]/.test(text) ? parseJson(text) : undefined;
		return wordsIn(json, depth + 1) ?? text;
	}
	if (Array.isArray(error)) {
		const words = error
			.slice(0, mostWords)
			.flatMap((entry) => (typeof entry === 'number' ? [] : (wordsIn(entry, depth + 1) ?? [])));
		return textOf([...new Set(words)].join('; '));
	}
	const object = objectOf(error);
	if (object === undefined) return undefined;
	const first = (names: readonly string[]): string | undefined => {
		for (const name of names) {
			const words = wordsIn(object[name], depth + 1);
			if (words !== undefined) return words;
		}
		return undefined;
	};
	const words = first(namesOfWords);
	const parts = first(namesOfParts);
	if (words === undefined) return parts ?? wordsByPlace(object, depth);
	const place = namesOfPlace
		.map((name) => placeOf(object[name]))
		.find((each) => each !== undefined);
	const whole = place === undefined || words.startsWith(place) ? words : `${place}: ${words}`;
	return parts === undefined || whole.includes(parts) ? whole : `${whole} (${parts})`;
}

/** `["body", "input", "prompt"]` is `body.input.prompt`. */
function placeOf(value: unknown): string | undefined {
	const steps = listOf(value).flatMap((step) => textOf(step) ?? []);
	return textOf(value) ?? textOf(steps.join('.'));
}

/** Members that say nothing to a reader, or that the failure has elsewhere. */
const notWords = /^(?:code|type|status|name|id|request_?id|success|timestamp)$/i;

/** `{prompt: ["is required"]}`: the places are the names of the members. */
function wordsByPlace(
	object: Readonly<Record<string, unknown>>,
	depth: number,
): string | undefined {
	const words = Object.entries(object)
		.filter(([name, value]) => !notWords.test(name) && objectOf(value) === undefined)
		.slice(0, mostWords)
		.map(([name, value]) => [name, wordsIn(value, depth + 1)] as const)
		.flatMap(([name, each]) => (each === undefined ? [] : `${name}: ${each}`));
	return textOf(words.join('; '));
}

/** The first match counts. */
const meanings: ReadonlyArray<readonly [RegExp | ((words: string) => boolean), ErrorCode]> = [
	[/rate.?limit|too many|concurren|too frequent/i, 'rateLimited'],
	// Errors from behind the vendor speak of keys, parameters and credits that are not the user's.
	[
		/maintenance|unavailable|busy|overload|time.?out|timed.?out|internal|upstream|provider|retrying|gateway|connection/i,
		'vendorUnavailable',
	],
	[/unauthori[sz]ed|authenticat|api.?key|log(ged)?.?in\b|invalid.?token/i, 'authentication'],
	[speaksOfModeration, 'contentRejected'],
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
 * the body). It names the problem for a reader, and makes nothing certain. Undefined if the words are
 * unknown too.
 *
 * @param prompt the prompt sent: an echo of it means nothing
 */
export function codeOfWords(words: string, prompt?: string): ErrorCode | undefined {
	const start = withoutPrompt(words.slice(0, 1000), prompt);
	return meanings.find(([means]) =>
		typeof means === 'function' ? means(start) : means.test(start),
	)?.[1];
}
