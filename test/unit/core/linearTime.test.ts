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
const functions: Readonly<Record<string, (text: string) => unknown>> = {
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
	textOf,
	numberOf,
	timeOf,
	parseHttpUrl: (text) => parseHttpUrl(`https://a.example/${text}`),
	addressKind: (text) => URL.canParse(`http://${text}`) && addressKind(new URL(`http://${text}`)),
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

const nasty = [
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

/** The processor time of a call in ms: what else the machine does counts for nothing. */
function processorMs(work: () => unknown): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

/** Below this the clock of the processor tells nothing; 50,000 dashes took 2 s. */
const unclearMs = 60;

/** Whether it takes more than forty times as long for ten times the text; a slow call has three tries. */
function isSlow(long: () => unknown, short: () => unknown): boolean {
	const least = (work: () => unknown) => Math.min(...[1, 2, 3].map(() => processorMs(work)));
	if (processorMs(long) <= unclearMs) return false;
	const longMs = least(long);
	return longMs > unclearMs && longMs > 40 * Math.max(1, least(short));
}

describe.each(Object.entries(functions))('%s', (_name, work) => {
	it('takes ten times as long, not a hundred times, for ten times the text', () => {
		const slow = nasty.filter((piece) => {
			// With something else at its end: a pattern that ends in "$" has matched nothing until there.
			const textOfLength = (length: number): string =>
				`${piece.repeat(Math.ceil(length / piece.length))}x`;
			const short = textOfLength(20_000);
			const long = textOfLength(200_000);
			return isSlow(
				() => work(long),
				() => work(short),
			);
		});
		expect(slow).toEqual([]);
	});
});
