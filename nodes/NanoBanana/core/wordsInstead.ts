import { failureSentence, tellsModeration } from './httpFailure';
import { imagesInText } from './inlineImage';
import { plainReason, plainText } from './moderation';
import type { TaskSnapshot } from './task';
import { cleanText } from './text';
import { known, listOf, objectOf, textOf } from './tolerant';

/**
 * A task whose state says success, with words in place of an image. No image will follow, so the task has
 * failed. A success with neither words nor an image is only late.
 */

/** The words of a model beside an image, or in its place. */
export interface Said {
	readonly text?: string;
	readonly finishReason?: string;
}

const namesOfText: ReadonlySet<string> = new Set([
	...['textresponse', 'responsetext', 'content', 'contents', 'text', 'refusal', 'note'],
]);
const namesOfReason: ReadonlySet<string> = new Set([
	...['finishreason', 'finishmessage', 'blockreason', 'stopreason', 'nativefinishreason'],
]);

/** An answer may repeat the request, which has text too. */
const namesOfRequest: ReadonlySet<string> = new Set([
	...['prompt', 'param', 'params', 'input', 'inputs', 'request', 'usage'],
]);

const maxDepth = 8;
const maxEntries = 100;

/** The words of a result, in any member at any depth. */
export function saidIn(result: unknown): Said {
	const texts: string[] = [];
	const reasons: string[] = [];
	const read = (value: unknown, depth: number): void => {
		if (depth > maxDepth) return;
		for (const entry of listOf(value).slice(0, maxEntries)) read(entry, depth + 1);
		for (const [name, member] of Object.entries(objectOf(value) ?? {}).slice(0, maxEntries)) {
			const plainName = name.toLowerCase().replaceAll('_', '');
			if (namesOfRequest.has(plainName)) continue;
			const text = textOf(member);
			if (text === undefined) read(member, depth + 1);
			else if (namesOfText.has(plainName)) texts.push(text);
			else if (namesOfReason.has(plainName)) reasons.push(text);
		}
	};
	read(result, 0);
	const finishReason = reasons.find((reason) => !isOrdinary(reason)) ?? reasons[0];
	return known({ text: textOf([...new Set(texts)].join('\n')), finishReason });
}

/**
 * These reasons mean a normal end, or speak only of the length of the words, so an image may still come. The
 * numbers are Gemini's.
 */
const ordinaryReasons: ReadonlySet<string> = new Set([
	...['stop', 'stopped', 'end', 'ended', 'done', 'complete', 'completed', 'finished', 'success'],
	...['', 'succeeded', 'ok', 'unspecified', 'end turn', 'null', 'none', 'finish', 'normal'],
	...['stop sequence', 'eos', 'eos token', 'length', 'max tokens', 'max output tokens'],
	...['0', '1', '2', 'true'],
]);

function isOrdinary(finishReason: string): boolean {
	const reason = plainReason(finishReason);
	// Python may name the reason twice: `<FinishReason.STOP: 'STOP'>`.
	const isOrdinaryWord = (word: string): boolean => ordinaryReasons.has(word);
	return isOrdinaryWord(reason) || reason.split(' ').every(isOrdinaryWord);
}

/**
 * A success after its words were read: with the images that they show, or as the failure that they
 * describe.
 */
export function withWords(
	vendorName: string,
	snapshot: TaskSnapshot,
	{ text, finishReason }: Said,
	prompt: string | undefined,
): TaskSnapshot {
	const told = { ...snapshot, ...known({ text }) };
	if (snapshot.state !== 'succeeded' || snapshot.images.length > 0) return told;
	const shown = imagesInText(text ?? '').filter((url) => prompt?.includes(url) !== true);
	if (shown.length > 0) return { ...told, images: shown.map((url) => ({ url })) };
	const isEcho = prompt !== undefined && plainText(text ?? '') === plainText(prompt);
	const words = isEcho || cleanText(text ?? '') === '' ? undefined : text;
	const isFine = finishReason === undefined || isOrdinary(finishReason);
	if (words === undefined && isFine) return told;
	// What looks like a tag is Python's `<FinishReason.SAFETY: 3>`.
	const vendorCode = isFine ? undefined : cleanText(finishReason.replaceAll(/[<>]/g, ''));
	const isModeration = tellsModeration({ text: words, vendorCode }, prompt);
	const why = isModeration ? 'contentRejected' : 'wordsInstead';
	const detail = [vendorCode, words === undefined ? undefined : cleanText(words)]
		.filter((each) => each !== undefined)
		.join(': ');
	return {
		...told,
		state: 'failed',
		failure: {
			reason: why,
			message: failureSentence(vendorName, why, detail),
			...known({ vendorCode }),
		},
	};
}
