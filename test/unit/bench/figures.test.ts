import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';

import { projectFolder } from '../../architecture/sources';
import type { Figure } from '../../bench/benchmark';
import { lowerBoundMs } from '../../bench/limit/lowerBound';
import {
	beginMarker,
	endMarker,
	replaceBetweenMarkers,
	resultsFile,
	resultsText,
} from '../../bench/resultsPage';
import { median, percentile } from '../../bench/statistics';

const limit = { requests: 20, windowMs: 10_000 };
const tasksOf = (count: number, lengthMs: number) => Array<number>(count).fill(lengthMs);

describe('the best that a request limit allows', () => {
	it('is the longest task where the limit does not matter', () => {
		expect(lowerBoundMs([3_000, 8_000, 5_000], limit)).toBe(8_000);
	});

	it('counts one submit and one poll for each task', () => {
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

describe('the table on the page of the benchmarks', () => {
	const date = '2026-11-21';
	const figure: Figure = {
		what: 'Wall time',
		against: 'a | b',
		goal: '≤ 2 ×',
		measured: '3 ×',
		isMet: false,
		method: 'by a clock',
	};
	const linesOf = (text: string) => text.split('\n').filter((line) => /^[|-] /.test(line));

	it('shows what was missed on one line, and below the table how it was measured', () => {
		const text = resultsText([figure], { heading: 'Measured here.', date });
		expect(text.split('\n')[0]).toBe('Measured here.');
		expect(linesOf(text)).toEqual([
			'| # | what | against | measured | goal | met | on |',
			'| --- | --- | --- | --- | --- | --- | --- |',
			'| 1 | Wall time | a \\| b | **3 ×** | ≤ 2 × | no | 2026-11-21 |',
			'- **1:** by a clock',
		]);
	});

	it('tells a way of measuring once, with all its rows', () => {
		const memory = { ...figure, what: 'Memory', method: 'by a scale' };
		const late = { ...figure, what: 'Late' };
		const text = resultsText([figure, memory, late], { heading: 'Measured here.', date });
		expect(linesOf(text).slice(-2)).toEqual(['- **1, 3:** by a clock', '- **2:** by a scale']);
	});

	it('keeps the rows of what was not measured this time, with their day and their method', () => {
		const other = { ...figure, what: 'Memory', method: 'by a scale' };
		const before = resultsText([figure, other], { heading: 'Measured here.', date });
		const better = { ...figure, measured: '1 ×', isMet: true, method: 'by a better clock' };
		const added = { ...figure, what: 'Added' };
		const after = resultsText([better, added], {
			heading: 'Again.',
			date: '2026-12-01',
			before,
		});
		expect(linesOf(after).slice(2)).toEqual([
			'| 1 | Wall time | a \\| b | **1 ×** | ≤ 2 × | yes | 2026-12-01 |',
			'| 2 | Memory | a \\| b | **3 ×** | ≤ 2 × | no | 2026-11-21 |',
			'| 3 | Added | a \\| b | **3 ×** | ≤ 2 × | no | 2026-12-01 |',
			'- **1:** by a better clock',
			'- **2:** by a scale',
			'- **3:** by a clock',
		]);
	});

	it('is read as prettier leaves it', async () => {
		const heading = 'Measured here.';
		const text = resultsText([figure], { heading, date });
		const before = await format(text, { parser: 'markdown', proseWrap: 'never' });
		expect(resultsText([], { heading, date: '2026-12-01', before })).toBe(text);
	});

	it('replaces what stands between the markers, and nothing else', () => {
		const document = `before\n${beginMarker}\nold\n${endMarker}\nafter`;
		const replaced = replaceBetweenMarkers(document, 'new');
		expect(replaced).toBe(`before\n${beginMarker}\n\nnew\n\n${endMarker}\nafter`);
		expect(replaceBetweenMarkers(replaced, 'newer')).not.toContain('new\n');
		expect(() => replaceBetweenMarkers('no markers', 'new')).toThrow('has no <!-- bench:start -->');
	});

	it('has its place on the page', () => {
		const page = readFileSync(path.join(projectFolder, resultsFile), 'utf8');
		expect(replaceBetweenMarkers(page, 'new')).toContain('new');
	});
});
