import './harness/environment';

import type { INodeExecutionData } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectFolder } from '../architecture/sources';
import type { Sandbox } from '../sandbox';
import type { SavedWorkflow } from '../saved-workflows/files';
import { chainWorkflow, ifAfter, type ChainOptions } from './harness/chain';
import { errorOf, type ErrorJson } from './harness/errorJson';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import { runSaved } from './harness/runSaved';
import { readBinary, runWorkflow, type TestItem } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, nameOf, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const credentials = () =>
	Object.assign({}, ...vendorCases.map(({ id }) => credentialFor(sandbox, id))) as ReturnType<
		typeof credentialFor
	>;
const runChain = async (options: ChainOptions, items: readonly TestItem[]) => {
	const nodes = await runSaved(chainWorkflow(options), {
		credentials: credentials(),
		restApiUrl: instance.restApiUrl,
		items,
	});
	return (name: string) => nodes.get(name) ?? { items: [], otherItems: [], error: undefined };
};
const three = [cancelingVendor, uploadingVendor, plainVendor] as const;
const prompts = ['one', 'two', 'three', 'four'] as const;

describe('three vendors in a chain, with a reference file', () => {
	const withReference = async (prompt: string): Promise<TestItem> => ({
		json: { prompt, product: { name: `Product ${prompt}` } },
		binary: { photo: { bytes: await picture(), mediaType: 'image/png', fileName: 'photo.png' } },
	});

	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)('%s', async (onError) => {
		// "one" is made by the first vendor, "two" by the second, "three" by the third, "four" by none.
		for (const prompt of prompts.slice(1)) {
			sandbox.faults.add({
				vendor: cancelingVendor,
				verb: 'submit',
				fault: 'taskFails',
				match: { prompt },
			});
		}
		for (const prompt of prompts.slice(2)) {
			sandbox.faults.add({
				vendor: uploadingVendor,
				verb: 'submit',
				fault: 'insufficientCredit',
				match: { prompt },
			});
		}
		sandbox.faults.add({
			vendor: plainVendor,
			verb: 'submit',
			fault: 'taskModerated',
			match: { prompt: 'four' },
		});

		const items = await Promise.all(prompts.map(withReference));
		const nodes = await runChain(
			{
				vendors: three,
				operation: 'edit',
				onError,
				hasIf: true,
				parameters: {
					prompt: '={{ $json.prompt }}',
					referenceBinaryFields: 'photo',
					options: {
						fileName: '={{ $json.product.name }} {{ $("Start").item.json.prompt }}',
					},
				},
			},
			items,
		);

		const isSuccess = (item: INodeExecutionData) => errorOf(item) === undefined;
		const made = three.map((vendor) => nodes(vendor).items.filter(isSuccess));
		expect(made.map((found) => found.map(({ json }) => json.prompt))).toEqual([
			['one'],
			['two'],
			['three'],
		]);
		expect(made.map((found) => found[0]?.binary?.data?.fileName)).toEqual([
			'Product one one.png',
			'Product two two.png',
			'Product three three.png',
		]);
		const attempts = made.map((found) => found[0]?.json.attempts as ErrorJson['attempts']);
		expect(attempts[0]).toBeUndefined();
		expect(attempts[1]).toEqual([
			{
				vendor: cancelingVendor,
				taskId: sandbox.ledger.tasks.find(({ prompt }) => prompt === 'two')?.id,
				code: 'taskFailed',
				message: expect.stringContaining(
					`${nameOf(cancelingVendor)} could not make the image`,
				) as string,
			},
		]);
		expect(attempts[2]?.map(({ vendor, code }) => `${vendor} ${code}`)).toEqual([
			`${cancelingVendor} taskFailed`,
			`${uploadingVendor} insufficientCredit`,
		]);
		expect(attempts[2]?.[1]).not.toHaveProperty('taskId');

		const output = onError === 'continueErrorOutput' ? 'otherItems' : 'items';
		const [lost] = nodes(plainVendor)[output].filter((item) => !isSuccess(item));
		expect(lost?.json).toMatchObject({ prompt: 'four', product: { name: 'Product four' } });
		expect(errorOf(lost)).toMatchObject({
			code: 'contentRejected',
			retryElsewhere: false,
			cost: { amount: 0, unit: 'USD', refunded: 0.04 },
		});
		expect(errorOf(lost)?.attempts.map(({ vendor, code }) => `${vendor} ${code}`)).toEqual([
			`${cancelingVendor} taskFailed`,
			`${uploadingVendor} insufficientCredit`,
			`${plainVendor} contentRejected`,
		]);
		expect(await readBinary(lost?.binary?.photo)).toEqual(await picture());
		// Every vendor got the reference itself, the last one by an address of this n8n.
		expect(sandbox.ledger.tasks.every(({ references }) => references.length === 1)).toBe(true);
		const paid = prompts.map((prompt) => paidTasks(prompt));
		expect(paid).toEqual([1, 1, 1, 0]);
	});
});

/** How many tasks for a prompt were charged and kept, over all vendors. */
function paidTasks(prompt: string): number {
	const { tasks, refunds } = sandbox.ledger;
	return tasks.filter(
		(task) => task.prompt === prompt && !refunds.some(({ taskId }) => taskId === task.id),
	).length;
}

describe('attempts', () => {
	it('are not there where nothing has failed', async () => {
		const { items } = await run(plainVendor, {
			parameters: imageParameters(plainVendor, 'generate'),
			items: [{ json: { attempts: 'mine' } }],
		});
		expect(items[0]?.json).not.toHaveProperty('attempts');
	});

	it.each(vendorCases)('$id: a first failure is its own attempt', async ({ id }) => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'unauthorized' });
		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});
		expect(errorOf(errorItems[0])?.attempts).toEqual([
			{
				vendor: id,
				code: 'authentication',
				message: expect.stringContaining('refused the API key') as string,
			},
		]);
	});

	it('go on with a task that is only submitted, and with the wait for it', async () => {
		const earlier = [{ vendor: uploadingVendor, code: 'forbidden', message: 'No entry' }];
		const submitted = await run(plainVendor, {
			parameters: imageParameters(plainVendor, 'generate', { options: { completion: 'submit' } }),
			items: [{ json: { error: { message: 'No entry', attempts: earlier } } }],
			onError: 'continueErrorOutput',
		});
		expect(submitted.items[0]?.json.attempts).toEqual(earlier);

		sandbox.faults.add({ vendor: plainVendor, verb: 'getTask', fault: 'unauthorized', times: 1 });
		const wait = async ({ json }: INodeExecutionData) =>
			await run(plainVendor, {
				parameters: taskParameters(plainVendor, 'wait'),
				items: [{ json }],
				onError: 'continueErrorOutput',
			});
		const failed = await wait(submitted.items[0] as INodeExecutionData);
		const taskId = sandbox.ledger.tasks[0]?.id;
		expect(errorOf(failed.errorItems[0])).toMatchObject({
			resumable: true,
			retryElsewhere: false,
			attempts: [...earlier, { vendor: plainVendor, taskId, code: 'authentication' }],
		});

		const fetched = await wait(failed.errorItems[0] as INodeExecutionData);
		expect(fetched.items[0]?.binary?.data).toBeDefined();
		expect(fetched.items[0]?.json.attempts).toEqual(errorOf(failed.errorItems[0])?.attempts);
	});

	it('are kept while an execution is parked and after it', async () => {
		const earlier = [{ vendor: plainVendor, code: 'forbidden', message: 'No entry' }];
		sandbox.settings.taskDurationMs = 30_000;
		const parked = await run(cancelingVendor, {
			parameters: imageParameters(cancelingVendor, 'generate', {
				options: { completion: 'callback' },
				prompt: '={{ $json.prompt }}',
			}),
			items: [{ json: { prompt: 'parked', attempts: earlier } }],
			onError: 'continueErrorOutput',
		});
		expect(parked.run.waitTill).toBeDefined();
		const context = JSON.stringify(parked.run.data.executionData?.contextData);
		expect(context).toContain('No entry');
		// What goes on when nobody has called back in time.
		const [waiting] = parked.run.data.executionData?.nodeExecutionStack ?? [];
		expect(waiting?.data.main?.[0]?.[0]?.json).toMatchObject({
			state: 'running',
			taskId: sandbox.ledger.tasks[0]?.id,
			attempts: earlier,
		});
	});

	it('are told of what has ended before the execution could be parked', async () => {
		const earlier = [{ vendor: plainVendor, code: 'forbidden', message: 'No entry' }];
		sandbox.settings.taskDurationMs = 0;
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'submit',
			fault: 'taskFails',
			match: { prompt: 'bad' },
		});
		const { items, errorItems } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', {
				options: { completion: 'callback' },
				prompt: '={{ $json.prompt }}',
			}),
			items: ['good', 'bad'].map((prompt) => ({ json: { prompt, attempts: earlier } })),
			onError: 'continueErrorOutput',
		});
		expect(items.map(({ json }) => json.attempts)).toEqual([earlier]);
		expect(errorOf(errorItems[0])).toMatchObject({
			retryElsewhere: true,
			attempts: [...earlier, { vendor: uploadingVendor, code: 'taskFailed' }],
		});
	});

	it('are told of each task of an item whose images all failed', async () => {
		sandbox.faults.add({ vendor: cancelingVendor, verb: 'submit', fault: 'taskFails', times: 1 });
		sandbox.faults.add({
			vendor: cancelingVendor,
			verb: 'submit',
			fault: 'droppedAfterTaken',
			skip: 1,
		});
		const { errorItems } = await run(cancelingVendor, {
			parameters: imageParameters(cancelingVendor, 'generate', {
				numberOfImages: 2,
				options: { output: 'itemPerInput', maxTasksAtOnce: 1 },
			}),
			onError: 'continueErrorOutput',
		});
		expect(errorItems).toHaveLength(1);
		expect(
			errorOf(errorItems[0])
				?.attempts.map(({ code }) => code)
				.sort(),
		).toEqual(['submitUnknown', 'taskFailed']);
		expect(errorOf(errorItems[0])).toMatchObject({
			code: 'submitUnknown',
			retryElsewhere: false,
			taskIds: [expect.any(String)],
		});
	});
});

describe('retryElsewhere', () => {
	it.each(vendorCases)('$id: never while a task may still be running', async ({ id }) => {
		sandbox.settings.taskDurationMs = 60_000;
		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate', { options: { timeout: 1 } }),
			onError: 'continueErrorOutput',
		});
		expect(errorOf(errorItems[0])).toMatchObject({ code: 'timeout', retryElsewhere: false });
		const task = errorOf(errorItems[0])?.taskId;

		// Not even where the step that is to wait for it is set up badly: nothing was asked.
		const json = errorItems[0]?.json ?? {};
		for (const [parameters, apiKey] of [
			[taskParameters(id, 'wait', { options: { timeout: '={{ "soon" }}' } }), 'sandbox-key'],
			[taskParameters(id, 'wait'), ''],
		] as const) {
			const waited = await runWorkflow({
				parameters,
				items: [{ json }],
				credentials: credentialFor(sandbox, id, { apiKey }),
				onError: 'continueErrorOutput',
			});
			expect(errorOf(waited.errorItems[0])).toMatchObject({
				taskId: task,
				resumable: true,
				retryElsewhere: false,
			});
		}
	});

	it('not of an item of which no task is known to the wait', async () => {
		const { errorItems } = await run(uploadingVendor, {
			parameters: taskParameters(uploadingVendor, 'wait'),
			items: [{ json: { taskIds: ['task-1', 'task-2'] } }],
			onError: 'continueErrorOutput',
		});
		expect(errorOf(errorItems[0])).toMatchObject({ resumable: false, retryElsewhere: false });
	});

	it('is told for each missing image where images are items', async () => {
		sandbox.faults.add({ vendor: cancelingVendor, verb: 'submit', fault: 'taskFails', times: 1 });
		const { items, errorItems } = await run(cancelingVendor, {
			parameters: imageParameters(cancelingVendor, 'generate', { numberOfImages: 3 }),
			onError: 'continueErrorOutput',
		});
		expect(items).toHaveLength(2);
		expect(errorItems.map((item) => errorOf(item)?.retryElsewhere)).toEqual([true]);
	});

	it('an IF on it keeps an unclear submit from the next vendor', async () => {
		sandbox.faults.add({ vendor: cancelingVendor, verb: 'submit', fault: 'droppedAfterTaken' });
		const nodes = await runChain({ vendors: three, hasIf: true }, [{ json: { prompt: 'one' } }]);
		expect(nodes(ifAfter(cancelingVendor)).otherItems).toHaveLength(1);
		expect(sandbox.ledger.tasks.map(({ vendor }) => vendor)).toEqual([cancelingVendor]);
	});
});

describe('examples/vendor-chain.json', () => {
	const saved = JSON.parse(
		readFileSync(join(projectFolder, 'examples/vendor-chain.json'), 'utf8'),
	) as SavedWorkflow;
	const [first, second, third] = saved.nodes
		.filter(({ parameters }) => 'vendor' in parameters)
		.sort((one, other) => one.position[0] - other.position[0])
		.map(({ parameters }) => parameters.vendor as string);
	const runExample = async () => {
		// Whoever imports it chooses the credentials; here they are found by their type.
		const nodes = saved.nodes.map((node) => ({
			...node,
			...(node.credentials === undefined
				? {}
				: {
						credentials: Object.fromEntries(
							Object.keys(node.credentials).map((type) => [type, { id: type, name: type }]),
						),
					}),
		}));
		return await runSaved({ ...saved, nodes }, { credentials: credentials() });
	};

	it('makes the image at the first vendor that can', async () => {
		sandbox.faults.add({ vendor: first!, verb: 'submit', fault: 'insufficientCredit' });
		sandbox.faults.add({ vendor: second!, verb: 'submit', fault: 'taskFails' });
		const nodes = await runExample();
		const [item, ...others] = nodes.get('Image')?.items ?? [];
		expect(others).toEqual([]);
		expect(item?.binary?.data?.fileName).toBe('lighthouse.png');
		expect(item?.json).toMatchObject({ vendor: third, aspectRatio: '4:3' });
		expect(nodes.get('To look at')?.items).toEqual([]);
	});

	it('sends what may not be asked for again to be looked at', async () => {
		sandbox.faults.add({ vendor: first!, verb: 'submit', fault: 'taskModerated' });
		const nodes = await runExample();
		const [item] = nodes.get('To look at')?.items ?? [];
		expect(item?.json).toMatchObject({ product: 'lighthouse', error: { code: 'contentRejected' } });
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});
