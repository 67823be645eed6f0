import fc from 'fast-check';

import { mapConcurrently } from '../../../nodes/NanoBanana/core/concurrency';

/** Work that ends in the order that the test chooses. */
function gates(count: number) {
	const doors = Array.from({ length: count }, () => {
		let open!: () => void;
		let slam!: (reason: unknown) => void;
		const passed = new Promise<void>((resolve, reject) => {
			open = resolve;
			slam = reject;
		});
		return { open, slam, passed };
	});
	return { doors, pass: (index: number) => doors[index]!.passed };
}

async function settle(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

it('answers in the order of the entries, whichever ends first', async () => {
	const { doors, pass } = gates(3);
	const all = mapConcurrently(['a', 'b', 'c'], 3, async (entry, index) => {
		await pass(index);
		return `${index}:${entry}`;
	});
	for (const index of [2, 0, 1]) {
		doors[index]!.open();
		await settle();
	}
	await expect(all).resolves.toEqual(['0:a', '1:b', '2:c']);
});

it('begins the next entry as soon as one ends, in order', async () => {
	const { doors, pass } = gates(4);
	const begun: number[] = [];
	const all = mapConcurrently([0, 1, 2, 3], 2, async (entry) => {
		begun.push(entry);
		await pass(entry);
	});
	await settle();
	expect(begun).toEqual([0, 1]);
	doors[1]!.open();
	await settle();
	expect(begun).toEqual([0, 1, 2]);
	for (const door of doors) door.open();
	await all;
	expect(begun).toEqual([0, 1, 2, 3]);
});

it('never runs more than the limit, and runs each entry once', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
			fc.integer({ min: 1, max: 10 }),
			async (turns, limit) => {
				let now = 0;
				let most = 0;
				const results = await mapConcurrently(turns, limit, async (turn, index) => {
					most = Math.max(most, ++now);
					for (let left = turn; left > 0; left--) await settle();
					now--;
					return index;
				});
				expect(most).toBeLessThanOrEqual(limit);
				expect(results).toEqual(turns.map((_, index) => index));
			},
		),
		{ numRuns: 40 },
	);
});

it.each([0, -5, 0.4, Number.NaN])('takes a limit of %p for 1', async (limit) => {
	let now = 0;
	let most = 0;
	const results = await mapConcurrently([1, 2, 3], limit, async (entry) => {
		most = Math.max(most, ++now);
		await settle();
		now--;
		return entry * 10;
	});
	expect(results).toEqual([10, 20, 30]);
	expect(most).toBe(1);
});

it('runs all at once without a limit', async () => {
	const results = await mapConcurrently([1, 2], Number.POSITIVE_INFINITY, (entry) =>
		Promise.resolve(entry),
	);
	expect(results).toEqual([1, 2]);
});

it('has nothing to do for no entries', async () => {
	await expect(mapConcurrently([], 5, () => Promise.reject(new Error('never')))).resolves.toEqual(
		[],
	);
});

it('after a rejection begins nothing more, waits for what is under way, and passes it on', async () => {
	const { doors, pass } = gates(5);
	const begun: number[] = [];
	const ended: number[] = [];
	const all = mapConcurrently([0, 1, 2, 3, 4], 2, async (entry) => {
		begun.push(entry);
		await pass(entry);
		ended.push(entry);
	});
	let isSettled = false;
	const outcome = all.then(
		() => 'resolved',
		(reason: unknown) => {
			isSettled = true;
			return reason;
		},
	);
	await settle();
	doors[0]!.slam(new Error('first'));
	await settle();
	expect(begun).toEqual([0, 1]);
	expect(isSettled).toBe(false);
	doors[1]!.open();
	await expect(outcome).resolves.toEqual(new Error('first'));
	expect(begun).toEqual([0, 1]);
	expect(ended).toEqual([1]);
});

it('passes a rejection on even where its reason is undefined', async () => {
	await expect(
		// eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
		mapConcurrently([1], 1, () => Promise.reject(undefined)),
	).rejects.toBeUndefined();
});
