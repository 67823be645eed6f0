const longestSlug = 50;

/** 50 letters of Asia. What follows a slug in a file name, the end of a task id among it, always fits. */
const mostBytes = 3 * longestSlug;

/** Words further on are not read: a prompt may fill pages. */
const longestRead = 400;

/** Latin letters that are more than a letter of ASCII with a mark on it. */
const spelledOut: Readonly<Record<string, string>> = {
	ä: 'ae',
	ö: 'oe',
	ü: 'ue',
	ß: 'ss',
	æ: 'ae',
	œ: 'oe',
	ø: 'o',
	đ: 'd',
	ð: 'd',
	þ: 'th',
	ł: 'l',
	ħ: 'h',
	ı: 'i',
};

/** Without width: they join or divide letters, or are a typographer's hint. */
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const apostrophe = /(?<=\p{L})['’ʼ](?=\p{L})/gu;
const notInWords = /[^\p{L}\p{M}\p{N}]+/u;
const latinWithMarks = /\p{Script=Latin}\p{M}*/gu;

/**
 * The first words of a prompt for a file name, joined by hyphens: `a-red-bicycle-in-front-of-a-bakery`.
 * Latin letters and decorated ones become ASCII where they can, other scripts stay as they are. Empty where there is no word.
 */
export function promptSlug(prompt: string): string {
	const words = prompt
		.trim()
		.slice(0, longestRead)
		.normalize('NFKC')
		.toLowerCase()
		.replace(invisible, '')
		.replace(apostrophe, '')
		.replace(latinWithMarks, plainLetter)
		.normalize('NFC')
		.split(notInWords)
		.map((word) => word.replace(/^\p{M}+/u, ''))
		.filter((word) => /[\p{L}\p{N}]/u.test(word));
	const [first = '', ...others] = words;
	let slug = firstLetters(first);
	for (const word of others) {
		const longer = `${slug}-${word}`;
		if (Array.from(longer).length > longestSlug || Buffer.byteLength(longer) > mostBytes) break;
		slug = longer;
	}
	return slug;
}

function plainLetter(letter: string): string {
	const composed = letter.normalize('NFC');
	const base = composed.normalize('NFKD').replace(/\p{M}/gu, '');
	return spelledOut[composed] ?? spelledOut[base] ?? base;
}

/** A script without blanks is one long word. No letter loses its marks where that is cut. */
function firstLetters(word: string): string {
	const letters = Array.from(word);
	let end = Math.min(letters.length, longestSlug);
	while (Buffer.byteLength(letters.slice(0, end).join('')) > mostBytes) end--;
	while (end > 0 && /\p{M}/u.test(letters[end] ?? '')) end--;
	return letters.slice(0, end).join('');
}
