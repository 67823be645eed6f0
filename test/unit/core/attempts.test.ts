import fc from 'fast-check';

import { readAttempts, withAttempt, type Attempt } from '../../../nodes/NanoBanana/core/attempts';
import type { Failure } from '../../../nodes/NanoBanana/core/failure';

const refused: Attempt = { vendor: 'one', code: 'forbidden', message: 'No entry' };
const failed: Attempt = { vendor: 'two', taskId: 't-2', code: 'taskFailed', message: 'No image' };

describe('readAttempts', () => {
	it('finds them in a failed item and in a success after a failure', () => {
		expect(readAttempts({ error: { attempts: [refused, failed] } })).toEqual([refused, failed]);
		expect(readAttempts({ attempts: [refused] })).toEqual([refused]);
	});

	it('believes the last failure, which was told of all before it', () => {
		const json = { attempts: [refused], error: { attempts: [refused, failed] } };
		expect(readAttempts(json)).toEqual([refused, failed]);
		expect(readAttempts({ attempts: [refused], error: { message: 'of another node' } })).toEqual([
			refused,
		]);
	});

	it.each([
		undefined,
		null,
		'attempts',
		[refused],
		{ attempts: 'none' },
		{ attempts: { vendor: 'one' } },
		{ attempts: [null, 7, 'x', [], {}] },
		{ attempts: [{ vendor: 'one', code: 'forbidden' }] },
		{ attempts: [{ vendor: '<b>', code: 'forbidden', message: 'No' }] },
		{ attempts: [{ vendor: 'one', code: 'two words', message: 'No' }] },
		{ attempts: [{ vendor: { name: 'one' }, code: 'forbidden', message: 'No' }] },
	])('finds none in %j', (json) => {
		expect(readAttempts(json)).toEqual([]);
	});

	it('cleans and shortens what somebody else may have written', () => {
		const [attempt] = readAttempts({
			attempts: [
				{
					vendor: 'one',
					taskId: 'a\nb',
					code: 'taskFailed',
					message: `<script>x</script>No\n${'y'.repeat(1000)}`,
					more: 'fields',
				},
			],
		});
		expect(attempt?.message).toMatch(/^No y+…$/);
		expect(attempt?.message.length).toBeLessThanOrEqual(300);
		expect(Object.keys(attempt ?? {})).toEqual(['vendor', 'code', 'message']);
	});

	it('keeps the latest of too many', () => {
		const many = Array.from({ length: 500 }, (_, index) => ({ ...refused, message: `${index}` }));
		const kept = readAttempts({ attempts: many });
		expect(kept).toHaveLength(20);
		expect(kept.at(-1)?.message).toBe('499');
	});

	it('never throws, and never brings more than it may', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				const attempts = readAttempts({ error: { attempts: value }, attempts: [value] });
				expect(attempts.length).toBeLessThanOrEqual(20);
			}),
		);
	});
});

describe('withAttempt', () => {
	const failure: Failure = {
		reason: 'taskFailed',
		message: 'No image',
		taskId: 't-2',
		hint: 'Do.',
	};

	it('adds the failure at the end', () => {
		expect(withAttempt([], 'two', failure)).toEqual([failed]);
		expect(withAttempt([refused], 'two', failure)).toEqual([refused, failed]);
	});

	it('adds an entry for each task that a joined failure stands for', () => {
		const parts = [failure, { ...failure, taskId: 't-3' }];
		const attempts = withAttempt([refused], 'two', { ...failure, parts });
		expect(attempts.map(({ taskId }) => taskId)).toEqual([undefined, 't-2', 't-3']);
	});

	it('notes a task once that was waited for twice, and a refusal as often as it came', () => {
		const late: Failure = { reason: 'timeout', message: 'Late', taskId: 't-2' };
		const twice = withAttempt(withAttempt([], 'two', late), 'two', late);
		expect(twice).toHaveLength(1);
		expect(withAttempt(twice, 'two', failure).map(({ code }) => code)).toEqual([
			'timeout',
			'taskFailed',
		]);
		const refusal: Failure = { reason: 'rateLimited', message: 'Too often' };
		expect(withAttempt(withAttempt([], 'one', refusal), 'one', refusal)).toHaveLength(2);
	});

	it('does not grow for ever', () => {
		let attempts: readonly Attempt[] = [];
		for (let index = 0; index < 50; index++) {
			attempts = withAttempt(attempts, 'one', { reason: 'timeout', message: `${index}` });
		}
		expect(attempts).toHaveLength(20);
		expect(attempts.at(-1)?.message).toBe('49');
	});
});
