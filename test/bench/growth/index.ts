import { formatTable } from '../../server/table';
import { rounds, times, type Benchmark } from '../benchmark';
import { checkReferenceUrl } from '../../../nodes/NanoBanana/core/referenceUrls';
import { readReferences } from '../../../nodes/NanoBanana/core/referenceValues';
import {
	choiceOf,
	holdsExpression,
	listed,
	quoted,
	writtenText,
} from '../../../nodes/NanoBanana/core/typedValues';
import { cleanLines, cleanText, shortened } from '../../../nodes/NanoBanana/core/text';
import { bareIds, readTaken, type DocumentedAnswers } from '../../../nodes/NanoBanana/core/certain';
import type { Failure } from '../../../nodes/NanoBanana/core/failure';
import type { VendorResponse } from '../../../nodes/NanoBanana/core/vendor';
import { expiresAtMs } from '../../../nodes/NanoBanana/core/expiry';
import { ImageHeaderReader } from '../../../nodes/NanoBanana/core/imageHeader';
import { imagesOf } from '../../../nodes/NanoBanana/core/imageSources';
import {
	imagesInText,
	inlineImage,
	withoutImages,
} from '../../../nodes/NanoBanana/core/inlineImage';
import { speaksOfModeration } from '../../../nodes/NanoBanana/core/moderation';
import { checkedImages } from '../../../nodes/NanoBanana/core/resultUrls';
import { codeOfWords, readErrorText } from '../../../nodes/NanoBanana/core/vendorText';
import { safeFileName, withoutImageEnding } from '../../../nodes/NanoBanana/core/imageNames';
import { readAccess } from '../../../nodes/NanoBanana/core/credential';
import { parseRetryAfter } from '../../../nodes/NanoBanana/core/httpFailure';
import { redactionOf } from '../../../nodes/NanoBanana/core/redaction';
import { otherTaskId, quotedTaskId, trimmedTaskId } from '../../../nodes/NanoBanana/core/task';
import { numberOf, parseJson, textOf, timeOf } from '../../../nodes/NanoBanana/core/tolerant';
import {
	addressKind,
	parseHttpUrl,
	parseUrl,
	pathSegment,
	refusalOfVendorUrl,
} from '../../../nodes/NanoBanana/core/urls';

const redaction = redactionOf('sk-live/Ab+c&d"e\\f>g~h%41=9');

const answers: DocumentedAnswers = {
	vendorName: 'Vendor',
	refusals: [],
	hasShape: () => false,
	taskNames: ['taskid', ...bareIds],
};
const unread: VendorResponse = { status: 200, headers: {}, json: undefined, text: '' };
const unclear = (): Failure => ({ reason: 'invalidResponse', message: 'no task', task: 'maybe' });

/** Every public function that gets a text of any length, from a vendor or a user. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
	cleanText,
	cleanLines: (text) => cleanLines(text, 2_000),
	codeOfWords: (text) => codeOfWords(text),
	speaksOfModeration: (text) => speaksOfModeration(text),
	'speaksOfModeration, of a prompt': (text) => speaksOfModeration(text, text),
	inlineImage,
	withoutImages,
	'withoutImages, of base64': (text) => withoutImages(`iVBORw0KGgo${text.replace(/\W/g, '/')}`),
	imagesInText,
	expiresAtMs: (text) => expiresAtMs(`https://a.example/?expires=${text}`),
	imagesOf: (text) => imagesOf([text], { text }),
	checkedImages: (text) =>
		checkedImages([{ url: text }], 'https://a.example', 'https://a.example/v1/tasks/1'),
	'readErrorText, no JSON': (text) =>
		readErrorText({ status: 400, headers: {}, json: undefined, text }),
	'readErrorText, JSON': (text) =>
		readErrorText({ status: 400, headers: {}, json: { error: { message: text } }, text: '' }),
	safeFileName: (text) => safeFileName(text),
	withoutImageEnding,
	'readAccess, key': (text) =>
		readAccess('A vendor', { apiKey: text, baseUrl: 'https://a.example' }),
	'readAccess, base URL': (text) => readAccess('A vendor', { apiKey: 'key', baseUrl: text }),
	'readAccess, a path': (text) =>
		readAccess('A vendor', { apiKey: 'key', baseUrl: `https://a.example/${text}x` }),
	parseRetryAfter: (text) => parseRetryAfter(text),
	'redaction of a text': (text) => redaction.text(text),
	'redaction of a value': (text) => redaction.value({ [text]: [text] }),
	shortened: (text) => shortened({ text }),
	trimmedTaskId,
	quotedTaskId,
	'otherTaskId, asked': (text) => otherTaskId(text, 'task-1'),
	'otherTaskId, named': (text) => otherTaskId('task-1', text),
	'readTaken, no JSON': (text) => readTaken(answers, { ...unread, text }, undefined, unclear),
	'readTaken, JSON': (text) =>
		readTaken(answers, { ...unread, json: { task: text } }, undefined, unclear),
	parseJson,
	'parseJson, numbers': (text) =>
		parseJson(`[${'1765178625768123457,'.repeat(text.length / 20)}1]`),
	'ImageHeaderReader, byte by byte': (text) => {
		const reader = new ImageHeaderReader();
		reader.push(Uint8Array.of(0xff, 0xd8));
		const byte = Uint8Array.of(0xff);
		for (let left = text.length; left > 0; left--) reader.push(byte);
	},
	textOf,
	numberOf,
	timeOf,
	parseHttpUrl: (text) => parseHttpUrl(`https://a.example/${text}`),
	addressKind: (text) => {
		const url = parseUrl(`http://${text}`);
		return url && addressKind(url);
	},
	pathSegment,
	refusalOfVendorUrl: (text) =>
		refusalOfVendorUrl(`https://a.example/${text}`, 'https://b.example'),
	holdsExpression,
	listed,
	quoted,
	writtenText,
	choiceOf: (text) => choiceOf(text, ['16:9']),
	referenceUrls: (text) => readReferences(`https://a.example/${text}`, 'Reference URLs', []),
	'referenceUrls, several': (text) =>
		readReferences(`https://a.example/a${text} https://b.example/${text}`, 'Reference URLs', []),
	referenceFields: (text) => readReferences(text, 'Image Field Name(s)', []),
	checkReferenceUrl: (text) =>
		checkReferenceUrl(`https://a.example/${text}`, '', { name: '', isOutside: true }),
};

/** What a text is made of, over and over. */
const pieces = [
	...[
		'-',
		'.',
		' ',
		'\n',
		'\t',
		'/',
		'\\',
		'<',
		'>',
		'"',
		"'",
		'%',
		'&',
		'#',
		'{',
		'[',
		'0',
		'a',
		'=',
	],
	...['\u00a0', '\u200b', '\u0000', '😀', '\ud800', 'ａ'],
	...[
		'<a',
		'<script',
		'</script',
		'Bearer ',
		'%25',
		'&#0',
		'\\u00',
		'. ',
		'- ',
		' .png',
		'a b',
		'credit ',
	],
	...['"id":"', '"id" ', '\\"id', 'a   b', '{"id":', '"id":1'],
	...['\\n', '- ', 'and ', ', ', '.png,', '.png', '<https://a|', ',https:'],
	...['[item 1', '\r\n', 'sk-live', 'c2st', 'task run ', '5 ', '::', '1.'],
];

const shortLength = 20_000;
const longLength = 200_000;

/** A quadratic function takes a hundred times as long. */
const mostTimes = 40;

/** Shorter than this, a call says more about the processor's clock than about the function. */
const leastMs = 5;

interface Growth {
	reader: string;
	piece: string;
	longMs: number;
	ratio: number;
}

/** How much longer the readers of texts take for a text ten times as long. */
export const growth: Benchmark = {
	name: 'growth',
	measure: () => {
		const found = Object.entries(readers)
			.flatMap(([reader, read]) => pieces.map((piece) => growthOf(reader, read, piece)))
			.sort((first, second) => second.ratio - first.ratio);
		const [worst] = found;
		const slowest = [...found].sort((first, second) => second.longMs - first.longMs);
		if (worst === undefined) throw new Error('There is nothing to measure');
		return Promise.resolve({
			figures: [
				{
					what: `A text of ${longLength.toLocaleString('en')} characters: the function whose time grows most`,
					against: `a text of ${shortLength.toLocaleString('en')} characters`,
					goal: `≤ ${mostTimes} ×`,
					measured: `${times(worst.ratio, 0)} (${worst.longMs.toFixed(1)} ms)`,
					isMet: worst.ratio <= mostTimes,
					method: `Processor time of each of ${Object.keys(readers).length} functions that get texts from vendors or users, with texts of ${pieces.length} kinds. Best of 3. A short text that takes less than ${leastMs} ms counts as ${leastMs} ms. A quadratic function would take 100 ×.`,
				},
			],
			details: [tableOf('grows most', found), tableOf('slowest', slowest)],
		});
	},
};

function growthOf(reader: string, read: (text: string) => unknown, piece: string): Growth {
	const [shortMs, longMs] = [shortLength, longLength].map((length) => {
		// With something else at its end: a pattern that ends in "$" has matched nothing until there.
		const text = `${piece.repeat(Math.ceil(length / piece.length))}x`;
		return processorMs(() => read(text));
	}) as [number, number];
	return { reader, piece, longMs, ratio: longMs / Math.max(leastMs, shortMs) };
}

/** The least processor time of a few calls in ms: what else the machine does counts for nothing. */
function processorMs(work: () => unknown): number {
	const each = Array.from({ length: rounds }, () => {
		const before = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1000;
	});
	return Math.min(...each);
}

function tableOf(title: string, growths: readonly Growth[]): string {
	return formatTable([
		[title, 'text of', 'time', 'times the short text'],
		...growths
			.slice(0, 5)
			.map(({ reader, piece, longMs, ratio }) => [
				reader,
				JSON.stringify(piece),
				`${longMs.toFixed(1)} ms`,
				times(ratio, 1),
			]),
	]);
}
