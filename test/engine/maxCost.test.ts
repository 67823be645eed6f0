import './harness/environment';

import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import type { Sandbox, VendorId } from '../sandbox';
import { testedVendors } from '../vendors';
import { errorOf } from './harness/errorJson';
import type { RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, countingVendor, formVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** What one image costs at those vendors that tell it with the submit, in their own unit. */
const prices = testedVendors.flatMap(({ facts, client }) => {
	const { submit } = facts.costs;
	if (submit === undefined) return [];
	return [[facts.id, submit.amount, submit.unit, client.cost / submit.amount] as const];
});

const parameters = (
	id: VendorId,
	maxCost: number | string,
	{ options, ...changes }: IDataObject = {},
) =>
	imageParameters(id, 'generate', {
		prompt: '={{ $json.prompt }}',
		...(changes as object),
		options: { maxCost, maxTasksAtOnce: 6, ...(options as object | undefined) },
	});

const items = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ json: { prompt: `Banana ${index}` } }));

const hintsOf = ({ run: { data } }: RunResult) =>
	(data.resultData.runData['Nano Banana']?.at(-1)?.hints ?? []).map(({ message }) => message);

describe.each(prices)('%s, an image for %d %s', (id, price, unit, inSandboxUnit) => {
	const limit = Number((4 * price).toFixed(6));

	it.each(['wait', 'submit'])(
		'buys four of ten, six at once, and says of six why not (%s)',
		async (completion) => {
			const result = await run(id, {
				parameters: parameters(id, limit, { options: { completion } }),
				items: items(10),
				onError: 'continueErrorOutput',
			});

			expect(sandbox.ledger.charges).toHaveLength(4);
			expect(sandbox.ledger.charged(id)).toBeCloseTo(limit * inSandboxUnit, 6);
			expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(4);
			expect(result.items).toHaveLength(4);
			for (const { json, binary } of result.items) {
				expect(json.cost).toMatchObject({ amount: price, unit });
				expect(binary?.data === undefined).toBe(completion === 'submit');
			}
			expect(result.errorItems).toHaveLength(6);
			for (const item of result.errorItems) {
				expect(item.json.prompt).toMatch(/^Banana \d$/);
				expect(errorOf(item)).toMatchObject({
					code: 'insufficientCredit',
					message: expect.stringContaining(`${limit} ${unit} of ${limit} ${unit}`) as string,
					hint: expect.stringContaining('Nothing was bought') as string,
					resumable: false,
					retryElsewhere: false,
				});
				expect(errorOf(item)).not.toHaveProperty('taskId');
			}
			expect(hintsOf(result)[0]).toContain(`4 tasks cost ${limit} ${unit} in all`);
		},
	);

	it('brings what was bought before a run that stops ends, and a retry buys no more', async () => {
		sandbox.settings.taskDurationMs = 1_000;
		const options = {
			parameters: parameters(id, limit),
			items: items(10),
		};
		const first = await run(id, options);

		expect(first.error?.message).toContain("'Max Cost' allows no more");
		expect(sandbox.ledger.tasks).toHaveLength(4);
		expect(first.error?.description).toContain('4 of 10 images are ready and paid');
		for (const task of sandbox.ledger.tasks) {
			expect(first.log.join('\n')).toContain(task.id);
			expect(task.downloads).toBeGreaterThan(0);
		}

		const retried = await run(id, { ...options, retryOf: first.run, retryOnFail: true });
		expect(retried.error?.message).toContain("'Max Cost' allows no more");
		expect(sandbox.ledger.tasks).toHaveLength(4);

		// What was bought counts toward a limit that was raised.
		const raised = await run(id, {
			parameters: parameters(id, limit + 2 * price),
			items: items(10),
			retryOf: first.run,
			onError: 'continueErrorOutput',
		});
		expect(raised.items).toHaveLength(6);
		expect(sandbox.ledger.tasks).toHaveLength(6);
	});

	it('spends again what a failed task gave back', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails', times: 3 });
		const result = await run(id, {
			parameters: parameters(id, limit),
			items: items(10),
			onError: 'continueErrorOutput',
		});

		expect(result.items).toHaveLength(4);
		expect(sandbox.ledger.tasks).toHaveLength(7);
		expect(sandbox.ledger.netCharged(id)).toBeCloseTo(limit * inSandboxUnit, 6);
		const failed = result.errorItems.filter((item) => errorOf(item)?.code === 'taskFailed');
		expect(failed.map((item) => errorOf(item)?.cost)).toEqual(
			Array(3).fill({ amount: 0, unit, refunded: price }),
		);
		expect(hintsOf(result)[0]).toContain(
			`${Number((3 * price).toFixed(6))} ${unit} were refunded for 3 of them`,
		);
	});

	it('keeps room for a submit that stays unclear', async () => {
		// The first four have the room: none of them ends before each has got its own.
		sandbox.settings.taskDurationMs = 2_000;
		// With an idempotency key it is sent again until it is clear.
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'droppedAfterTaken',
			match: { prompt: 'Banana 1' },
		});
		const result = await run(id, {
			parameters: parameters(id, limit, { options: { timeout: 3, maxTasksAtOnce: 4 } }),
			items: items(10),
			onError: 'continueErrorOutput',
		});

		expect(sandbox.ledger.charged(id)).toBeCloseTo(limit * inSandboxUnit, 6);
		expect(result.items).toHaveLength(3);
		expect(result.errorItems.map((item) => errorOf(item)?.code).sort()).toEqual([
			...Array<string>(6).fill('insufficientCredit'),
			'submitUnknown',
		]);
	});

	it('frees what was set aside for a submit that was refused', async () => {
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'badRequest',
			skip: 1,
			times: 5,
		});
		const result = await run(id, {
			parameters: parameters(id, limit),
			items: items(10),
			onError: 'continueErrorOutput',
		});
		expect(result.items).toHaveLength(4);
		expect(sandbox.ledger.charges).toHaveLength(4);
	});

	it.each(['soon', -1, 0, Number.NaN, Number.POSITIVE_INFINITY, '', null, undefined])(
		'a limit of %p is refused before anything is bought',
		async (value) => {
			const { errorItems } = await run(id, {
				parameters: parameters(id, '={{ $json.limit }}'),
				items: [{ json: { prompt: 'A banana', limit: value } }],
				onError: 'continueErrorOutput',
			});
			expect(errorOf(errorItems[0])).toMatchObject({
				code: 'invalidRequest',
				message: "'Max Cost' is not a number above 0 [item 0]",
			});
			expect(sandbox.ledger.requests).toEqual([]);
		},
	);
});

it('counts an image of a task that makes several', async () => {
	const { items: made, errorItems } = await run(countingVendor, {
		parameters: parameters(countingVendor, 60, {
			numberOfImages: 3,
			options: { maxTasksAtOnce: 20 },
		}),
		items: items(4),
		onError: 'continueErrorOutput',
	});
	expect(made).toHaveLength(6);
	expect(sandbox.ledger.charged(countingVendor)).toBe(48);
	expect(errorItems).toHaveLength(2);
});

it('knows a price for each model and size', async () => {
	const { items: made } = await run(formVendor, {
		parameters: parameters(formVendor, 60, { model: '={{ $json.model }}' }),
		items: [
			'nanoBananaPro',
			'nanoBananaFast',
			'nanoBananaFast',
			'nanoBananaPro',
			'nanoBananaPro',
		].map((model) => ({ json: { prompt: model, model } })),
		onError: 'continueErrorOutput',
	});
	expect(sandbox.ledger.charged(formVendor)).toBeLessThanOrEqual(60);
	expect(made.length).toBeGreaterThanOrEqual(3);
});

it('refuses items that name another limit than those before them', async () => {
	const { items: made, errorItems } = await run(countingVendor, {
		parameters: parameters(countingVendor, '={{ $json.limit }}'),
		items: [100, 100, 8].map((limit) => ({ json: { prompt: 'A banana', limit } })),
		onError: 'continueErrorOutput',
	});
	expect(made).toHaveLength(2);
	expect(errorOf(errorItems[0])?.message).toContain("'Max Cost' is 8 here and 100");
});

it('is offered where the vendor tells the cost with the submit', () => {
	const able = vendorCases.filter(({ vendor }) => vendor.costs?.isToldBySubmit === true);
	const { properties } = new NanoBanana().description;
	const shown = properties
		.flatMap(({ options = [] }) => options as INodeProperties[])
		.filter(({ name }) => name === 'maxCost')
		.map(({ displayOptions }) => displayOptions?.show);
	expect(able.map(({ id }) => id)).toEqual(prices.map(([id]) => id));
	expect(shown.length).toBeGreaterThan(0);
	for (const condition of shown) expect(condition).toEqual({ '/vendor': able.map(({ id }) => id) });
});

it('shows no sum for a single task, nor where no cost was told', async () => {
	const single = await run(countingVendor, {
		parameters: imageParameters(countingVendor, 'generate'),
		items: items(1),
	});
	const untold = await run(cancelingVendor, {
		parameters: imageParameters(cancelingVendor, 'generate'),
		items: items(2),
	});
	expect([...hintsOf(single), ...hintsOf(untold)]).toEqual([]);
});
