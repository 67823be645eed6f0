import {
	imagesOf,
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
