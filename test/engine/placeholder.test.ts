import './harness/environment';

import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { decodedSize, pixelSize, type Sandbox, type VendorId } from '../sandbox';
import { postDelivery } from '../sandbox/callbackClient';
import { countingVendor, formVendor, nameOf, uploadingVendor } from '../vendors/roles';
import { errorOf } from './harness/errorJson';
import { picture } from './harness/pictures';
import { readBinary, runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { connectionsDuring } from './harness/sockets';
import { startTriggerEndpoint } from './harness/triggerEndpoint';
import {
	callingCases,
	credentialFor,
	imageParameters,
	taskParameters,
	vendorCases,
} from './harness/vendors';

let sandbox: Sandbox;

const buy = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

type Options = Omit<RunOptions, 'credentials'> & Partial<Pick<RunOptions, 'credentials'>>;

/** Runs the node and fails the test where anything leaves this process. */
async function runOffline(id: VendorId, options: Options): Promise<RunResult> {
	let result: RunResult | undefined;
	const connections = await connectionsDuring(async () => {
		result = await runWorkflow({ credentials: credentialFor(sandbox, id), ...options });
	});
	expect(connections).toEqual([]);
	expect(sandbox.ledger.requests).toEqual([]);
	expect(result!.log.join('\n')).not.toMatch(/ took task /);
	return result!;
}

const always = (
	id: VendorId,
	changes: INodeParameters = {},
	operation: 'generate' | 'edit' = 'generate',
): INodeParameters => {
	const { options, ...others } = changes;
	return imageParameters(id, operation, {
		...others,
		options: { placeholder: 'always', ...(options as INodeParameters | undefined) },
	});
};

const someFile = async () => ({
	json: {},
	binary: { data: { bytes: await picture(), mediaType: 'image/png' } },
});

/** What kind of value stands at each name; not those that only some tasks have. */
function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(shapeOf);
	if (typeof value !== 'object' || value === null) return typeof value;
	const entries = Object.entries(value).filter(([name]) => !sometimes.has(name));
	return Object.fromEntries(entries.map(([name, each]) => [name, shapeOf(each)]));
}
const sometimes = new Set(['warnings', 'requestId', 'text', 'raw', 'remaining']);

const jsonOf = ({ items }: RunResult): IDataObject[] => items.map(({ json }) => json);

const isPlaceholder = /^placeholder-/;
const saysSo = expect.stringMatching(/^This is a placeholder: nothing was bought/) as string;

async function filesOf(items: readonly INodeExecutionData[]): Promise<Buffer[]> {
	const files = items.flatMap(({ binary }) => Object.values(binary ?? {}));
	return await Promise.all(files.map(readBinary));
}

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it.each([
		['1:1', '1K'],
		['16:9', '4K'],
		['9:16', '2K'],
		['auto', '1K'],
	])('gives a PNG in %s and %s, and nothing leaves n8n', async (aspectRatio, resolution) => {
		const { items, error } = await runOffline(id, {
			parameters: always(id, { aspectRatio, resolution }),
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({
			vendor: id,
			taskId: expect.stringMatching(isPlaceholder),
			state: 'succeeded',
			prompt: 'A banana on the moon',
			aspectRatio,
			warnings: [saysSo],
		});
		expect(items[0]?.json.cost).toEqual(vendor.costs && { amount: 0, unit: vendor.costs.unit });
		const [file] = await filesOf(items);
		expect(await decodedSize(file!)).toEqual(pixelSize(aspectRatio, resolution));
		expect(file!.length).toBeLessThan(80_000);
		expect(items[0]?.binary?.data).toMatchObject({ mimeType: 'image/png', fileExtension: 'png' });
	});

	it.each([
		['generate, simplified', {}],
		['generate, with all fields', { simplify: false, options: { simplify: false } }],
		['without a download', { options: { download: false } }],
		['three images', { numberOfImages: 3, options: { output: 'itemPerInput' } }],
		['an item for each image', { numberOfImages: 3 }],
		['several ratios', { options: { aspectRatios: ['1:1', '9:16'], output: 'itemPerInput' } }],
		['at once', { completion: 'submit', options: { completion: 'submit' } }],
	])('has the same item as a bought one: %s', async (_what, changes: INodeParameters) => {
		const { options, ...others } = changes;
		const placeholder = await runOffline(id, { parameters: always(id, changes) });
		const bought = await buy(id, {
			parameters: imageParameters(id, 'generate', {
				...others,
				options: options ?? {},
			}),
		});

		expect(bought.error ?? placeholder.error).toBeUndefined();
		expect(jsonOf(placeholder).map(shapeOf)).toEqual(jsonOf(bought).map(shapeOf));
		expect(placeholder.items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual(
			bought.items.map(({ binary }) => Object.keys(binary ?? {})),
		);
		expect(placeholder.items.map(({ pairedItem }) => pairedItem)).toEqual(
			bought.items.map(({ pairedItem }) => pairedItem),
		);
	});

	it('reads and checks the files of an edit, and asks for no URL', async () => {
		const edit = (referenceUrls: string) =>
			always(id, { referenceUrls, prompt: 'Make it blue' }, 'edit');

		const ofUrl = await runOffline(id, { parameters: edit('https://pictures.example/lamp.png') });
		expect(ofUrl.error).toBeUndefined();
		expect(ofUrl.items[0]?.json).toMatchObject({ prompt: 'Make it blue', state: 'succeeded' });

		const ofFile = await runOffline(id, { parameters: edit(''), items: [await someFile()] });
		expect(ofFile.error).toBeUndefined();

		const noPicture = { data: { bytes: Buffer.from('no picture'), mediaType: 'image/png' } };
		const broken = await runOffline(id, {
			parameters: edit(''),
			items: [{ json: {}, binary: noPicture }],
		});
		expect(broken.error?.message).toContain('holds text');
	});

	it('takes the images of an earlier placeholder', async () => {
		const made = await runOffline(id, { parameters: always(id) });
		const bytes = (await filesOf(made.items))[0]!;
		const url = JSON.stringify(made.items[0]?.json).match(/https:[^"]+/)![0];

		const edited = await runOffline(id, {
			parameters: always(id, { referenceUrls: url }, 'edit'),
			items: [{ json: {}, binary: { data: { bytes, mediaType: 'image/png' } } }],
		});
		expect(edited.error).toBeUndefined();

		const bought = await buy(id, {
			parameters: imageParameters(id, 'edit', { referenceUrls: url }),
		});
		expect(bought.error?.message).toContain('belongs to a placeholder image');
		expect(sandbox.ledger.tasks).toEqual([]);
	});

	it('buys no edit of the file of a placeholder, wherever the file is', async () => {
		for (const changes of [{}, { aspectRatio: '21:9', resolution: '4K' }, { prompt: '猫' }]) {
			const made = await runOffline(id, { parameters: always(id, changes) });
			const bytes = (await filesOf(made.items))[0]!;
			// Another step may have given the file another name and type.
			const file = { bytes, mediaType: 'image/jpeg', fileName: 'photo.jpg' };
			const uri = `data:image/png;base64,${bytes.toString('base64')}`;
			const edits: ReadonlyArray<readonly [INodeParameters, Record<string, typeof file>, string]> =
				[
					[{}, { data: file }, "The image in the field 'data'"],
					[{}, { Photo: file }, "The image in the field 'Photo'"],
					[
						{ referenceBinaryFields: '={{ $binary.data }}' },
						{ data: file },
						'The image in the file',
					],
					[{ referenceUrls: uri }, {}, "The image in 'Reference URLs'"],
				];
			for (const [parameters, binary, words] of edits) {
				if (parameters.referenceUrls !== undefined && vendor.references.delivery === 'url')
					continue;
				const { error } = await buy(id, {
					parameters: imageParameters(id, 'edit', parameters),
					items: [{ json: {}, binary }],
					restApiUrl: 'https://n8n.example/rest',
				});
				expect(error?.message).toContain(`${words}`);
				expect(error?.message).toContain('belongs to a placeholder image');
			}
		}
		expect(sandbox.ledger.tasks).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		['an empty prompt', { prompt: ' ' }],
		['a ratio that does not exist', { aspectRatio: '7:5' }],
		['a size that does not exist', { resolution: '8K' }],
		['a model that does not exist', { model: 'nanoBanana9' }],
		['too many images', { numberOfImages: 7 }],
		['a wrong timeout', { options: { timeout: -1 } }],
		['no output field', { options: { binaryField: ' ' } }],
	])('fails as a bought one does: %s', async (_what, changes) => {
		const placeholder = await runOffline(id, { parameters: always(id, changes) });
		const bought = await buy(id, { parameters: imageParameters(id, 'generate', changes) });

		expect(bought.error).toBeDefined();
		expect(placeholder.error?.message).toBe(bought.error?.message);
		expect(placeholder.error?.description).toBe(bought.error?.description);
	});

	it('needs a credential as a bought one does', async () => {
		for (const credentials of [{}, credentialFor(sandbox, id, { apiKey: ' ' })]) {
			const placeholder = await runOffline(id, { parameters: always(id), credentials });
			const bought = await runWorkflow({
				parameters: imageParameters(id, 'generate'),
				credentials,
			});
			expect(bought.error).toBeDefined();
			expect(placeholder.error?.message).toBe(bought.error?.message);
		}
	});

	it('fails one item alone, on the error output and as an item', async () => {
		const items = ['one', ' ', 'three'].map((prompt) => ({ json: { prompt } }));
		const parameters = always(id, { prompt: '={{ $json.prompt }}' });

		const split = await runOffline(id, { parameters, items, onError: 'continueErrorOutput' });
		expect(split.items.map(({ json }) => json.prompt)).toEqual(['one', 'three']);
		expect(split.errorItems.map(errorOf)).toMatchObject([{ code: 'invalidRequest' }]);

		const together = await runOffline(id, { parameters, items, onError: 'continueRegularOutput' });
		expect(together.items.map((item) => errorOf(item)?.code)).toEqual([
			undefined,
			'invalidRequest',
			undefined,
		]);
	});

	it('is known to Task → Get, Wait and Cancel by its id alone, as the same image', async () => {
		const made = await runOffline(id, {
			parameters: always(id, { numberOfImages: 2, aspectRatio: '4:5' }),
		});
		const submitted = await runOffline(id, {
			parameters: always(id, {
				numberOfImages: 2,
				aspectRatio: '4:5',
				completion: 'submit',
				options: { completion: 'submit' },
			}),
		});
		expect(submitted.items[0]?.json).toMatchObject({ state: 'queued', warnings: [saysSo] });
		expect(submitted.items[0]?.binary).toBeUndefined();
		const items = jsonOf(submitted).map((json) => ({ json }));

		const got = await runOffline(id, { parameters: taskParameters(id, 'get'), items });
		expect(got.error).toBeUndefined();
		expect(got.items).toHaveLength(2);
		for (const { json, binary } of got.items) {
			expect(json).toMatchObject({ state: 'succeeded', warnings: [saysSo] });
			expect(JSON.stringify(json)).toContain('https://placeholder.invalid/placeholder-');
			expect(binary).toBeUndefined();
		}

		const waited = await runOffline(id, { parameters: taskParameters(id, 'wait'), items });
		expect(waited.error).toBeUndefined();
		expect(waited.items[0]?.json).toMatchObject({ state: 'succeeded', warnings: [saysSo] });
		expect(waited.items[0]?.json.cost).toEqual(made.items[0]?.json.cost);
		expect(await filesOf(waited.items)).toEqual(await filesOf(made.items));

		if (vendor.cancelTask === undefined) return;
		const cancelled = await runOffline(id, { parameters: taskParameters(id, 'cancel'), items });
		expect(cancelled.items[0]?.json).toMatchObject({ state: 'succeeded', warnings: [saysSo] });
	});

	it('asks the vendor for its own tasks beside placeholders', async () => {
		const placeholder = await runOffline(id, { parameters: always(id) });
		const bought = await buy(id, { parameters: imageParameters(id, 'generate') });
		const items = [...jsonOf(placeholder), ...jsonOf(bought)].map((json) => ({ json }));

		const waited = await buy(id, { parameters: taskParameters(id, 'wait'), items });

		expect(waited.error).toBeUndefined();
		expect(waited.items.map(({ json }) => json.taskId)).toEqual(
			items.map(({ json }) => json.taskId),
		);
		expect(await filesOf(waited.items)).toEqual(
			await filesOf([...placeholder.items, ...bought.items]),
		);
	});

	it.each(['placeholder-1', 'placeholder-9K-1x1-1-A_cat-12345678', 'placeholder-1K-1x1-0-A-1'])(
		'asks nobody for %s',
		async (taskId) => {
			const { error } = await runOffline(id, {
				parameters: taskParameters(id, 'wait', { taskId }),
			});
			expect(error?.message).toContain(`The task ID "${taskId}" cannot be used`);
		},
	);

	it('takes no id of a vendor for one of its own', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'idOfPlaceholder' });
		const { errorItems } = await buy(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});
		expect(errorItems.map(errorOf)).toMatchObject([
			{
				code: 'submitUnknown',
				message: expect.stringContaining('placeholder-1K-1x1-1-A_banana-0'),
				retryElsewhere: false,
			},
		]);
	});

	it('is for manual executions, their retries and their sub-workflows, where it is asked so', async () => {
		const parameters = always(id, { options: { placeholder: 'manual' } });
		const manual = await runOffline(id, { parameters, mode: 'manual' });
		const byHand: Array<Partial<RunOptions>> = [
			{ mode: 'retry', retryOf: manual.run },
			{ mode: 'integrated', rootExecutionMode: 'manual' },
		];
		for (const options of byHand) {
			const { items } = await runOffline(id, { parameters, ...options });
			expect(items[0]?.json.taskId).toMatch(isPlaceholder);
		}

		const byItself: Array<Partial<RunOptions>> = [
			{ mode: 'trigger' },
			{ mode: 'webhook' },
			{ mode: 'integrated' },
			{ mode: 'integrated', rootExecutionMode: 'trigger' },
		];
		for (const options of byItself) {
			const { items } = await buy(id, { parameters, ...options });
			expect(items[0]?.json.taskId).not.toMatch(isPlaceholder);
		}
		expect(sandbox.ledger.tasks).toHaveLength(byItself.length);
	});

	it('buys where the option is Never', async () => {
		const parameters = imageParameters(id, 'generate', { options: { placeholder: 'never' } });
		const { items } = await buy(id, { parameters });
		expect(items[0]?.json.taskId).toBe(sandbox.ledger.tasks[0]?.id);
	});

	it('costs nothing of Max Cost', async () => {
		const { items, error } = await runOffline(id, {
			parameters: always(id, { options: { maxCost: 0.000001 } }),
			items: Array.from({ length: 5 }, () => ({ json: {} })),
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(5);
	});

	it('is small JSON with a signed URL for an agent', async () => {
		const { items } = await runOffline(id, { parameters: always(id), asTool: true });
		expect(items[0]?.json).toMatchObject({
			state: 'succeeded',
			taskId: expect.stringMatching(isPlaceholder),
			warnings: [saysSo],
		});
		expect(JSON.stringify(items[0]?.json)).toContain('/rest/binary-data/signed');
	});
});

describe.each(callingCases)('$vendor.displayName', ({ id }) => {
	it('goes on at once where the execution would be parked, with the item of a parked one', async () => {
		const { items, run } = await runOffline(id, {
			parameters: always(id, {
				numberOfImages: 2,
				completion: 'callback',
				options: { completion: 'callback' },
			}),
			items: [{ json: {} }, { json: {} }],
		});

		expect(run.waitTill ?? undefined).toBeUndefined();
		expect(run.status).toBe('success');
		expect(items).toHaveLength(2);
		for (const item of items) {
			expect(Object.keys(item.binary ?? {})).toEqual(['data', 'data_1']);
			expect(item.json).toMatchObject({ state: 'succeeded', warnings: [saysSo] });
		}
	});

	it('starts nothing by a delivery that names one', async () => {
		const endpoint = await startTriggerEndpoint({
			parameters: { vendor: id },
			credentials: credentialFor(sandbox, id),
		});
		const taskId = 'placeholder-1K-1x1-1-Buy_now-0123abcd';
		await postDelivery(endpoint.url, id, taskId);
		await endpoint.close();

		expect(endpoint.started).toEqual([]);
		expect(sandbox.ledger.requestsOf('getTask', id)).toEqual([]);
	});
});

describe('beside bought orders', () => {
	const slow = (id: VendorId, changes = {}) =>
		imageParameters(id, 'generate', { options: { timeout: 1, ...changes } });

	it('keeps nothing that another try would find', async () => {
		const first = await runOffline(uploadingVendor, { parameters: always(uploadingVendor) });
		const second = await buy(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate'),
			retryOf: first.run,
		});
		expect(second.items[0]?.json.taskId).toBe(sandbox.ledger.tasks[0]?.id);
		expect(JSON.stringify(first.run.data.executionData?.contextData)).not.toMatch(/placeholder-/);
	});

	it('does not take the place of a task that an earlier try has bought', async () => {
		sandbox.settings.taskDurationMs = 60_000;
		const first = await buy(countingVendor, { parameters: slow(countingVendor) });
		expect(first.error?.message).toContain('has not finished task');
		const [task] = sandbox.ledger.tasks;
		const before = sandbox.ledger.requests.length;

		let second: RunResult | undefined;
		const connections = await connectionsDuring(async () => {
			second = await buy(countingVendor, {
				parameters: slow(countingVendor, { placeholder: 'always' }),
				retryOf: first.run,
				onError: 'continueErrorOutput',
			});
		});

		expect(connections).toEqual([]);
		expect(sandbox.ledger.requests).toHaveLength(before);
		expect(second!.items).toEqual([]);
		expect(second!.errorItems.map(errorOf)).toMatchObject([
			{
				code: 'conflict',
				message: expect.stringContaining(
					`An earlier try of this execution has bought this image at ${nameOf(countingVendor)}`,
				),
				taskId: task?.id,
				resumable: true,
				retryElsewhere: false,
			},
		]);

		// Nor is the order lost by it.
		sandbox.finishTasks();
		const third = await buy(countingVendor, {
			parameters: slow(countingVendor, { timeout: 120 }),
			retryOf: second!.run,
		});
		expect(third.items[0]?.json.taskId).toBe(task?.id);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('tells an unclear order again, and sends nothing under its key', async () => {
		for (const id of [countingVendor, formVendor]) {
			sandbox.reset();
			sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'gatewayTimeoutAfterTaken' });
			const first = await buy(id, { parameters: slow(id), onError: 'continueErrorOutput' });
			expect(first.errorItems.map(errorOf)).toMatchObject([{ code: 'submitUnknown' }]);
			const before = sandbox.ledger.requests.length;

			const second = await buy(id, {
				parameters: slow(id, { placeholder: 'always' }),
				retryOf: first.run,
				onError: 'continueErrorOutput',
			});
			expect(second.items).toEqual([]);
			expect(second.errorItems.map(errorOf)).toMatchObject([
				{ code: 'submitUnknown', retryElsewhere: false },
			]);
			expect(sandbox.ledger.requests).toHaveLength(before);
		}
	});
});

it('is the same for all items of a run', async () => {
	const { items, errorItems } = await runOffline(uploadingVendor, {
		parameters: always(uploadingVendor, { options: { placeholder: '={{ $json.choice }}' } }),
		items: ['always', 'never', 'manual'].map((choice) => ({ json: { choice } })),
		onError: 'continueErrorOutput',
	});
	expect(items).toHaveLength(2);
	expect(errorItems.map(errorOf)).toMatchObject([
		{
			code: 'invalidRequest',
			message: expect.stringContaining(
				"'Placeholder Images' is off here and on for an earlier item",
			),
		},
	]);
});

it.each([
	['another word', 'sometimes'],
	['nothing', '={{ $json.nothing }}'],
	['an empty text', ''],
	['a switch', '={{ true }}'],
])('buys nothing where the option is %s', async (_what, placeholder) => {
	const { error } = await runOffline(uploadingVendor, {
		parameters: always(uploadingVendor, { options: { placeholder } }),
	});
	expect(error?.message).toMatch(
		/'Placeholder Images' is .*, but it can only be one of: never, manual, always/,
	);
});

it.each(['Always', ' ALWAYS ', 'In Manual Executions'])(
	'is chosen by an expression that gives %j',
	async (choice) => {
		const { items } = await runOffline(uploadingVendor, {
			parameters: always(uploadingVendor, { options: { placeholder: '={{ $json.choice }}' } }),
			items: [{ json: { choice } }],
		});
		expect(items[0]?.json.taskId).toMatch(isPlaceholder);
	},
);

it('says that a JPG was asked for', async () => {
	const outputFormat = 'jpg';
	const { items } = await runOffline(uploadingVendor, {
		parameters: always(uploadingVendor, { outputFormat, options: { outputFormat } }),
	});
	expect(items[0]?.json.warnings).toEqual([saysSo, 'A placeholder is always a PNG file.']);
	expect(items[0]?.binary?.data).toMatchObject({ mimeType: 'image/png', fileExtension: 'png' });
});

it('gives each image a name and an id of its own', async () => {
	const items = Array.from({ length: 6 }, () => ({ json: {} }));
	const { items: made } = await runOffline(uploadingVendor, {
		parameters: always(uploadingVendor, { numberOfImages: 2 }),
		items,
	});
	const names = made.map(({ binary }) => binary?.data?.fileName);
	expect(new Set(names).size).toBe(12);
	expect(new Set(made.map(({ json }) => json.taskId)).size).toBe(12);
});

it('comes at once, however many there are: no gate, pace or schedule holds it up', async () => {
	const { items, error } = await runOffline(countingVendor, {
		parameters: always(countingVendor, { resolution: '4K' }),
		items: Array.from({ length: 300 }, () => ({ json: {} })),
	});
	expect(error).toBeUndefined();
	expect(items).toHaveLength(300);
});
