import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import type { ParkedExecution } from './harness/parkedExecution';
import {
	items as inputItems,
	parkingForFile,
	prompts,
	taskDurationMs,
} from './harness/parkingForFile';
import { readBinary, runWorkflow } from './harness/runWorkflow';
import { until } from './harness/until';
import {
	callingCases,
	credentialFor,
	imageParameters,
	taskParameters,
	vendorCases,
} from './harness/vendors';
import { decodedSize } from '../sandbox';

let sandbox: Sandbox;

const park = parkingForFile((started) => {
	sandbox = started;
});

const submits = (id: VendorId) => sandbox.ledger.requestsOf('submit', id);
const taskOf = (prompt: string) => sandbox.ledger.tasks.find((task) => task.prompt === prompt)!;
const statuses = () => sandbox.ledger.callbacks.map(({ status }) => status);

describe.each(callingCases)('$vendor.displayName', ({ id, vendor }) => {
	it('parks, and goes on with one picture for each item when the last task has ended', async () => {
		// The first item's task is the last to end.
		sandbox.settings.taskDurationMs = ({ prompt }) => taskDurationMs * (prompt === 'one' ? 3 : 1);
		const execution = await park(id);
		expect(execution.wasParked).toBe(true);
		expect(sandbox.ledger.downloads).toHaveLength(0);

		const { items: resumed, error } = await execution.resumed;

		expect(error).toBeUndefined();
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(resumed.map(({ json }) => json.taskId)).toEqual(prompts.map((one) => taskOf(one).id));
		for (const { json, binary } of resumed) {
			const size = await decodedSize(await readBinary(binary?.data));
			const fileName = binary?.data?.fileName;
			expect(json).toMatchObject({ vendor: id, state: 'succeeded', fileName, ...size });
		}
		await until(() => sandbox.ledger.callbacks.length === 3 && execution.underWay() === 0);
		expect(execution.resumptions()).toBe(1);
		expect(submits(id)).toHaveLength(3);
	});

	it('shows each item with its task while it is parked', async () => {
		const execution = await park(id);
		expect(execution.itemsWhileParked.map(({ json }) => json)).toEqual(
			prompts.map((prompt) => ({
				vendor: id,
				taskId: taskOf(prompt).id,
				state: 'running',
				prompt,
				aspectRatio: 'auto',
				warnings: [expect.stringContaining('Task → Wait')],
			})),
		);
		await execution.resumed;
	});

	it('shows the fields of the input, before and after, where asked', async () => {
		const execution = await park(
			id,
			{ options: { includeInputFields: true } },
			{ onError: 'continueErrorOutput' },
		);
		const skus = inputItems.map(({ json }) => json.sku);
		expect(execution.itemsWhileParked.map(({ json }) => json.sku)).toEqual(skus);
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => [json.sku, json.state])).toEqual(
			skus.map((sku) => [sku, 'succeeded']),
		);
	});

	it('puts several images of an item into one', async () => {
		const execution = await park(id, { numberOfImages: 2 });
		const { items: resumed } = await execution.resumed;
		const tasksOfItem = vendor.maxImagesInTask > 1 ? 1 : 2;
		expect(resumed).toHaveLength(3);
		for (const { json, binary } of resumed) {
			expect(json.taskIds).toHaveLength(tasksOfItem);
			expect(json.images).toHaveLength(2);
			expect(Object.keys(binary ?? {})).toEqual(['data', 'data_1']);
		}
		expect(submits(id)).toHaveLength(3 * tasksOfItem);
	});

	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'keeps a failed item with %s beside the others',
		async (onError) => {
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
			const execution = await park(id, {}, { onError });

			const { items: good, errorItems, error } = await execution.resumed;

			expect(error).toBeUndefined();
			const isApart = onError === 'continueErrorOutput';
			expect(good).toHaveLength(isApart ? 2 : 3);
			const bad = isApart ? errorItems[0] : good[1];
			expect(bad?.json).toMatchObject({
				prompt: 'two',
				sku: 'sku two',
				error: {
					code: 'taskFailed',
					vendor: id,
					taskId: taskOf('two').id,
					resumable: false,
					retryElsewhere: true,
				},
			});
			const paired = bad?.pairedItem;
			expect(typeof paired === 'object' && 'item' in paired ? paired.item : paired).toBe(1);
		},
	);

	it('ends with the first failed task and names the others, where nothing continues', async () => {
		sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
		const execution = await park(id);

		const { error } = await execution.resumed;

		expect(error?.message).toContain('[item 1]');
		for (const prompt of prompts) {
			expect(`${error?.message} ${error?.description}`).toContain(taskOf(prompt).id);
		}
	});

	describe('"Retry" of an execution that its callback has ended', () => {
		/** n8n has put one empty item in the place of the node's input by then. */
		const retry = async ({ parkedRun }: ParkedExecution) =>
			await runWorkflow({
				parameters: imageParameters(id, 'generate', { options: { completion: 'callback' } }),
				credentials: credentialFor(sandbox, id),
				items: [{ json: {} }],
				retryOf: parkedRun,
			});

		it('brings all pictures where one could not be downloaded, and buys nothing', async () => {
			sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
			const execution = await park(id);
			const { error } = await execution.resumed;
			expect(error?.description).toContain("'Retry' in the list of executions downloads them");

			sandbox.faults.clear();
			const again = await retry(execution);

			expect(again.error).toBeUndefined();
			expect(again.items.map(({ json }) => json.prompt)).toEqual(prompts);
			expect(again.items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
			expect(submits(id)).toHaveLength(3);
		});

		it('buys anew what the vendor has failed, and only that', async () => {
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
			const execution = await park(id);
			const { error } = await execution.resumed;
			expect(error?.message).toContain('[item 1]');

			sandbox.faults.clear();
			const again = await retry(execution);

			expect(again.error).toBeUndefined();
			expect(again.items.map(({ json }) => json.prompt)).toEqual(prompts);
			expect(again.items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
			expect(submits(id)).toHaveLength(4);
			expect(sandbox.ledger.tasks.filter(({ prompt }) => prompt === 'two')).toHaveLength(2);
		});

		it('buys an edit anew with its reference images, also one that a second try has taken up', async () => {
			const source = await runWorkflow({
				parameters: imageParameters(id, 'generate', { prompt: 'source' }),
				credentials: credentialFor(sandbox, id),
			});
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'one' }, times: 1 });
			// The first try takes the first item and is refused the second; the next one parks both.
			sandbox.faults.add({
				...{ vendor: id, verb: 'submit', fault: 'insufficientCredit' },
				match: { prompt: 'two' },
				times: 1,
			});
			const parameters = imageParameters(id, 'edit', {
				prompt: '={{ $json.prompt }}',
				referenceUrls: source.items[0]?.json.url as string,
				options: { completion: 'callback', maxTasksAtOnce: 1 },
			});
			const execution = await park(id, parameters, { retryOnFail: true });
			const { error } = await execution.resumed;
			expect(error?.message).toContain('[item 0]');

			const again = await runWorkflow({
				parameters,
				credentials: credentialFor(sandbox, id),
				items: [{ json: {} }],
				retryOf: execution.parkedRun,
			});

			expect(again.error).toBeUndefined();
			const bought = sandbox.ledger.tasks.filter(({ prompt }) => prompt === 'one');
			expect(bought).toHaveLength(2);
			for (const { references } of bought) expect(references).toHaveLength(1);
		});

		it('asks no other vendor for its tasks and buys nothing there, but names them', async () => {
			sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
			const execution = await park(id);
			await execution.resumed;
			const other = vendorCases.find((candidate) => candidate.id !== id)!.id;

			const { error } = await runWorkflow({
				parameters: imageParameters(other, 'generate'),
				credentials: credentialFor(sandbox, other),
				items: [{ json: {} }],
				retryOf: execution.parkedRun,
			});

			expect(`${error?.message} ${error?.description}`).toContain(taskOf('one').id);
			expect(submits(other)).toHaveLength(0);
		});

		it('asks nobody with Placeholder Images, but names the tasks that were bought', async () => {
			sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
			const execution = await park(id);
			await execution.resumed;
			const before = sandbox.ledger.requests.length;

			const { error } = await runWorkflow({
				parameters: imageParameters(id, 'generate', { options: { placeholder: 'always' } }),
				credentials: credentialFor(sandbox, id),
				items: [{ json: {} }],
				retryOf: execution.parkedRun,
			});

			expect(error?.message).toContain('An earlier try of this execution has bought this image');
			expect(`${error?.message} ${error?.description}`).toContain(taskOf('one').id);
			expect(sandbox.ledger.requests).toHaveLength(before);
		});

		it('buys nothing anew that moderation has refused', async () => {
			sandbox.faults.add({ fault: 'taskModerated', match: { prompt: 'two' } });
			const execution = await park(id);
			const { error } = await execution.resumed;

			const again = await retry(execution);

			expect(again.error?.message).toContain(error?.message.replace(/ \[item 1\]$/, ''));
			expect(submits(id)).toHaveLength(3);
		});
	});

	it('lets a submit that was refused come out beside the parked ones', async () => {
		sandbox.faults.add({ fault: 'insufficientCredit', verb: 'submit', match: { prompt: 'two' } });
		const execution = await park(id, {}, { onError: 'continueErrorOutput' });
		const { items: good, errorItems } = await execution.resumed;
		expect(good.map(({ json }) => json.prompt)).toEqual(['one', 'three']);
		expect(errorItems.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				sku: 'sku two',
				error: expect.objectContaining({ code: 'insufficientCredit' }),
			}),
		]);
	});

	it('does not park when all tasks have ended by then', async () => {
		for (const prompt of prompts) {
			sandbox.faults.add({ fault: 'callbackBeforeAnswer', match: { prompt } });
		}
		const execution = await park(id);
		expect(execution.wasParked).toBe(false);
		const { items: now } = await execution.resumed;
		expect(now.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(now.every(({ binary }) => binary?.data !== undefined)).toBe(true);
	});

	it('stays paired when the vendor makes one image more than asked', async () => {
		sandbox.faults.add({ fault: 'moreImages', match: { prompt: 'two' } });
		sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'three' } });
		const execution = await park(id, {}, { onError: 'continueErrorOutput' });
		const { items: good, errorItems } = await execution.resumed;
		expect(good.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
		expect(Object.keys(good[1]?.binary ?? {})).toEqual(['data', 'data_1']);
		expect(errorItems.map(({ json }) => json.sku)).toEqual(['sku three']);
	});

	it('does not take a task for forgotten that the vendor does not know yet', async () => {
		for (const prompt of prompts) {
			sandbox.faults.add({ fault: 'notFound', verb: 'getTask', times: 1, match: { prompt } });
		}
		const execution = await park(id);
		const { items: resumed, error } = await execution.resumed;
		expect(error).toBeUndefined();
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
	});

	it('is parked until its images can be there, a minute and a half after the last timeout', async () => {
		const execution = await park(id, { options: { timeout: 200 } });
		const lastSubmit = Math.max(...sandbox.ledger.tasks.map(({ submittedAt }) => submittedAt));
		const untilMs = execution.parkedUntil?.getTime() ?? 0;
		// The time limit begins with the send of the submit, a moment before the vendor takes it.
		expect(untilMs - lastSubmit).toBeGreaterThan(200_000 + 88_000);
		expect(untilMs - lastSubmit).toBeLessThanOrEqual(200_000 + 90_000);
		await execution.resumed;
	});

	it.each([undefined, 'continueErrorOutput', 'continueRegularOutput'] as const)(
		'hands on items with their tasks when no callback comes, on error %s',
		async (onError) => {
			sandbox.faults.add({ fault: 'callbackLost', times: Number.POSITIVE_INFINITY });
			const options = onError === undefined ? {} : { onError };
			const execution = await park(id, { options: { timeout: 1 } }, options);
			const { items: late, error } = await execution.timeOut();
			expect(error).toBeUndefined();
			expect(late.map(({ json }) => json.taskId)).toEqual(prompts.map((one) => taskOf(one).id));
			expect(late.every(({ binary }) => binary === undefined)).toBe(true);
			expect(sandbox.ledger.downloads).toHaveLength(0);

			const waited = await runWorkflow({
				parameters: taskParameters(id, 'wait'),
				credentials: credentialFor(sandbox, id),
				items: late.map(({ json }) => ({ json })),
			});

			expect(waited.error).toBeUndefined();
			expect(waited.items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
			expect(submits(id)).toHaveLength(3);
		},
	);
});

it('is offered by no vendor that does not call back', async () => {
	for (const { id, vendor } of vendorCases) {
		if (vendor.callback !== undefined) continue;
		const { error } = await runWorkflow({
			parameters: imageParameters(id, 'generate', { options: { completion: 'callback' } }),
			credentials: credentialFor(sandbox, id),
		});
		expect(error?.message).toContain('does not call back');
		expect(submits(id)).toHaveLength(0);
	}
	expect(statuses()).toEqual([]);
});
