import type { Figure } from '../../bench/benchmark';
import { lowerBoundMs } from '../../bench/limit/lowerBound';
import {
	beginMarker,
	endMarker,
	markdownTable,
	replaceBetweenMarkers,
} from '../../bench/readmeTable';
import { median, percentile } from '../../bench/statistics';

const limit = { requests: 20, windowMs: 10_000 };
const tasksOf = (count: number, lengthMs: number) => Array<number>(count).fill(lengthMs);

describe('the best that a request limit allows', () => {
	it('is the longest task where the limit does not matter', () => {
		expect(lowerBoundMs([3_000, 8_000, 5_000], limit)).toBe(8_000);
	});

	it('counts one submit and one look for each task', () => {
		// 100 requests: the last 20 leave when four windows have passed.
		expect(lowerBoundMs(tasksOf(50, 20_000), limit)).toBe(40_000);
	});

	it('counts the length of a task that can only be submitted late', () => {
		expect(lowerBoundMs(tasksOf(50, 60_000), limit)).toBe(80_000);
	});

	it('supposes that the longest are submitted first', () => {
		const lengthsMs = [...tasksOf(20, 5_000), ...tasksOf(20, 30_000)];
		expect(lowerBoundMs(lengthsMs, limit)).toBe(30_000);
	});
});

it('takes the middle, and the value that so many percent do not exceed', () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([9, 1, 5, 6])).toBe(5.5);
	const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
	expect(percentile(hundred, 95)).toBe(95);
	expect(percentile([7], 95)).toBe(7);
});

describe('the table in the README', () => {
	const date = '2026-11-21';
	const figure: Figure = {
		what: 'Wall time',
		against: 'a | b',
		goal: '≤ 2 ×',
		measured: '3 ×',
		isMet: false,
		method: 'by a clock',
	};

	it('shows what was missed, and how it was measured', () => {
		const lines = markdownTable([figure], { heading: 'Measured here.', date }).split('\n');
		expect(lines[0]).toBe('Measured here.');
		expect(lines.at(-1)).toBe(
			'| Wall time | a \\| b | **3 ×** | ≤ 2 × | no | by a clock | 2026-11-21 |',
		);
	});

	it('keeps the rows of what was not measured this time, with their day', () => {
		const other = { ...figure, what: 'Memory' };
		const before = markdownTable([figure, other], { heading: 'Measured here.', date });
		const better = { ...figure, measured: '1 ×', isMet: true };
		const after = markdownTable([better], { heading: 'Again.', date: '2026-12-01', before });
		expect(after.split('\n').slice(-2)).toEqual([
			'| Wall time | a \\| b | **1 ×** | ≤ 2 × | yes | by a clock | 2026-12-01 |',
			before.split('\n').at(-1),
		]);
	});

	it('replaces what stands between the markers, and nothing else', () => {
		const document = `before\n${beginMarker}\nold\n${endMarker}\nafter`;
		const replaced = replaceBetweenMarkers(document, 'new');
		expect(replaced).toBe(`before\n${beginMarker}\n\nnew\n\n${endMarker}\nafter`);
		expect(replaceBetweenMarkers(replaced, 'newer')).not.toContain('new\n');
		expect(() => replaceBetweenMarkers('no markers', 'new')).toThrow('has no <!-- bench:start -->');
	});
});
