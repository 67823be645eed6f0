import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, vendorCases } from './harness/vendors';
import { uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const parameters = (id: VendorId, changes = {}) =>
	imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}', ...changes });

const threeItems = ['one', 'two', 'three'].map((prompt) => ({ json: { prompt } }));

const promptsOf = (id: VendorId) => sandbox.ledger.tasksOf(id).map(({ prompt }) => prompt);

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('buys each item once, however often Retry On Fail runs the node', async () => {
		// The second item's task fails twice for a passing reason, so three tries are needed.
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'taskFails',
			match: { prompt: 'two' },
			times: 2,
		});

		const { items, error } = await run(id, {
			parameters: parameters(id),
			items: threeItems,
			retryOnFail: true,
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.prompt)).toEqual(['one', 'two', 'three']);
		expect(promptsOf(id).sort()).toEqual(['one', 'three', 'two', 'two', 'two']);
		expect(sandbox.ledger.tasksOf(id).filter(({ state }) => state === 'failed')).toHaveLength(2);
	});

	it('asks nobody again for what was refused by moderation', async () => {
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'taskModerated',
			match: { prompt: 'two' },
		});

		const { error } = await run(id, {
			parameters: parameters(id),
			items: threeItems,
			retryOnFail: true,
		});

		expect(error?.message).toMatch(/content moderation.*\[item 1\]/);
		expect(promptsOf(id).filter((prompt) => prompt === 'two')).toHaveLength(1);
		expect(new Set(promptsOf(id)).size).toBe(promptsOf(id).length);
	});

	it('goes on with a task whose time was up', async () => {
		sandbox.settings.taskDurationMs = 1_500;

		const { items, error } = await run(id, {
			parameters: parameters(id, { options: { timeout: 1 } }),
			items: [{ json: { prompt: 'slow' } }],
			retryOnFail: true,
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json.taskId).toBe(sandbox.ledger.tasks[0]?.id);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('never buys again after an unclear submit, but by an idempotency key', async () => {
		// Even with a key the first run gives up: all its sends stay without an answer.
		const fault = vendor.submitIsIdempotent ? 'gatewayTimeoutAfterTaken' : 'droppedAfterTaken';
		const active = sandbox.faults.add({ vendor: id, verb: 'submit', fault, times: 1 });

		const { items, error } = await run(id, {
			parameters: parameters(id),
			items: [{ json: { prompt: 'one' } }],
			retryOnFail: true,
		});

		expect(active.fired).toBe(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		if (vendor.submitIsIdempotent) {
			expect(items).toHaveLength(1);
		} else {
			expect(error?.message).toContain('not known whether the task was taken');
			expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
		}
	});

	it('picks everything up when a failed execution is retried from the list', async () => {
		sandbox.settings.taskDurationMs = 5_000;
		const first = await run(id, {
			parameters: parameters(id, { options: { timeout: 1 } }),
			items: threeItems,
		});
		expect(first.error?.message).toContain('has not finished task');

		const second = await run(id, {
			parameters: parameters(id, { options: { timeout: 30, fileName: 'another' } }),
			items: threeItems,
			retryOf: first.run,
		});

		expect(second.error).toBeUndefined();
		expect(second.items).toHaveLength(3);
		expect(sandbox.ledger.tasks).toHaveLength(3);
		expect(sandbox.ledger.leakedKeys).toEqual([]);
		expect(JSON.stringify(first.run.data)).not.toContain('sandbox-key');
	});
});

it('keeps what was evaluated the first time', async () => {
	sandbox.faults.add({
		vendor: uploadingVendor,
		verb: 'submit',
		fault: 'taskFails',
		skip: 1,
		times: 1,
	});

	const { items } = await run(uploadingVendor, {
		parameters: parameters(uploadingVendor, {
			prompt: '={{ $json.prompt }} at {{ $now.toMillis() }}{{ Math.random() }}',
		}),
		items: threeItems.slice(0, 2),
		retryOnFail: true,
	});

	expect(sandbox.ledger.tasks).toHaveLength(3);
	const [first] = sandbox.ledger.tasks;
	expect(items.map(({ json }) => json.prompt)).toContain(first?.prompt);
});

it('takes changed parameters and another execution for new tasks', async () => {
	const first = await run(uploadingVendor, {
		parameters: parameters(uploadingVendor),
		items: threeItems,
	});

	await run(uploadingVendor, {
		parameters: parameters(uploadingVendor, { aspectRatio: '16:9' }),
		items: threeItems,
		retryOf: first.run,
	});
	await run(uploadingVendor, { parameters: parameters(uploadingVendor), items: threeItems });

	expect(sandbox.ledger.tasks).toHaveLength(9);
});
