import { cleanText } from '../../../nodes/NanoBanana/core/text';
import fc from 'fast-check';

import type { VendorResponse } from '../../../nodes/NanoBanana/core/vendor';
import { codeOfWords, readErrorText } from '../../../nodes/NanoBanana/core/vendorText';
import { wellFormedText } from '../../wellFormedText';

function answer(json: unknown, text = JSON.stringify(json)): VendorResponse {
	return { status: 400, headers: {}, json, text };
}

describe('text of a vendor, made fit to be shown', () => {
	it.each([
		['  Model   is\nbusy ', 'Model is busy'],
		[
			'<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
			'502 Bad Gateway nginx',
		],
		['<style>body{color:red}</style><script>alert(1)</script>Down', 'Down'],
		['<script>never closed', ''],
		['Down <img src=x onerror=alert(1)', 'Down'],
		['Down <img src=x onerror=alert(1) //<p>and on', 'Down and on'],
		['<svg/onload=alert(1)', ''],
		['Down <!-- a comment', 'Down'],
		['Down </script', 'Down'],
		['<<b>img src=x onerror=alert(1)>', '< img src=x onerror=alert(1)>'],
		['<\u0000script>alert(1)</script>', '< script>alert(1)'],
		['size 5 < 6 and 7 > 3', 'size 5 < 6 and 7 > 3'],
		['Bearer sk-123 is expired', 'Bearer … is expired'],
		['header was: authorization: bearer abc.def', 'header was: authorization: Bearer …'],
		['a\u0000b\u001b[31mc\u202ed', 'a b [31mc d'],
		['', ''],
	])('%j → %j', (text, expected) => {
		expect(cleanText(text)).toBe(expected);
	});

	it('is one line of at most 300 characters, whatever came', () => {
		fc.assert(
			fc.property(wellFormedText({ maxLength: 2_000 }), (text) => {
				const cleaned = cleanText(text);
				expect(cleaned.length).toBeLessThanOrEqual(300);
				expect(cleaned).toBe(cleaned.trim());
				// eslint-disable-next-line no-control-regex -- that none is left is the point
				expect(cleaned).not.toMatch(/[\u0000-\u001f\u007f]/);
				expect(cleaned).not.toMatch(/<[a-z/!?]/i);
			}),
		);
	});

	it('shows that something was left out', () => {
		const cleaned = cleanText('word '.repeat(200));
		expect(cleaned.endsWith('word…')).toBe(true);
	});
});

describe('the vendor’s words for an error, wherever they stand', () => {
	it.each<[string, unknown, string | undefined]>([
		['error.message', { error: { message: 'Key is expired', code: 'x' } }, 'Key is expired'],
		['error as text', { error: 'image gen failed', message: 'other' }, 'image gen failed'],
		['detail as text', { detail: 'Not found' }, 'Not found'],
		['detail.message', { detail: { message: 'Bad input' } }, 'Bad input'],
		['message', { code: 400, message: 'Invalid model' }, 'Invalid model'],
		['msg', { code: 402, msg: 'Insufficient credits' }, 'Insufficient credits'],
		['empty ones are skipped', { error: { message: '' }, message: null, msg: 'this' }, 'this'],
		['a number as text', { error: 42 }, '42'],
		['JSON without words', { ok: false }, undefined],
		['a list', [1, 2], undefined],
		['null', null, undefined],
	])('%s', (_name, json, expected) => {
		expect(readErrorText(answer(json))).toBe(expected);
	});

	it.each<[string, unknown, string]>([
		[
			'a list with places',
			{
				detail: [
					{ loc: ['body', 'input', 'prompt'], msg: 'field required', type: 'missing' },
					{ loc: ['body', 'images', 0], msg: 'not a URL', type: 'url' },
				],
			},
			'body.input.prompt: field required; body.images.0: not a URL',
		],
		['a list of texts', { detail: ['too long', 'too wide', 'too long'] }, 'too long; too wide'],
		['a single place as text', { error: [{ field: 'size', message: 'wrong' }] }, 'size: wrong'],
		[
			'a message with parts',
			{ error: { message: 'Invalid', errors: [{ path: ['a', 'b'], message: 'empty' }] } },
			'Invalid (a.b: empty)',
		],
		[
			'parts without a message',
			{ error: { code: 400, details: [{ param: 'ratio', reason: 'unknown' }] } },
			'ratio: unknown',
		],
		[
			'parts by their places',
			{ errors: { prompt: ['is required', 'is short'] } },
			'prompt: is required; is short',
		],
		['parts by their places as texts', { errors: { size: 'is wrong' } }, 'size: is wrong'],
		['a message that is a list', { message: ['one', 'two'] }, 'one; two'],
		['the answer itself as a list', [{ message: 'first' }, { message: 'second' }], 'first; second'],
		['JSON in a text', { error: '{"detail":[{"loc":["q"],"msg":"bad"}]}' }, 'q: bad'],
	])('%s', (_name, json, expected) => {
		expect(readErrorText(answer(json))).toBe(expected);
	});

	it('are not read without end', () => {
		let nested: unknown = 'deep';
		for (let depth = 0; depth < 1_000; depth++) nested = { errors: [nested] };
		expect(readErrorText(answer({ error: nested }))).toBeUndefined();
		const list = Array.from({ length: 10_000 }, (_entry, n) => ({ loc: [n], msg: 'bad' }));
		expect(readErrorText(answer({ detail: list }))).toMatch(/^0: bad; .*9: bad$/);
	});

	it.each([
		['504 Gateway Time-out', '<center><h1>504 Gateway Time-out</h1></center><hr>nginx', ' nginx'],
		['502 Bad Gateway', '<div>cloudflare</div><h1> 502 Bad Gateway </h1>', ''],
		['Service Unavailable', '<h2>Service Unavailable</h2><p>HTTP Error 503.', ' HTTP Error 503.'],
	])('say the title of a page once: %s', (title, body, more) => {
		const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>${body}</body></html>`;
		const said = readErrorText(answer(undefined, page)) ?? '';
		expect(said.split(title)).toHaveLength(2);
		expect(said.endsWith(`${title}${more}`)).toBe(true);
	});

	it('are the raw text where there is no JSON', () => {
		expect(readErrorText(answer(undefined, '<h1>Bad Gateway</h1>'))).toBe('Bad Gateway');
		expect(readErrorText(answer(undefined, '  '))).toBeUndefined();
	});
});

describe('what words mean where no status tells', () => {
	it.each([
		['Unauthorized', 'authentication'],
		['Invalid API key', 'authentication'],
		['not logged in', 'authentication'],
		['Prompt blocked by content policy', 'contentRejected'],
		['Rate limit exceeded', 'rateLimited'],
		['Too many concurrent jobs', 'rateLimited'],
		['Insufficient credits', 'insufficientCredit'],
		['API access not approved', 'forbidden'],
		['Service is under maintenance', 'vendorUnavailable'],
		['Task not found', 'notFound'],
		['aspectRatio is required', 'invalidRequest'],
	])('%j: %s', (words, code) => {
		expect(codeOfWords(words)).toBe(code);
	});

	it('stays unknown where nobody knows', () => {
		expect(codeOfWords('Oops')).toBeUndefined();
	});
});
