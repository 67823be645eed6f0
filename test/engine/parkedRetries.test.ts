import './harness/environment';

import { WorkflowExecute } from 'n8n-core';
import type { IRunExecutionData } from 'n8n-workflow';

import type { Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { items, parkingForFile, prompts, taskDurationMs } from './harness/parkingForFile';
import { asSavedExecution, retryAfterCallback } from './harness/savedExecution';
import {
	additionalData,
	nodeName,
	resultOf,
	workflowOf,
	type RunOptions,
	type RunResult,
} from './harness/runWorkflow';
import { callingCases, credentialFor, imageParameters } from './harness/vendors';

/** What n8n does to a parked execution beside calling it back: another try, a loop, "Retry". */

let sandbox: Sandbox;

const park = parkingForFile((started) => {
	sandbox = started;
});

const bought = () => sandbox.ledger.tasks.map(({ prompt }) => prompt);

const optionsOf = (id: VendorId, options: object = {}): RunOptions => ({
	parameters: imageParameters(id, 'generate', {
		prompt: '={{ $json.prompt }}',
		options: { completion: 'callback', ...options },
	}),
	credentials: credentialFor(sandbox, id),
	items,
});

describe.each(callingCases)('$vendor.displayName', ({ id }) => {
	describe.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'with Retry On Fail and %s',
		(onError) => {
			it.each([
				[
					'is refused',
					() => {
						const fault = { fault: 'insufficientCredit', vendor: id, verb: 'submit' } as const;
						sandbox.faults.add({ ...fault, match: { prompt: 'one' } });
						return items;
					},
				],
				['is no good', () => [{ json: { prompt: '', sku: '' } }, ...items.slice(1)]],
				[
					'is no good, beside files',
					() =>
						[{ json: { prompt: ' ', sku: '' } }, ...items.slice(1)].map((item) => ({
							...item,
							binary: { photo: { bytes: Buffer.from('a'), mediaType: 'text/plain' } },
						})),
				],
			])('buys each item once where the first one %s', async (_how, given) => {
				// n8n parks the execution after its last try, and waits a second before each.
				sandbox.settings.taskDurationMs = 5 * taskDurationMs;
				const execution = await park(id, {}, { onError, retryOnFail: true, items: given() });

				expect(execution.wasParked).toBe(true);
				expect(bought()).toEqual(['two', 'three']);
				const { items: resumed, errorItems } = await execution.resumed;
				const all = [...resumed, ...errorItems];
				const images = all.filter(({ json }) => json.state === 'succeeded');
				expect(images.map(({ json }) => json.prompt)).toEqual(['two', 'three']);
				expect(all.filter((item) => errorOf(item) !== undefined)).toHaveLength(1);
				expect(bought()).toEqual(['two', 'three']);
			});
		},
	);

	it('buys the next turn of a loop where "Retry" goes on behind a run that has ended well', async () => {
		const first = [{ json: { prompt: 'turn three' } }];
		const options: RunOptions = { ...optionsOf(id), items: first };
		const execution = await park(id, {}, { items: first });
		const { run, error } = await execution.resumed;
		expect(error).toBeUndefined();

		const workflow = workflowOf(options);
		const node = workflow.getNode(nodeName)!;
		const data = asSavedExecution(run, workflow);
		const goOn = async (prompt: string): Promise<RunResult> => {
			delete (data as { waitTill?: unknown }).waitTill;
			const entry = { node, data: { main: [[{ json: { prompt } }]] }, source: null };
			(data.executionData as NonNullable<IRunExecutionData['executionData']>).nodeExecutionStack = [
				entry,
			];
			const parameters = { ...additionalData(options), executionId: '2' };
			const executed = new WorkflowExecute(
				{ ...parameters, webhookWaitingBaseUrl: 'http://127.0.0.1:9/webhook-waiting' },
				'retry',
				data,
			);
			return resultOf(await executed.processRunExecutionData(workflow), []);
		};
		for (const prompt of ['turn four', 'turn five']) {
			const { items: shown } = await goOn(prompt);
			expect(shown.map(({ json }) => json.prompt)).toEqual([prompt]);
		}

		expect(bought()).toEqual(['turn three', 'turn four', 'turn five']);
	});

	it('"Retry" buys no task anew whose image may still come', async () => {
		sandbox.settings.taskDurationMs = ({ prompt }) => (prompt === 'one' ? 4 * taskDurationMs : 0);
		sandbox.faults.add({ fault: 'emptySuccess', match: { prompt: 'two' } });
		const two = items.slice(0, 2);
		const execution = await park(id, {}, { items: two });
		expect(execution.wasParked).toBe(true);
		const { error } = await execution.resumed;
		expect(error?.message).toContain('[item 1]');
		sandbox.faults.clear();

		const again = await retryAfterCallback({ ...optionsOf(id), items: two }, execution.parkedRun);

		expect(again.error).toBeUndefined();
		expect(again.items.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
		expect(bought()).toEqual(['one', 'two']);
	});

	it.each([
		['the file name', { fileName: "={{ $('Start').item.json.sku }}" }],
		['how many tasks at once', { maxTasksAtOnce: "={{ $('Start').all().length }}" }],
	])('"Retry" downloads the images where %s names another node', async (_what, option) => {
		sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
		const execution = await park(id, { options: option });
		await execution.resumed;
		sandbox.faults.clear();

		const again = await retryAfterCallback(optionsOf(id, option), execution.parkedRun);

		expect(again.error).toBeUndefined();
		expect(again.items.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(bought()).toHaveLength(3);
	});

	it('"Retry" names the tasks where Placeholder Images itself names another node', async () => {
		sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
		const execution = await park(id);
		await execution.resumed;
		sandbox.faults.clear();
		const option = { placeholder: "={{ $('Start').item.json.sku ? 'never' : 'always' }}" };

		const { error } = await retryAfterCallback(optionsOf(id, option), execution.parkedRun);

		expect(`${error?.message} ${error?.description}`).toContain(sandbox.ledger.tasks[0]?.id);
		expect(bought()).toHaveLength(3);
	});
});
