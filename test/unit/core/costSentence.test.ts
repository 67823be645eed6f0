import { costSentence } from '../../../nodes/NanoBanana/core/cost';

const credits = (amount: number, more = {}) => ({ amount, unit: 'credits', ...more }) as const;

it('sums up what several tasks cost', () => {
	const tasks = ['a', 'b', 'c'].map((taskId) => ({ taskId, cost: credits(8) }));
	expect(costSentence(tasks)).toBe('3 tasks cost 24 credits in all.');
});

it('counts a task with several images once', () => {
	const cost = credits(16, { remaining: 100 });
	const images = [
		{ taskId: 'a', cost },
		{ taskId: 'a', cost },
		{ taskId: 'b', cost: credits(8, { remaining: 92 }) },
	];
	expect(costSentence(images)).toBe(
		'2 tasks cost 24 credits in all; 92 credits were left after the last submit.',
	);
});

it('tells refunds, and how many tasks told nothing', () => {
	const images = [
		{ taskId: 'a', cost: credits(8) },
		{ taskId: 'b', cost: credits(0, { refunded: 8 }) },
		{ taskId: 'c' },
		{},
	];
	expect(costSentence(images)).toBe(
		'2 of 3 tasks cost 8 credits in all; 8 credits were refunded for 1 of them.',
	);
});

it.each([
	['of a single task its item tells it', [{ taskId: 'a', cost: credits(8) }]],
	['nobody told a cost', [{ taskId: 'a' }, { taskId: 'b' }]],
	['there was no task', [{}, {}]],
])('says nothing where %s', (_why, images) => {
	expect(costSentence(images)).toBeUndefined();
});
