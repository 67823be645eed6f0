import './harness/environment';

import { NodeHelpers, type INodeProperties } from 'n8n-workflow';

import { operations } from '../../nodes/NanoBanana/operations';
import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import type { Sandbox } from '../sandbox';
import { startInstance } from './harness/instance';
import { runWorkflow, withBinaryDataInMemory, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, credentialFor, imageParameters, taskParameters } from './harness/vendors';
import { countingVendor, nameOf } from '../vendors/roles';
import { decodedSize } from '../sandbox';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** What an agent's call brings along is in the item too, and is nothing that it wants back. */
const call = { json: { chatInput: 'A lamp, please', sessionId: 's-1', toolCallId: 'call-1' } };

const asTool = async (options: Partial<RunOptions> & Pick<RunOptions, 'parameters'>) =>
	await runWorkflow({
		items: [call],
		asTool: true,
		credentials: credentialFor(sandbox, countingVendor),
		...options,
	});

const longPrompt = 'A lamp made of oak, '.repeat(100);

it('gives an agent small JSON with everything that it can use', async () => {
	const { items } = await asTool({
		parameters: imageParameters(countingVendor, 'generate', {
			prompt: longPrompt,
			options: { simplify: false },
		}),
	});

	const json = items[0]?.json ?? {};
	expect(json).toEqual({
		state: 'succeeded',
		vendor: countingVendor,
		taskId: sandbox.ledger.tasks[0]?.id,
		aspectRatio: 'auto',
		url: expect.stringContaining(sandbox.filesUrl) as string,
		signedUrl: expect.any(String) as string,
		fileName: expect.stringMatching(
			/^a-lamp-made-of-oak-a-lamp-made-of-oak-a-lamp-made-[a-z0-9]{6}\.webp$/,
		) as string,
		width: 1024,
		height: 1024,
		cost: expect.objectContaining({ unit: 'credits' }) as object,
	});
	expect(JSON.stringify(json).length).toBeLessThan(1_000);
});

it('has a URL that opens the stored picture without a sign-in', async () => {
	const instance = await startInstance();
	const { items } = await asTool({
		parameters: imageParameters(countingVendor, 'generate'),
		restApiUrl: instance.restApiUrl,
	});

	const { signedUrl, width, height } = items[0]?.json ?? {};
	const picture = Buffer.from(await (await fetch(signedUrl as string)).arrayBuffer());
	await instance.close();
	expect(await decodedSize(picture)).toEqual({ width, height });
});

it('has no signed URL where files are in memory, and none in a normal step', async () => {
	const parameters = imageParameters(countingVendor, 'generate');
	const inMemory = await withBinaryDataInMemory(async () => await asTool({ parameters }));
	const normal = await asTool({ parameters, asTool: false });

	for (const { items } of [inMemory, normal]) {
		expect(items[0]?.json).toHaveProperty('url');
		expect(items[0]?.json).not.toHaveProperty('signedUrl');
	}
	expect(normal.items[0]?.json).toHaveProperty('prompt');
});

it('gives each of several images with its own URLs', async () => {
	const { items } = await asTool({
		parameters: imageParameters(countingVendor, 'generate', {
			numberOfImages: 2,
			options: { output: 'itemPerInput' },
		}),
	});

	const images = items[0]?.json.images as Array<{ url: string; signedUrl: string }>;
	expect(new Set(images.map(({ url }) => url)).size).toBe(2);
	expect(new Set(images.map(({ signedUrl }) => signedUrl)).size).toBe(2);
	expect(items[0]?.json).not.toHaveProperty('prompt');
});

it('tells an agent what failed and what to do, instead of throwing', async () => {
	sandbox.faults.add({ fault: 'contentRejected' });
	const { items, error, run } = await asTool({
		parameters: imageParameters(countingVendor, 'generate'),
	});

	expect(error).toBeUndefined();
	expect(run.status).toBe('success');
	expect(items).toHaveLength(1);
	expect(items[0]?.json).toEqual({
		error: {
			code: 'contentRejected',
			message: expect.not.stringContaining('[item') as string,
			hint: expect.stringContaining('Change the prompt') as string,
			resumable: false,
			retryElsewhere: false,
		},
	});
});

it('names the task of a picture that may still come', async () => {
	sandbox.settings.taskDurationMs = 60_000;
	const { items } = await asTool({
		parameters: imageParameters(countingVendor, 'generate', { options: { timeout: 1 } }),
	});

	expect(items[0]?.json.error).toMatchObject({
		code: 'timeout',
		taskId: sandbox.ledger.tasks[0]?.id,
		resumable: true,
	});
});

it('throws where the tool is set to stop the workflow', async () => {
	sandbox.faults.add({ fault: 'contentRejected' });
	const { items, error } = await asTool({
		parameters: imageParameters(countingVendor, 'generate'),
		onError: 'stopWorkflow',
	});

	expect(items).toEqual([]);
	expect(error?.message).toContain(`${nameOf(countingVendor)}`);
});

it('tells a task without its picture, and the balance, in as few words', async () => {
	const submitted = await asTool({
		parameters: imageParameters(countingVendor, 'generate', { options: { completion: 'submit' } }),
	});
	const taskId = sandbox.ledger.tasks[0]?.id ?? '';
	expect(Object.keys(submitted.items[0]?.json ?? {}).sort()).toEqual(
		['state', 'vendor', 'taskId', 'aspectRatio', 'cost'].sort(),
	);

	const waited = await asTool({ parameters: taskParameters(countingVendor, 'wait', { taskId }) });
	expect(waited.items[0]?.json).toMatchObject({ state: 'succeeded', taskId });
	expect(waited.items[0]?.json).toHaveProperty('signedUrl');

	const balance = await asTool({
		parameters: { vendor: countingVendor, resource: 'account', operation: 'getBalance' },
	});
	expect(Object.keys(balance.items[0]?.json ?? {}).sort()).toEqual(['balance', 'vendor']);
});

describe('an execution that an agent waits for', () => {
	/** The choices that n8n leaves of When to Continue, in a normal step and in the tool it makes of it. */
	const choices = (vendor: string, asTool: boolean): unknown[] => {
		const { description } = new NanoBanana();
		const nodeType = { ...description, name: `${description.name}${asTool ? 'Tool' : ''}` };
		const values = { vendor, resource: 'image', operation: 'generate' };
		const isShown = (property: INodeProperties): boolean =>
			NodeHelpers.displayParameter(values, property, { typeVersion: 1 }, nodeType);
		return nodeType.properties
			.filter(({ name }) => name === 'options')
			.filter(isShown)
			.flatMap(({ options }) => options as INodeProperties[])
			.filter(({ name }) => name === 'completion')
			.flatMap(({ options }) => options as INodeProperties[])
			.filter(isShown)
			.map((choice) => (choice as unknown as { value: unknown }).value);
	};

	it.each(callingCases)('is not offered to be parked at $vendor.displayName', ({ id }) => {
		expect(choices(id, false).sort()).toEqual(['callback', 'submit', 'wait']);
		expect(choices(id, true).sort()).toEqual(['submit', 'wait']);
	});

	it.each(callingCases)(
		'is not parked by an expression at $vendor.displayName, and nothing is spent',
		async ({ id }) => {
			const { items, error, run } = await asTool({
				parameters: imageParameters(id, 'generate', {
					options: { completion: '={{ "call" + "back" }}' },
				}),
				credentials: credentialFor(sandbox, id),
			});

			expect(sandbox.ledger.requests).toEqual([]);
			expect(error).toBeUndefined();
			expect(run.waitTill).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([
				{
					error: {
						code: 'unsupported',
						message: 'An agent cannot wait for a callback',
						hint: expect.stringContaining('When the Image Is Ready') as string,
						resumable: false,
						retryElsewhere: true,
					},
				},
			]);
		},
	);
});

describe('the description that a model reads', () => {
	const { properties } = new NanoBanana().description;
	const descriptions = properties.filter(({ name }) => name === 'toolDescription');
	const descriptionOf = (resource: string, operation: string): INodeProperties[] =>
		descriptions.filter(({ displayOptions }) => {
			const { show } = displayOptions ?? {};
			return (
				show?.['@tool']?.includes(true) === true &&
				show.resource?.includes(resource) === true &&
				show.operation?.includes(operation) === true
			);
		});

	it.each(operations.map(({ resource, operation }) => [resource, operation] as const))(
		'exists once for %s → %s, and is short enough for every model',
		(resource, operation) => {
			const found = descriptionOf(resource, operation);
			expect(found).toHaveLength(1);
			const text = found[0]?.default as string;
			expect(text.length).toBeGreaterThan(100);
			expect(text.length).toBeLessThanOrEqual(400);
		},
	);
});
