import './harness/environment';

import type { FaultName, Sandbox, VendorId } from '../sandbox';
import { errorOf, type ErrorJson } from './harness/errorJson';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import { moveFilesOfTrigger, retryExecution, triggerNode } from './harness/savedExecution';
import {
	runWorkflow,
	withBinaryDataInMemory,
	type RunOptions,
	type TestItem,
} from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { countingVendor, uploadingVendor } from '../vendors/roles';

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

/** A photo as a form hands it on: every one has the same name. */
const photoItem = (bytes: Buffer): TestItem => ({
	json: { form: 'Product photo' },
	binary: { data: { bytes, mediaType: 'image/png', fileName: 'photo.png' } },
});

/** Two different photos. */
const twoPhotos = async () => [await picture(), await picture('png', 64, 96)] as const;

const sentPhotos = () =>
	sandbox.ledger.tasks.map(({ references }) => references.map(({ sha256 }) => sha256).join());

describe('"Retry" of an execution that a form has begun', () => {
	it.each(vendorCases)(
		'$id: buys no picture of a file again that n8n has moved',
		async ({ id }) => {
			const workflow: RunOptions = {
				parameters: imageParameters(id, 'edit'),
				credentials: credentialFor(sandbox, id),
				restApiUrl: instance.restApiUrl,
				start: triggerNode([photoItem(await picture())]),
			};
			const fault = sandbox.faults.add({ fault: 'fileNotFound', vendor: id });
			const first = await runWorkflow(workflow);
			expect(first.error?.message).toContain('did not deliver the image');
			await moveFilesOfTrigger(first.run);
			sandbox.faults.clear(fault);

			const again = await retryExecution(workflow, first.run);

			expect(again.error).toBeUndefined();
			expect(again.items.map(({ json }) => json.taskId)).toEqual([sandbox.ledger.tasks[0]?.id]);
			expect(sandbox.ledger.tasks).toHaveLength(1);
		},
	);

	it('keeps two photos of the same name apart, and each with its own picture', async () => {
		const [first, second] = await twoPhotos();
		const workflow: RunOptions = {
			parameters: imageParameters(uploadingVendor, 'edit'),
			credentials: credentialFor(sandbox, uploadingVendor),
			start: triggerNode([photoItem(first), photoItem(second)]),
		};
		const fault = sandbox.faults.add({ fault: 'fileNotFound' });
		const failed = await runWorkflow(workflow);
		await moveFilesOfTrigger(failed.run);
		sandbox.faults.clear(fault);

		const again = await retryExecution(workflow, failed.run);

		expect(again.items).toHaveLength(2);
		expect(sandbox.ledger.tasks).toHaveLength(2);
		expect(new Set(sentPhotos()).size).toBe(2);
	});

	it.each(['stored', 'in memory'])('takes another photo (%s) for another order', async (where) => {
		const [one, other] = await twoPhotos();
		const workflow = (bytes: Buffer): RunOptions => ({
			parameters: imageParameters(uploadingVendor, 'edit'),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [photoItem(bytes)],
		});
		const work = async (): Promise<void> => {
			sandbox.faults.add({ fault: 'fileNotFound' });
			const failed = await runWorkflow(workflow(one));
			sandbox.faults.clear();
			const again = await runWorkflow({ ...workflow(other), retryOf: failed.run });
			expect(again.items).toHaveLength(1);
		};
		await (where === 'stored' ? work() : withBinaryDataInMemory(work));

		expect(new Set(sentPhotos()).size).toBe(2);
	});

	it('knows a photo again by its bytes where n8n keeps files in memory', async () => {
		const workflow: RunOptions = {
			parameters: imageParameters(uploadingVendor, 'edit'),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [photoItem(await picture())],
		};
		await withBinaryDataInMemory(async () => {
			sandbox.faults.add({ fault: 'fileNotFound' });
			const failed = await runWorkflow(workflow);
			sandbox.faults.clear();
			const again = await retryExecution(workflow, failed.run);
			expect(again.items).toHaveLength(1);
		});
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});

describe('the base URL of the credential', () => {
	const spellings: ReadonlyArray<readonly [string, (baseUrl: URL) => string]> = [
		['a slash at its end', (url) => `${url.href}/`],
		['several slashes at its end', (url) => `${url.href}///`],
		['a host in capitals', (url) => url.href.replace('localhost', 'LOCALHOST')],
		['a scheme in capitals', (url) => url.href.replace('http:', 'HTTP:')],
		['blanks around it', (url) => `  ${url.href} `],
		['zeros before the port', (url) => url.href.replace(`:${url.port}`, `:0${url.port}`)],
	];

	it.each(spellings)('is the same with %s', async (_what, spell) => {
		const baseUrl = new URL(sandbox.baseUrl(uploadingVendor).replace('127.0.0.1', 'localhost'));
		const workflow = (spelling: string): RunOptions => ({
			parameters: imageParameters(uploadingVendor, 'generate'),
			credentials: credentialFor(sandbox, uploadingVendor, { baseUrl: spelling }),
			items: [{ json: {} }],
		});
		sandbox.faults.add({ fault: 'fileNotFound' });
		const first = await runWorkflow(workflow(baseUrl.href));
		expect(sandbox.ledger.tasks).toHaveLength(1);
		sandbox.faults.clear();

		const again = await retryExecution(workflow(spell(baseUrl)), first.run);

		expect(again.error).toBeUndefined();
		expect(again.items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});

describe('another account or address at "Retry"', () => {
	const retried = async (
		id: VendorId,
		fault: FaultName,
		change: Parameters<typeof credentialFor>[2],
	): Promise<ErrorJson | undefined> => {
		const workflow: RunOptions = {
			parameters: imageParameters(id, 'generate', { prompt: 'A banana' }),
			credentials: credentialFor(sandbox, id),
		};
		sandbox.faults.add({ fault, vendor: id, times: 100 });
		const first = await runWorkflow(workflow);
		expect(first.error).toBeDefined();
		sandbox.faults.clear();
		const changed = { ...workflow, credentials: credentialFor(sandbox, id, change) };
		const { errorItems } = await retryExecution(
			{ ...changed, onError: 'continueErrorOutput' },
			first.run,
		);
		return errorOf(errorItems[0]);
	};
	const elsewhere = (id: VendorId) => ({
		baseUrl: sandbox.baseUrl(id).replace('127.0.0.1', 'localhost'),
	});

	it('sends no unclear submit to another account, whose idempotency keys are others', async () => {
		const change = { apiKey: 'key-of-another-account' };
		const error = await retried(countingVendor, 'gatewayTimeoutAfterTaken', change);

		expect(error?.code).toBe('submitUnknown');
		const sent = sandbox.ledger.requestsOf('submit', countingVendor);
		expect(JSON.stringify(sent)).not.toContain('another-account');
		expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([504]));
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it.each(vendorCases)('$id: sends no unclear submit to another host', async ({ id }) => {
		const error = await retried(id, 'gatewayTimeoutAfterTaken', elsewhere(id));

		expect(error?.code).toBe('submitUnknown');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it.each(vendorCases)(
		'$id: names the task that another host has, and buys none',
		async ({ id }) => {
			const error = await retried(id, 'fileNotFound', elsewhere(id));

			const [task] = sandbox.ledger.tasks;
			expect(error).toMatchObject({ code: 'conflict', taskId: task?.id, resumable: true });
			expect(error?.message).toContain('has changed since the task was submitted');
			expect(sandbox.ledger.tasks).toHaveLength(1);
		},
	);

	it('does not call the task of one vendor a task of another', async () => {
		const [first, second] = [vendorCases[0]!.id, vendorCases[1]!.id];
		sandbox.faults.add({ fault: 'fileNotFound', vendor: first });
		const failed = await runWorkflow({
			parameters: imageParameters(first, 'generate'),
			credentials: credentialFor(sandbox, first),
		});
		sandbox.faults.clear();
		const { errorItems } = await retryExecution(
			{
				parameters: imageParameters(second, 'generate', { aspectRatio: '7:9' }),
				credentials: credentialFor(sandbox, second),
				onError: 'continueErrorOutput',
			},
			failed.run,
		);

		const error = errorOf(errorItems[0]);
		const [task] = sandbox.ledger.tasks;
		expect(error).toMatchObject({ vendor: second, resumable: false });
		expect(error).not.toHaveProperty('taskId');
		expect(error?.message).toContain(`"${task?.id}" at ${vendorCases[0]?.vendor.displayName}`);
	});
});

describe('an item that is no plain JSON', () => {
	const circular = (): TestItem['json'] => {
		const json: Record<string, unknown> = { prompt: 'one', list: [] };
		json.self = json;
		(json.list as unknown[]).push({ back: json.list });
		return json as TestItem['json'];
	};
	const strange: ReadonlyArray<readonly [string, () => TestItem['json']]> = [
		['runs in a circle', circular],
		['holds a number beyond all others', () => ({ big: 2n ** 70n }) as never],
		[
			'refuses to become JSON',
			() => ({
				odd: {
					toJSON: () => {
						throw new Error('No JSON of me');
					},
				},
			}),
		],
	];

	it.each(strange)('is an order as any other: one that %s', async (_what, json) => {
		const workflow: RunOptions = {
			parameters: imageParameters(uploadingVendor, 'generate'),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [{ json: json() }],
			retryOnFail: true,
		};
		sandbox.faults.add({ fault: 'fileNotFound', times: 1 });

		const { items, error } = await runWorkflow(workflow);

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it.each<readonly [string, () => TestItem['json']]>([
		['a field without a value', () => ({ note: undefined, list: [undefined] })],
		['functions', () => ({ compare: () => 1, list: [() => 2] })],
		['a symbol', () => ({ inside: { mark: Symbol('a') } })],
	])('is the same out of the database: one with %s', async (_what, json) => {
		const workflow: RunOptions = {
			parameters: imageParameters(uploadingVendor, 'generate'),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [{ json: json() }],
		};
		sandbox.faults.add({ fault: 'fileNotFound' });
		const first = await runWorkflow(workflow);
		sandbox.faults.clear();

		const again = await retryExecution(workflow, first.run);

		expect(again.error).toBeUndefined();
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('is told apart from another that runs in a circle', async () => {
		const workflow = (prompt: string): RunOptions => ({
			parameters: imageParameters(uploadingVendor, 'generate', { prompt: '={{ $json.prompt }}' }),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [{ json: { ...circular(), prompt } }],
		});
		sandbox.faults.add({ fault: 'fileNotFound' });
		const first = await runWorkflow(workflow('one'));
		await runWorkflow({ ...workflow('two'), retryOf: first.run });

		expect(sandbox.ledger.tasks.map(({ prompt }) => prompt)).toEqual(['one', 'two']);
	});

	it.each(callingCases)('can be parked at $id', async ({ id }) => {
		sandbox.settings.taskDurationMs = 60_000;
		const { run, error } = await runWorkflow({
			parameters: imageParameters(id, 'generate', {
				options: { completion: 'callback' },
			}),
			credentials: credentialFor(sandbox, id),
			items: [{ json: circular() }],
			onError: 'continueRegularOutput',
		});

		expect(error).toBeUndefined();
		expect(run.waitTill).toBeInstanceOf(Date);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});
