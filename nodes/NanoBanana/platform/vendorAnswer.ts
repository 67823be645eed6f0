import { createLimiter, type Limiter } from '../core/concurrency';
import { shortened } from '../core/text';
import type { Redaction } from '../core/redaction';
import { parseJson } from '../core/tolerant';
import type { VendorResponse } from '../core/vendor';
import type { Readable } from './peek';

/** The result of n8n's HTTP helper for a request whose answer comes as a stream. */
export interface HttpAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly body: Readable;
}

/** An answer without the key: for the vendor's reader, and the part that may be shown. */
export interface ReadAnswer {
	readonly response: VendorResponse;
	readonly raw: unknown;
}

/** Reads the answers of one run, so that all of them together need little memory. */
export type AnswerReader = (answer: HttpAnswer, signal: AbortSignal) => Promise<ReadAnswer>;

/** An ordinary answer has some kB. All tasks may read this many bytes at the same time. */
const ordinaryBytes = 1_000_000;

/**
 * An answer with an image of 4K in base64 may have some 35 MB. A longer one is cut off. It is then not
 * JSON and counts as unreadable.
 */
const maxBytes = 50_000_000;

/** A member that may name a task. */
const nameOfId = /(?:id|task)s?\\{0,3}"\s{0,20}:/i;

/**
 * An image in base64 is one value. An answer of so many values takes seconds to parse and a gigabyte of
 * memory, so a large one counts as unreadable.
 */
const maxValues = 500_000;

/** Larger answers are read and parsed one after the other: the others stay with the vendor meanwhile. */
export function openAnswerReader(redaction: Redaction): AnswerReader {
	const largeAnswers = createLimiter(1);
	return async (answer, signal) => {
		const stopReading = (): void => {
			answer.body.destroy(new DOMException('The request was given up', 'AbortError'));
		};
		signal.addEventListener('abort', stopReading, { once: true });
		try {
			if (signal.aborted) stopReading();
			return await readAnswer(answer, redaction, largeAnswers);
		} finally {
			signal.removeEventListener('abort', stopReading);
		}
	};
}

async function readAnswer(
	answer: HttpAnswer,
	redaction: Redaction,
	largeAnswers: Limiter,
): Promise<ReadAnswer> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	let brokenBy: Error | undefined;
	const pieces = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	/** Whether there is more. */
	const readUntil = async (limit: number): Promise<boolean> => {
		try {
			while (bytes <= limit) {
				const piece = await pieces.next();
				if (piece.done === true) return false;
				chunks.push(piece.value);
				bytes += piece.value.length;
			}
			return true;
		} catch (error) {
			brokenBy = new Error('The answer broke off', { cause: error });
			return false;
		}
	};
	/** A partial answer may name a task. The id is reported then, whatever cut the answer off. */
	const mayNameTask = (text: string): boolean =>
		answer.statusCode >= 200 && answer.statusCode <= 299 && nameOfId.test(text);
	const understand = (): ReadAnswer => {
		const content = Buffer.concat(chunks);
		const text = content.toString('utf8');
		const json = bytes > ordinaryBytes && hasTooManyValues(content) ? undefined : parseJson(text);
		// A whole answer counts, even where the connection broke, or never ended, afterwards.
		const isWhole = typeof json === 'object' && json !== null;
		if (brokenBy !== undefined && !isWhole && !mayNameTask(text)) throw brokenBy;
		return withoutKey(answer, text, json, redaction);
	};
	if (!(await readUntil(ordinaryBytes))) return understand();
	return await largeAnswers(async () => {
		if (await readUntil(maxBytes)) answer.body.destroy();
		return understand();
	});
}

const [quote = 0, backslash, brace, bracket, comma] = Buffer.from('"\\{[,');

/** Counts the characters that begin a value in JSON, outside its texts. */
function hasTooManyValues(json: Uint8Array): boolean {
	let values = 0;
	for (let position = 0; position < json.length && values <= maxValues; position++) {
		const byte = json[position];
		if (byte === brace || byte === bracket || byte === comma) values++;
		else if (byte === quote) position = endOfText(json, position + 1);
	}
	return values > maxValues;
}

/** An image is one long text: searching for its end is much quicker than reading each byte. */
function endOfText(json: Uint8Array, begin: number): number {
	for (let end = json.indexOf(quote, begin); end >= 0; end = json.indexOf(quote, end + 1)) {
		let escaped = end;
		while (escaped > begin && json[escaped - 1] === backslash) escaped--;
		if ((end - escaped) % 2 === 0) return end;
	}
	return json.length;
}

function withoutKey(
	answer: HttpAnswer,
	text: string,
	parsed: unknown,
	redaction: Redaction,
): ReadAnswer {
	const json = redaction.value(parsed);
	// An answer that could be parsed is not read as a text.
	const readable = parsed === undefined ? redaction.text(text) : '';
	const headers = Object.entries(answer.headers).map(
		([name, value]) => [redaction.text(name.toLowerCase()), redaction.text(String(value))] as const,
	);
	return {
		response: {
			status: answer.statusCode,
			headers: Object.fromEntries(headers),
			json,
			text: readable,
		},
		raw: shortened(parsed === undefined ? readable : json),
	};
}
