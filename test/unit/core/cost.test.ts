import { costsOfTasks, finalCost, paidBack, sumOfCosts } from '../../../nodes/NanoBanana/core/cost';

const told = { amount: 16, unit: 'credits', remaining: 100 } as const;

describe('finalCost', () => {
	it('is what was told with the submit while nothing else is said', () => {
		expect(finalCost(told, undefined)).toEqual(told);
		expect(finalCost(undefined, { amount: 4.5, unit: 'credits' })).toEqual({
			amount: 4.5,
			unit: 'credits',
		});
		expect(finalCost(undefined, undefined)).toBeUndefined();
	});

	it('keeps what was left, unless something came back since', () => {
		expect(finalCost(told, { amount: 16, unit: 'credits' })).toEqual(told);
		expect(finalCost(told, { amount: 8, unit: 'credits', refunded: 8 })).toEqual({
			amount: 8,
			unit: 'credits',
			refunded: 8,
		});
	});

	it('knows a refund by a charged task that costs nothing in the end', () => {
		expect(finalCost(told, { amount: 0, unit: 'credits' })).toEqual({
			amount: 0,
			unit: 'credits',
			refunded: 16,
		});
	});
});

describe('paidBack', () => {
	it('costs nothing and tells what came back', () => {
		expect(paidBack({ amount: 0.04, unit: 'USD' })).toEqual({
			amount: 0,
			unit: 'USD',
			refunded: 0.04,
		});
	});

	it('tells no refund where nothing was charged', () => {
		expect(paidBack({ amount: 0, unit: 'credits' })).toEqual({ amount: 0, unit: 'credits' });
	});
});

describe('sumOfCosts', () => {
	it('adds amounts as people do', () => {
		const cost = { amount: 0.1, unit: 'USD' } as const;
		expect(sumOfCosts([cost, { ...cost, amount: 0.2 }])).toEqual({ amount: 0.3, unit: 'USD' });
		expect(sumOfCosts([])).toBeUndefined();
	});

	it('never adds units of different kinds', () => {
		expect(sumOfCosts([told, { amount: 1, unit: 'USD' }])).toEqual(told);
	});

	it('adds refunds and names the least that was left', () => {
		const costs = [told, { amount: 0, unit: 'credits', refunded: 16, remaining: 84 } as const];
		expect(sumOfCosts(costs)).toEqual({
			amount: 16,
			unit: 'credits',
			refunded: 16,
			remaining: 84,
		});
	});
});

it('a task with several images is paid once', () => {
	const costs = costsOfTasks([{ taskId: 'a', cost: told }, { taskId: 'a', cost: told }, {}]);
	expect(costs).toEqual([told]);
});
