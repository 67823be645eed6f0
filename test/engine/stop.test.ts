import './harness/environment';

import { setTimeout as sleep } from 'node:timers/promises';

import type { Sandbox, VendorId } from '../sandbox';
import { orderAndWait } from './harness/chain';
import { runSaved } from './harness/runSaved';
import { runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { retryExecution } from './harness/savedExecution';
import { until } from './harness/until';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 60_000, flatPictures: true }, (started) => {
	sandbox = started;
});

const optionsFor = (
	id: VendorId,
	parameters = imageParameters(id, 'generate'),
	prompts: readonly string[] = ['one', 'two'],
): RunOptions => ({
	parameters,
	items: prompts.map((prompt) => ({ json: { prompt } })),
	credentials: credentialFor(sandbox, id),
});

/** Runs two items and stops as soon as the sandbox has seen enough. */
async function stopWhen(
	id: VendorId,
	isTime: () => boolean,
	...more: [parameters?: RunOptions['parameters'], prompts?: readonly string[]]
): Promise<RunResult & { readonly stoppedAt: number; readonly endedAt: number }> {
	let stoppedAt = 0;
	const result = await runWorkflow({
		...optionsFor(id, ...more),
		whileRunning: (stop) => {
			const watch = async (): Promise<void> => {
				while (!isTime()) await sleep(10);
				stoppedAt = Date.now();
				stop();
			};
			void watch();
		},
	});
	return { ...result, stoppedAt, endedAt: Date.now() };
}

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('ends within a second while it waits, polls no more and leaves the ids in the log', async () => {
		const isPolling = () => sandbox.ledger.polls.length >= 4;

		const { log, stoppedAt, endedAt } = await stopWhen(id, isPolling);
		await sleep(700);

		expect(endedAt - stoppedAt).toBeLessThan(1_000);
		const late = sandbox.ledger.polls.filter(({ at }) => at > stoppedAt + 50);
		expect(late).toEqual([]);
		expect(sandbox.ledger.tasks).toHaveLength(2);
		for (const task of sandbox.ledger.tasks) {
			expect(log.join('\n')).toContain(`${vendor.displayName} took task ${task.id}`);
		}
	});

	it('submits nothing more', async () => {
		const parameters = imageParameters(id, 'generate', { options: { maxTasksAtOnce: 1 } });

		await stopWhen(id, () => sandbox.ledger.polls.length >= 2, parameters);
		await sleep(700);

		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
	});

	it('is paid once for each image when n8n goes on with what was stopped', async () => {
		const { run } = await stopWhen(id, () => sandbox.ledger.polls.length >= 2);
		await sleep(700);
		const before = sandbox.ledger.tasks.map(({ id: taskId }) => taskId);
		sandbox.finishTasks();
		sandbox.settings.taskDurationMs = 50;

		const { items, error } = await retryExecution(optionsFor(id), run);

		expect(error).toBeUndefined();
		expect(items.map(({ binary }) => binary?.data !== undefined)).toEqual([true, true]);
		// Only a task that was canceled, and so given back, makes room for another.
		const canceled = sandbox.ledger.cancels.length;
		expect(canceled).toBe(vendor.cancelTask === undefined ? 0 : 2);
		expect(sandbox.ledger.tasks).toHaveLength(2 + canceled);
		expect(sandbox.ledger.refunds).toHaveLength(canceled);
		const delivered = items.map(({ json }) => json.taskId);
		const paid = sandbox.ledger.tasks.filter(({ state }) => state === 'succeeded');
		expect(new Set(delivered)).toEqual(new Set(paid.map(({ id: taskId }) => taskId)));
		expect(before.filter((taskId) => delivered.includes(taskId))).toHaveLength(2 - canceled);
	});

	it('hears the answer of a submit that is on its way', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'slowAnswer', ms: 1_500 });
		const isSubmitting = () => sandbox.ledger.requestsOf('submit', id).length === 2;

		const { log } = await stopWhen(id, isSubmitting);
		await sleep(2_500);

		expect(sandbox.ledger.tasks).toHaveLength(2);
		expect(sandbox.ledger.polls).toHaveLength(0);
		for (const task of sandbox.ledger.tasks) expect(log.join('\n')).toContain(task.id);
	});

	if (vendor.cancelTask !== undefined) {
		it('cancels what still waits in the queue', async () => {
			const { log } = await stopWhen(id, () => sandbox.ledger.polls.length >= 2);
			await sleep(700);

			expect(sandbox.ledger.tasks.map(({ state }) => state)).toEqual(['canceled', 'canceled']);
			expect(log.join('\n')).toContain('after the execution was stopped');
		});

		if (vendor.callback !== undefined) {
			it('cancels what was ordered when it stops just before the parking', async () => {
				sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'slowAnswer', ms: 3_000 });

				const { stoppedAt } = await stopWhen(
					id,
					() => sandbox.ledger.requestsOf('getTask', id).length > 0,
					imageParameters(id, 'generate', { options: { completion: 'callback' } }),
				);
				await sleep(700);

				expect(sandbox.ledger.tasks.map(({ state }) => state)).toEqual(['canceled', 'canceled']);
				for (const { at } of sandbox.ledger.cancels) expect(at - stoppedAt).toBeLessThan(1_000);
			});
		}

		const waysOn = vendor.callback === undefined ? ['submit'] : ['submit', 'callback'];
		it.each(waysOn)('cancels what was ordered before with "%s", too', async (completion) => {
			const parameters = imageParameters(id, 'generate', {
				options: { completion, maxTasksAtOnce: 1 },
			});
			sandbox.faults.add({
				...{ vendor: id, verb: 'submit', fault: 'slowAnswer', ms: 1_500 },
				match: { prompt: 'second' },
			});

			const { stoppedAt } = await stopWhen(
				id,
				() => sandbox.ledger.requestsOf('submit', id).length === 2,
				{ ...parameters, prompt: '={{ $json.prompt }}' },
				['first', 'second'],
			);
			await sleep(2_500);

			expect(sandbox.ledger.tasks.map(({ state }) => state)).toEqual(['canceled', 'canceled']);
			// The first at once, not when the second was answered.
			expect((sandbox.ledger.cancels[0]?.at ?? Infinity) - stoppedAt).toBeLessThan(1_000);
		});
	}
});

it('ends a download within a second', async () => {
	sandbox.settings.taskDurationMs = 50;
	sandbox.faults.add({
		vendor: uploadingVendor,
		verb: 'download',
		fault: 'fileSlowDrip',
		ms: 1_000,
	});

	const { stoppedAt, endedAt } = await stopWhen(
		uploadingVendor,
		() => sandbox.ledger.downloads.length >= 2,
	);

	expect(endedAt - stoppedAt).toBeLessThan(1_000);
	expect(sandbox.ledger.tasks).toHaveLength(2);
});

it('sends nothing more while a submit on its way never answers', async () => {
	sandbox.faults.add({ vendor: uploadingVendor, verb: 'submit', fault: 'hangAfterTaken' });

	const { stoppedAt } = await stopWhen(uploadingVendor, () => sandbox.ledger.tasks.length === 2);
	await sleep(11_000);

	expect(sandbox.ledger.requests.filter(({ at }) => at > stoppedAt + 50)).toEqual([]);
});

it('leaves what it has ordered to the next step, once it is done', async () => {
	await runSaved(orderAndWait(cancelingVendor), {
		credentials: credentialFor(sandbox, cancelingVendor),
		items: [{ json: { prompt: 'A banana' } }],
		whileRunning: (stop) => {
			void until(() => sandbox.ledger.polls.length > 0).then(stop);
		},
	});
	await sleep(700);

	expect(sandbox.ledger.tasks).toHaveLength(1);
	expect(sandbox.ledger.cancels).toHaveLength(0);
});

it('leaves tasks that it did not submit alone', async () => {
	const submitted = await runWorkflow({
		parameters: imageParameters(cancelingVendor, 'generate', { options: { completion: 'submit' } }),
		credentials: credentialFor(sandbox, cancelingVendor),
	});

	await stopWhen(
		cancelingVendor,
		() => sandbox.ledger.polls.length >= 2,
		taskParameters(cancelingVendor, 'wait', { taskId: submitted.items[0]?.json.taskId as string }),
	);

	expect(sandbox.ledger.cancels).toHaveLength(0);
});
