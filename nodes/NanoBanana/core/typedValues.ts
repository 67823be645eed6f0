import { wellFormed, wellFormedJson } from './text';
import { parseJson } from './tolerant';

/** Readers of parameters as people fill them: by hand, from a cell of a sheet, from a model's answer. */

/** Whether nothing can be seen of a value: an empty cell, blanks, characters without width. */
export function isBlank(value: unknown): boolean {
	if (Array.isArray(value)) return value.every((each) => !Array.isArray(each) && isBlank(each));
	return value === undefined || value === null || (typeof value === 'string' && !seen.test(value));
}

/** A character that shows. Half a surrogate pair does not, nor does the blank of Braille. */
const seen = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * The text that a value stands for: the lines of a list, an object as JSON, since people write prompts so.
 * Empty where there is nothing to see; undefined for a value that has no text, such as a circle.
 */
export function writtenText(value: unknown): string | undefined {
	if (typeof value === 'object' && value !== null) {
		const plain = plainJson(value);
		return plain === undefined ? undefined : textOfJson(plain);
	}
	return textOfJson(value);
}

function textOfJson(value: unknown): string {
	if (isBlank(value)) return '';
	if (typeof value === 'string') return wellFormed(value).trim();
	if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
	if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
	if (Array.isArray(value)) {
		return value
			.map(textOfJson)
			.filter((line) => line !== '')
			.join('\n');
	}
	const json = JSON.stringify(value) as string | undefined;
	return json === undefined || json === '{}' ? '' : wellFormedJson(json);
}

/** The value as JSON writes it, so that a date is a text; undefined for a circle. */
function plainJson(value: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(value)) as unknown;
	} catch {
		return undefined;
	}
}

/** An object that an expression puts among other words becomes this text, and the object is lost. */
export const lostObject = '[object Object]';

/** Whether a text holds an expression that n8n has not evaluated: `{{ $json.prompt }}`. */
export function holdsExpression(text: string): boolean {
	// By hand: a pattern would try each opening brace up to the end. n8n, too, ends at the first "}}".
	for (let start = text.indexOf('{{'); start !== -1;) {
		const end = text.indexOf('}}', start + 2);
		if (/\$[a-z_(]/i.test(text.slice(start, end === -1 ? text.length : end))) return true;
		start = end === -1 ? -1 : text.indexOf('{{', end + 2);
	}
	return false;
}

/** A value of a list with the name that the panel shows for it, where that is another. */
export type Names<Value extends string> = Readonly<Partial<Record<Value, string>>>;

/**
 * The choice that was meant, by its value or its name, whatever its case, blanks and hyphens. Undefined where
 * there is no such choice.
 */
export function choiceOf<Value extends string>(
	asked: unknown,
	choices: readonly Value[],
	names?: Names<Value>,
): Value | undefined {
	const [single] = Array.isArray(asked) && asked.length === 1 ? (asked as unknown[]) : [asked];
	if (typeof single !== 'string') return undefined;
	const meant = spelling(single);
	return choices.find((choice) =>
		[choice, names?.[choice] ?? choice].some((text) => spelling(text) === meant),
	);
}

/** The usual other ways to write a ratio, a size or a file type; NFKC also knows the wide forms of Asia. */
function spelling(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\s_'"\p{Cf}-]+/gu, '')
		.replace(/к/g, 'k')
		.replace(/^(?:image\/|\.)/, '')
		.replace(/^jpeg$/, 'jpg')
		.replace(/^0?(\d+)[:x×х/∶]0?(\d+)(?::00)?$/, '$1:$2');
}

/** The entries of a list: an array, JSON text, or a text with commas, semicolons or line breaks. */
export function listed(asked: unknown): readonly unknown[] {
	if (isBlank(asked)) return [];
	if (Array.isArray(asked)) {
		const entries: readonly unknown[] = asked;
		return entries
			.filter((entry) => !isBlank(entry))
			.flatMap((entry) => (typeof entry === 'string' ? listed(entry) : entry));
	}
	if (typeof asked !== 'string') return [asked];
	const json = /^\s*\[/.test(asked) ? parseJson(asked) : undefined;
	if (Array.isArray(json)) return listed(json);
	// "1:1 9:16" is two, "16 : 9" is one.
	return asked.split(/[,;\n]|(?<=\d)[^\S\n]+(?=\d)/).filter((entry) => !isBlank(entry));
}

/** A value in a message: a text in quotation marks, so that a blank is seen. */
export function quoted(value: unknown): string {
	if (typeof value === 'string') {
		return JSON.stringify(wellFormed(value.slice(0, mostShown))).replace(
			/"$/,
			value.length > mostShown ? '…"' : '"',
		);
	}
	const plain = plainJson(value);
	const json = plain === undefined ? String(value) : JSON.stringify(plain);
	return json.length <= mostShown ? json : `${json.slice(0, mostShown)}…`;
}

const mostShown = 80;
