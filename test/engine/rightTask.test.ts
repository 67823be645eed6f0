import './harness/environment';

import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import type { Sandbox, VendorId } from '../sandbox';
import type { SavedWorkflow } from '../saved-workflows/files';
import { errorOf } from './harness/errorJson';
import { startInstance, type Instance } from './harness/instance';
import { runSaved } from './harness/runSaved';
import { runWorkflow, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** As the panel leaves it: the Task ID is the one that the field begins with. */
const untouched = (
	vendor: VendorId,
	operation: 'get' | 'wait' | 'cancel',
	options: INodeParameters = {},
): INodeParameters => ({
	...{ vendor, resource: 'task', operation },
	...(operation === 'wait' ? { options: { pollInterval: 0.1, ...options } } : {}),
});

/** Two steps in a row and a task operation behind the error output of the second. */
const twoSteps = (
	id: VendorId,
	second: INodeParameters,
	last: INodeParameters,
	onError: 'continueErrorOutput' | 'continueRegularOutput',
): SavedWorkflow => {
	const node = (name: string, parameters: INodeParameters): INode => ({
		...{ id: name, name, type: 'n8n-nodes-nano-banana-vendors.nanoBanana', typeVersion: 1 },
		position: [0, 0],
		parameters,
		credentials: Object.fromEntries(
			Object.keys(credentialFor(sandbox, id)).map((type) => [type, { id: type, name: type }]),
		),
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		name: 'Two steps',
		nodes: [
			{ ...node('Start', {}), type: 'n8n-nodes-base.manualTrigger' },
			node('Generate', imageParameters(id, 'generate', { prompt: 'first' })),
			{ ...node('Edit', second), onError },
			node('Last', last),
		],
		connections: {
			Start: { main: [to('Generate')] },
			Generate: { main: [to('Edit')] },
			Edit: { main: onError === 'continueErrorOutput' ? [[], to('Last')] : [to('Last')] },
		},
		settings: { executionOrder: 'v1' },
	};
};

const taskOf = (prompt: string) => {
	const found = sandbox.ledger.tasks.find((task) => task.prompt === prompt);
	if (found === undefined) throw new Error(`Nobody has ordered "${prompt}"`);
	return found;
};

/** Submits tasks for these prompts and answers with their ids. */
const ordered = async (id: VendorId, ...prompts: string[]): Promise<string[]> => {
	await runWorkflow({
		parameters: imageParameters(id, 'generate', {
			prompt: '={{ $json.prompt }}',
			options: { completion: 'submit' },
		}),
		credentials: credentialFor(sandbox, id),
		items: prompts.map((prompt) => ({ json: { prompt } })),
	});
	return prompts.map((prompt) => taskOf(prompt).id);
};

const at = async (
	id: VendorId,
	operation: 'get' | 'wait' | 'cancel',
	json: IDataObject,
	more: Partial<RunOptions> = {},
) =>
	await runWorkflow({
		parameters: untouched(id, operation),
		credentials: credentialFor(sandbox, id),
		items: [{ json }],
		...more,
	});

const asked = () => [...new Set(sandbox.ledger.polls.map(({ taskId }) => taskId))];

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'waits for the edit whose time was up, not for the picture before it, with %s',
		async (onError) => {
			sandbox.settings.taskDurationMs = ({ prompt }) => (prompt === 'second' ? 2_500 : 50);
			const edit = imageParameters(id, 'edit', { prompt: 'second', options: { timeout: 1 } });

			const nodes = await runSaved(twoSteps(id, edit, untouched(id, 'wait'), onError), {
				credentials: credentialFor(sandbox, id),
				restApiUrl: instance.restApiUrl,
			});

			const { items = [], error } = nodes.get('Last') ?? {};
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.taskId)).toEqual([taskOf('second').id]);
			expect(items[0]?.binary?.data).toBeDefined();
		},
	);

	it.each(['wait', 'get'] as const)(
		'%s: reads the error before everything else',
		async (operation) => {
			const [older = '', newer = ''] = await ordered(id, 'older', 'newer');

			const { items, error } = await at(id, operation, {
				...{ vendor: id, taskId: older },
				error: { message: 'It took too long', code: 'timeout', vendor: id, taskId: newer },
			});

			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.taskId)).toEqual([newer]);
			expect(asked()).toEqual([newer]);
		},
	);

	it('takes all tasks of an item that has several', async () => {
		const [one = '', two = '', three = ''] = await ordered(id, 'one', 'two', 'three');

		const failed = await at(id, 'wait', { taskId: one, error: { taskIds: [two, three] } });
		const submitted = await at(id, 'wait', { vendor: id, taskIds: [one, two] });

		expect(failed.items.map(({ json }) => json.taskId)).toEqual([two, three]);
		expect(submitted.items.map(({ json }) => json.taskId)).toEqual([one, two]);
		for (const item of [...failed.items, ...submitted.items]) {
			expect(item.binary?.data).toBeDefined();
			expect(item.pairedItem).toEqual(expect.objectContaining({ item: 0 }));
		}
	});

	it.each([
		['an error without a task', { message: 'No credit', code: 'insufficientCredit' }],
		['an error of another node, in words alone', 'The service was not able to process this'],
		['an error whose tasks are an empty list', { taskIds: [] }],
	])('asks for no older task beside %s', async (_what, failure) => {
		const [older = ''] = await ordered(id, 'older');
		const operations = ['wait', 'get', ...(vendor.cancelTask ? ['cancel' as const] : [])] as const;

		for (const operation of operations) {
			const json = { vendor: id, taskId: older, error: failure };
			const { errorItems } = await at(id, operation, json, { onError: 'continueErrorOutput' });

			expect(errorItems).toHaveLength(1);
			expect(errorOf(errorItems[0])?.message).toMatch(/this item's task is not known/i);
			expect(errorOf(errorItems[0])?.taskId).toBeUndefined();
		}
		expect(asked()).toEqual([]);
		expect(sandbox.ledger.cancels).toEqual([]);
	});

	it.each([
		{ vendor: 'ACME Corp' },
		{ vendor: { name: 'ACME Corp' } },
		{ vendor: 'ACME Corp', error: null },
		{ vendor: '' },
	] as IDataObject[])('does not mind a column of the user: %j', async (columns) => {
		const [one = ''] = await ordered(id, 'one');
		const { items, error } = await at(id, 'wait', { ...columns, taskId: one });
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.taskId)).toEqual([one]);
	});

	it('believes the vendor of an error before the one of the item', async () => {
		const other = vendorCases.find((candidate) => candidate.id !== id)?.id ?? '';
		const [one = ''] = await ordered(id, 'one');

		const ours = await at(id, 'wait', { vendor: other, error: { vendor: id, taskId: one } });
		const theirs = await at(id, 'wait', { vendor: id, error: { vendor: other, taskId: one } });
		const column = await at(id, 'wait', { vendor: id, error: { vendor: 'ACME', taskId: one } });

		expect(ours.items.map(({ json }) => json.taskId)).toEqual([one]);
		expect(column.items.map(({ json }) => json.taskId)).toEqual([one]);
		expect(theirs.items).toEqual([]);
		expect(theirs.error?.message).toContain(one);
	});

	if (vendor.cancelTask !== undefined) {
		it('cancels the task of the error, not the healthy one before it', async () => {
			sandbox.settings.taskDurationMs = 60_000;
			const [healthy = '', failed = '', also = ''] = await ordered(id, 'healthy', 'failed', 'also');

			await at(id, 'cancel', {
				vendor: id,
				taskId: healthy,
				error: { vendor: id, taskId: failed },
			});
			await at(id, 'cancel', { vendor: id, taskId: healthy, error: { taskIds: [also] } });

			expect(taskOf('healthy').state).not.toBe('canceled');
			expect(taskOf('failed').state).toBe('canceled');
			expect(taskOf('also').state).toBe('canceled');
		});
	}
});
