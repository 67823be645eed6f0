import { expiresAtMs, expiryOf } from '../../../nodes/NanoBanana/core/expiry';

const nowMs = Date.parse('2026-11-29T12:00:00Z');
const file = 'https://files.example/1.png';

describe('when a signed URL expires', () => {
	it.each([
		['X-Amz-Date=20261129T110000Z&X-Amz-Expires=3600', '2026-11-29T12:00:00Z'],
		['X-Goog-Expires=60&X-Goog-Date=20261129T110000Z', '2026-11-29T11:01:00Z'],
		['x-oss-date=20261129T110000Z&x-oss-expires=600', '2026-11-29T11:10:00Z'],
		[`Expires=${nowMs / 1000}&Signature=x`, '2026-11-29T12:00:00Z'],
		[`exp=${nowMs}`, '2026-11-29T12:00:00Z'],
		['sv=2024&se=2026-11-29T12%3A00%3A00Z&sig=x', '2026-11-29T12:00:00Z'],
	])('%s', (query, moment) => {
		expect(expiresAtMs(`${file}?${query}`)).toBe(Date.parse(moment));
	});

	it.each(['', 'expires=3600', 'X-Amz-Expires=3600', 'X-Amz-Date=soon&X-Amz-Expires=1', 'se=x'])(
		'is not known by %j',
		(query) => {
			expect(expiresAtMs(`${file}?${query}`)).toBeUndefined();
		},
	);
});

describe('why a URL leads to nothing', () => {
	const past = `${file}?Expires=${nowMs / 1000 - 60}`;
	const future = `${file}?Expires=${nowMs / 1000 + 60}`;

	it.each([
		[403, file, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'],
		[400, file, '<Error><Code>ExpiredToken</Code></Error>'],
		[403, past, '<Error><Code>AccessDenied</Code></Error>'],
		[404, past, ''],
		[410, file, ''],
		[404, file, 'This file has been deleted'],
	])('%i is its end', (status, url, words) => {
		expect(expiryOf({ status, url, words, nowMs })).toBe('expired');
	});

	it.each([
		[403, future, '<Error><Code>AccessDenied</Code></Error>', 'gone'],
		[404, file, 'NoSuchKey', 'gone'],
		[400, file, 'Bad Request', undefined],
		[429, past, 'expired', undefined],
		[408, past, 'expired', undefined],
		[503, past, 'expired', undefined],
		[302, past, 'expired', undefined],
	])('%i may be something else', (status, url, words, expected) => {
		expect(expiryOf({ status, url, words, nowMs })).toBe(expected);
	});
});
