import { imagesOf } from '../../../nodes/NanoBanana/core/imageSources';
import fc from 'fast-check';

import {
	known,
	listOf,
	numberOf,
	objectOf,
	parseJson,
	textOf,
	textsOf,
	timeOf,
} from '../../../nodes/NanoBanana/core/tolerant';

const absent = [undefined, null, '', '  '];

describe('missing, null and "" are the same', () => {
	it.each(absent)('%j', (value) => {
		expect(textOf(value)).toBeUndefined();
		expect(numberOf(value)).toBeUndefined();
		expect(objectOf(value)).toBeUndefined();
		expect(listOf(value)).toEqual([]);
		expect(textsOf(value)).toEqual([]);
		expect(timeOf(value)).toBeUndefined();
		expect(imagesOf(value)).toEqual([]);
	});
});

it.each([
	['task-1', 'task-1'],
	[42, '42'],
	[0, '0'],
	[true, undefined],
	[Number.NaN, undefined],
	[{}, undefined],
	[['a'], undefined],
])('text of %j', (value, expected) => {
	expect(textOf(value)).toBe(expected);
});

it.each([
	[1.5, 1.5],
	['1.5', 1.5],
	[' 20 ', 20],
	[0, 0],
	['0', 0],
	['twelve', undefined],
	['Infinity', undefined],
	[Number.POSITIVE_INFINITY, undefined],
	[true, undefined],
	[[3], undefined],
])('number of %j', (value, expected) => {
	expect(numberOf(value)).toBe(expected);
});

it('an object is no list and no null', () => {
	expect(objectOf({ a: 1 })).toEqual({ a: 1 });
	expect(objectOf([])).toBeUndefined();
	expect(objectOf('text')).toBeUndefined();
});

it('the texts of a list, without what is none', () => {
	expect(textsOf(['a', '', null, 7, { url: 'x' }, 'b'])).toEqual(['a', '7', 'b']);
});

it('images stand in a list as URLs or in objects', () => {
	expect(
		imagesOf(['https://a.example/1.png', { url: 'https://a.example/2.png' }, {}, null]),
	).toEqual([{ url: 'https://a.example/1.png' }, { url: 'https://a.example/2.png' }]);
});

it('JSON that is none is undefined', () => {
	expect(parseJson('{"a":1}')).toEqual({ a: 1 });
	expect(parseJson('<html>')).toBeUndefined();
	expect(parseJson('')).toBeUndefined();
});

it.each([
	[1_767_225_600_000, 1_767_225_600_000],
	['1767225600000', 1_767_225_600_000],
	['2026-01-01T00:00:00Z', 1_767_225_600_000],
	[0, undefined],
	['yesterday', undefined],
	[{}, undefined],
])('time of %j', (value, expected) => {
	expect(timeOf(value)).toBe(expected);
});

it('keeps what is known, null and false too', () => {
	const result = known({ a: undefined, b: null, c: false, d: 0, e: '' });
	expect(Object.keys(result)).toEqual(['b', 'c', 'd', 'e']);
});

describe('JSON with numbers that JavaScript cannot hold', () => {
	it.each<[string, unknown]>([
		['{"id":1765178625768123457}', { id: '1765178625768123457' }],
		['[-9007199254740993, 9007199254740991]', ['-9007199254740993', 9_007_199_254_740_991]],
		['9007199254740993', '9007199254740993'],
		['{"a": "id 1765178625768123457", "b": 1}', { a: 'id 1765178625768123457', b: 1 }],
		['{"a\\"1765178625768123457": 1}', { 'a"1765178625768123457': 1 }],
		['{"a": "\\\\", "b": 1765178625768123457}', { a: '\\', b: '1765178625768123457' }],
		[
			'[0.12345678901234567890, 1e21, 12345678901234567890.5]',
			[0.12345678901234568, 1e21, 12345678901234567000],
		],
		['{"createTime": 1765178625768}', { createTime: 1_765_178_625_768 }],
	])('%s', (json, expected) => {
		expect(parseJson(json)).toEqual(expected);
	});

	it('changes nothing else', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }), (value, id) => {
				const json = `{"value":${JSON.stringify(value)},"id":${id},"text":"${id}"}`;
				expect(parseJson(json)).toEqual({
					value: JSON.parse(JSON.stringify(value), (_name, member: unknown) =>
						typeof member === 'number' &&
						!Number.isSafeInteger(member) &&
						/^-?\d{16,}$/.test(String(member))
							? String(member)
							: member,
					),
					id: String(id),
					text: String(id),
				});
			}),
		);
	});

	it('may be large', () => {
		const id = '1765178625768123457';
		const quotes = '\\"'.repeat(500_000);
		expect(parseJson(`["${quotes}", ${id}]`)).toEqual([quotes.replaceAll('\\', ''), id]);
		expect(parseJson(`[${`${id},`.repeat(200_000)}1]`)).toEqual([...Array(200_000).fill(id), 1]);
		expect(parseJson(`"${id}${quotes}`)).toBeUndefined();
	});
});

it('JSON may begin with a byte order mark', () => {
	expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
	expect(parseJson('\ufeff\ufeff{"a":1}')).toBeUndefined();
});
