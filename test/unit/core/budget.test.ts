import fc from 'fast-check';

import {
	createBudget,
	type Budget,
	type PricedTask,
	type Reservation,
} from '../../../nodes/NanoBanana/core/budget';
import type { Cost } from '../../../nodes/NanoBanana/core/cost';

const small: PricedTask = { kind: 'pro 1K', images: 1 };
const large: PricedTask = { kind: 'pro 4K', images: 1 };
const credits = (amount: number, refunded?: number): Cost => ({
	amount,
	unit: 'credits',
	...(refunded === undefined ? {} : { refunded }),
});

function granted(budget: Budget, task: PricedTask = small): Reservation {
	const answer = budget.ask(task);
	if (typeof answer === 'string') throw new Error(`The answer is "${answer}"`);
	return answer;
}

function bought(budget: Budget, amount: number, task: PricedTask = small): Reservation {
	const reservation = granted(budget, task);
	reservation.taken(credits(amount));
	return reservation;
}

describe('the first task of a kind', () => {
	it('goes alone, and all that is left is set aside for it', () => {
		const budget = createBudget(10);
		const first = granted(budget);
		expect(budget.used()).toBe(10);
		expect([budget.ask(small), budget.ask(large)]).toEqual(['wait', 'wait']);

		first.taken(credits(2));
		expect(budget.used()).toBe(2);
		expect(budget.priceOf(small)).toBe(2);
	});

	it('waits until no submit is on its way, and no other begins meanwhile', () => {
		const budget = createBudget(10);
		bought(budget, 1);
		const second = granted(budget);
		expect(budget.ask(large)).toBe('wait');
		expect(budget.ask(small)).toBe('wait');

		second.taken(credits(1));
		const first = granted(budget, large);
		expect(budget.ask(small)).toBe('wait');
		first.taken(credits(4));
		granted(budget, small);
	});

	it('is followed by another first one where it was refused', () => {
		const budget = createBudget(10);
		const refused = granted(budget);
		expect(budget.ask(small)).toBe('wait');
		refused.release();
		expect(budget.used()).toBe(0);
		granted(budget);
	});

	it('may cost more than was left, and then nothing else may', () => {
		const budget = createBudget(3);
		const first = bought(budget, 5);
		expect(budget.used()).toBe(5);
		first.end(undefined);
		expect([budget.ask(small), budget.ask(large)]).toEqual(['refused', 'refused']);
	});

	it('takes what others give back while its price is unknown', () => {
		const budget = createBudget(4);
		const earlier = [bought(budget, 2), bought(budget, 1)];
		granted(budget, large);
		earlier[0]?.end(credits(0, 2));
		expect(budget.used()).toBe(4);
		expect(budget.ask(small)).toBe('wait');
	});

	it('that is told no price takes all that is left', () => {
		const budget = createBudget(10);
		const first = granted(budget);
		first.taken(undefined);
		expect(budget.ask(small)).toBe('wait');
		first.end(undefined);
		expect(budget.ask(small)).toBe('refused');
	});

	it('whose price is told at its end leaves the rest', () => {
		const budget = createBudget(10);
		const first = granted(budget);
		first.taken(undefined);
		first.end(credits(4));
		bought(budget, 4);
		expect(budget.used()).toBe(8);
	});
});

describe('later tasks', () => {
	it('reserve the highest cost that was seen, and pay what they cost', () => {
		const budget = createBudget(20);
		bought(budget, 3);
		bought(budget, 5);
		const third = granted(budget);
		expect(third.amount()).toBe(5);
		third.taken(credits(2));
		expect(budget.used()).toBe(10);
		expect(budget.priceOf(small)).toBe(5);
	});

	it('of several images reserve as many times as much', () => {
		const budget = createBudget(20);
		bought(budget, 6, { kind: 'pro 1K', images: 3 });
		expect(granted(budget, { kind: 'pro 1K', images: 2 }).amount()).toBe(4);
	});

	it('are refused where they do not fit and nothing can come back', () => {
		const budget = createBudget(5);
		for (let count = 0; count < 2; count++) bought(budget, 2).end(undefined);
		expect(budget.ask(small)).toBe('refused');
	});

	it('wait where what is under way may come back', () => {
		const budget = createBudget(4);
		const tasks = [bought(budget, 2), bought(budget, 2)];
		expect(budget.ask(small)).toBe('wait');
		tasks[0]?.end(credits(0, 2));
		expect(budget.used()).toBe(2);
		granted(budget).release();
		tasks[1]?.end(credits(2));
		granted(budget);
	});

	it('know the full price from what was refunded in part', () => {
		const budget = createBudget(100);
		bought(budget, 2).end(credits(3, 5));
		expect(budget.priceOf(small)).toBe(8);
	});

	it('that stay unclear keep what was reserved', () => {
		const budget = createBudget(4);
		bought(budget, 2).end(undefined);
		granted(budget).end(undefined);
		expect(budget.used()).toBe(4);
		expect(budget.ask(small)).toBe('refused');
	});
});

describe('earlier runs', () => {
	it('count: a task by its cost, an unclear one by what was reserved, the rest by what was spent', () => {
		const budget = createBudget(10);
		budget.count(small, credits(2));
		budget.count(small, undefined, 2);
		budget.spend(3);
		expect(budget.used()).toBe(7);
		const own = granted(budget);
		expect(own.amount()).toBe(2);
		own.end(credits(2));
		// Nobody waits for them, since their turn may come last.
		expect(budget.ask(small)).toBe('refused');
	});

	it('give back what their tasks turn out to have been refunded', () => {
		const budget = createBudget(2);
		const earlier = budget.count(small, credits(2));
		expect(budget.ask(small)).toBe('refused');
		earlier.end(credits(0, 2));
		granted(budget);
	});
});

it.each([-5, -0.000001])('a cost of %d makes no room', (amount) => {
	const budget = createBudget(4);
	bought(budget, amount);
	expect(budget.used()).toBe(0);
});

it('adds amounts as people do', () => {
	const budget = createBudget(0.3);
	for (let count = 0; count < 3; count++) bought(budget, 0.1).end(undefined);
	expect(budget.used()).toBe(0.3);
	expect(budget.ask(small)).toBe('refused');
});

/** What happens to one task, for many of them in any order. */
const taskPlan = fc.record({
	kind: fc.constantFrom('a', 'b', 'c'),
	images: fc.integer({ min: 1, max: 4 }),
	/** Of the price of its kind. */
	share: fc.constantFrom(1, 1, 1, 0.5, 0),
	end: fc.constantFrom('succeeds', 'refused', 'unclear', 'refunded', 'untold'),
});

type Plan = typeof taskPlan extends fc.Arbitrary<infer Value> ? Value : never;
type Answer = ReturnType<Budget['ask']>;

/** All who wait ask again and again, so one of them is answered if any can be. */
function firstAnswer(asked: ReadonlyArray<readonly [Plan, () => Answer]>): readonly [Plan, Answer] {
	let last: readonly [Plan, Answer] | undefined;
	for (const [plan, ask] of asked) {
		last = [plan, ask()];
		if (last[1] !== 'wait') break;
	}
	return last as readonly [Plan, Answer];
}

it('is passed by no submit but the first of a kind, whatever the order', () => {
	const prices = { a: 1, b: 2.5, c: 0.04 } as const;
	let grants = 0;
	fc.assert(
		fc.property(
			fc.array(taskPlan, { minLength: 10, maxLength: 40 }),
			fc.double({ min: 0.01, max: 30, noNaN: true }),
			fc.infiniteStream(fc.nat()),
			(plans, limit, choices) => {
				const budget = createBudget(limit);
				const open: Array<() => void> = [];
				let waiting = [...plans];
				/** What the vendor has really taken, unclear submits among it. */
				let charged = 0;
				let allowed = limit;
				const seen = new Set<string>();
				while (waiting.length > 0 || open.length > 0) {
					const choice = choices.next().value;
					if (open.length > 0 && (choice % 4 === 0 || waiting.length === 0)) {
						open.splice(choice % open.length, 1)[0]?.();
						expect(charged).toBeLessThanOrEqual(allowed + 1e-6);
						continue;
					}
					const asked = waiting
						.map((_, index) => waiting[(choice + index) % waiting.length] as Plan)
						.map((plan) => [plan, () => budget.ask(plan)] as const);
					const [plan, answer] = firstAnswer(asked);
					if (answer === 'wait') {
						// Whoever waits has something to wait for.
						expect(open.length).toBeGreaterThan(0);
						open.splice(choice % open.length, 1)[0]?.();
						continue;
					}
					waiting = waiting.filter((other) => other !== plan);
					if (answer === 'refused') continue;
					grants++;
					const full = prices[plan.kind] * plan.images;
					const isFirst = !seen.has(plan.kind);
					// The first of its kind shows the highest price there is.
					const amount = isFirst ? full : full * plan.share;
					open.push(() => {
						if (plan.end === 'refused') {
							answer.release();
							return;
						}
						charged += amount;
						if (isFirst) allowed = Math.max(allowed, charged);
						if (plan.end === 'unclear') {
							answer.end(undefined);
							return;
						}
						seen.add(plan.kind);
						answer.taken(credits(amount));
						open.push(() => {
							if (plan.end === 'refunded') charged -= amount;
							const isTold = plan.end !== 'untold';
							answer.end(
								!isTold
									? undefined
									: plan.end === 'refunded'
										? credits(0, amount)
										: credits(amount),
							);
						});
					});
				}
			},
		),
		{ numRuns: 1_000 },
	);
	expect(grants).toBeGreaterThan(2_000);
});
