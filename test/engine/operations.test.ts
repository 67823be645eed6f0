import './harness/environment';

import { decodedSize, pixelSize, type Sandbox } from '../sandbox';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import { readBinary, runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
sandboxForFile({ taskDurationMs: 150, flatPictures: true }, (started) => {
	sandbox = started;
});

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	const run = async (options: Omit<Parameters<typeof runWorkflow>[0], 'credentials'>) =>
		await runWorkflow({ ...options, credentials: credentialFor(sandbox, id) });

	it('generates an image in the asked ratio and size', async () => {
		const { items, error } = await run({
			parameters: imageParameters(id, 'generate', {
				aspectRatio: '16:9',
				resolution: '2K',
				options: { simplify: false },
			}),
		});

		expect(error).toBeUndefined();
		const [task] = sandbox.ledger.tasks;
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({
			vendor: id,
			model: 'nanoBananaPro',
			operation: 'generate',
			taskId: task?.id,
			state: 'succeeded',
			prompt: 'A banana on the moon',
			aspectRatio: '16:9',
			resolution: '2K',
		});
		expect(items[0]?.json).not.toHaveProperty('error');
		const size = pixelSize('16:9', '2K');
		const bytes = await readBinary(items[0]?.binary?.data);
		expect(await decodedSize(bytes)).toEqual(size);
		expect(items[0]?.json).toMatchObject({ ...size, bytes: bytes.length, index: 0 });
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('edits an image that a URL names', async () => {
		const source = await run({ parameters: imageParameters(id, 'generate') });
		const url = source.items[0]?.json.url as string;

		const { items, error } = await run({
			parameters: imageParameters(id, 'edit', { referenceUrls: url }),
		});

		expect(error).toBeUndefined();
		const sent = await readBinary(source.items[0]?.binary?.data);
		expect(sandbox.ledger.tasks[1]?.references).toMatchObject([{ bytes: sent.length }]);
		expect(items[0]?.json.state).toBe('succeeded');
		await decodedSize(await readBinary(items[0]?.binary?.data));
	});

	it.each(['separate', 'combined'] as const)(
		'edits images from binary fields (binary mode %s)',
		async (binaryMode) => {
			const [photo, logo] = await Promise.all([picture('jpeg'), picture('webp')]);

			const { items, error } = await run({
				parameters: imageParameters(id, 'edit', { referenceBinaryFields: 'data, logo' }),
				items: [
					{
						json: { product: 'lamp' },
						binary: {
							data: { bytes: photo, mediaType: 'image/jpeg', fileName: 'photo.jpg' },
							logo: { bytes: logo, mediaType: 'image/webp', fileName: 'logo.webp' },
						},
					},
				],
				settings: { binaryMode },
				restApiUrl: instance.restApiUrl,
			});

			expect(error).toBeUndefined();
			expect(sandbox.ledger.tasks[0]?.references).toMatchObject([
				{ bytes: photo.length, mediaType: 'image/jpeg' },
				{ bytes: logo.length, mediaType: 'image/webp' },
			]);
			expect(items[0]?.json.state).toBe('succeeded');
			// A vendor that overwrites files of the same name must not mix up the references.
			const names = sandbox.ledger.uploads.map(({ fileName }) => fileName);
			expect(new Set(names).size).toBe(names.length);
		},
	);

	it('sends files and URLs of one edit together', async () => {
		const source = await run({ parameters: imageParameters(id, 'generate') });
		const url = source.items[0]?.json.url as string;

		const { error } = await run({
			parameters: imageParameters(id, 'edit', { referenceUrls: `${url}\n` }),
			items: [{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } }],
			restApiUrl: instance.restApiUrl,
		});

		expect(error).toBeUndefined();
		expect(sandbox.ledger.tasks[1]?.references).toHaveLength(2);
	});

	it('goes on at once with the task, and fetches the image with Task → Wait', async () => {
		const submitted = await run({
			parameters: imageParameters(id, 'generate', { options: { completion: 'submit' } }),
		});

		expect(submitted.error).toBeUndefined();
		expect(submitted.items[0]?.json).not.toHaveProperty('url');
		expect(['queued', 'running']).toContain(submitted.items[0]?.json.state);
		expect(submitted.items[0]?.binary).toBeUndefined();

		const { items, error } = await run({
			parameters: taskParameters(id, 'wait'),
			items: submitted.items.map(({ json }) => ({ json })),
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({
			vendor: id,
			taskId: submitted.items[0]?.json.taskId,
			state: 'succeeded',
		});
		await decodedSize(await readBinary(items[0]?.binary?.data));
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('polls a task once without downloading', async () => {
		sandbox.settings.taskDurationMs = 60_000;
		const submitted = await run({
			parameters: imageParameters(id, 'generate', { options: { completion: 'submit' } }),
		});
		const item = { json: submitted.items[0]?.json ?? {} };

		const early = await run({ parameters: taskParameters(id, 'get'), items: [item] });

		expect(early.error).toBeUndefined();
		expect(['queued', 'running']).toContain(early.items[0]?.json.state);
		expect(early.items[0]?.json).not.toHaveProperty('url');

		sandbox.settings.taskDurationMs = 0;
		const made = await run({ parameters: imageParameters(id, 'generate') });
		const downloads = sandbox.ledger.downloads.length;
		const late = await run({
			parameters: taskParameters(id, 'get'),
			items: [{ json: made.items[0]?.json ?? {} }],
		});

		expect(late.items[0]?.json).toMatchObject({
			state: 'succeeded',
			url: made.items[0]?.json.url,
		});
		expect(late.items[0]?.json).not.toHaveProperty('fileName');
		expect(late.items[0]?.binary).toBeUndefined();
		expect(sandbox.ledger.downloads).toHaveLength(downloads);
	});

	it(vendor.cancelTask === undefined ? 'does not offer to cancel' : 'cancels a task', async () => {
		sandbox.settings.taskDurationMs = 60_000;
		const submitted = await run({
			parameters: imageParameters(id, 'generate', { options: { completion: 'submit' } }),
		});

		const { items, error } = await run({
			parameters: taskParameters(id, 'cancel'),
			items: [{ json: submitted.items[0]?.json ?? {} }],
		});

		if (vendor.cancelTask === undefined) {
			expect(error?.message).toContain(`not offered at ${vendor.displayName}`);
			expect(sandbox.ledger.cancels).toHaveLength(0);
			return;
		}
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ vendor: id, state: 'canceled' });
		expect(sandbox.ledger.tasks[0]?.state).toBe('canceled');
	});

	it(
		vendor.getBalance === undefined ? 'does not offer the balance' : 'tells the balance',
		async () => {
			const { items, error } = await run({
				parameters: { vendor: id, resource: 'account', operation: 'getBalance' },
			});

			if (vendor.getBalance === undefined) {
				expect(error?.message).toContain(`not offered at ${vendor.displayName}`);
				return;
			}
			expect(error).toBeUndefined();
			expect(items[0]?.json).toMatchObject({
				vendor: id,
				balance: { amount: expect.any(Number) as number, unit: 'credits' },
			});
		},
	);

	it('makes several images, in order, in one item or one each', async () => {
		const parameters = { numberOfImages: 3, prompt: 'Three bananas' };

		const each = await run({
			parameters: imageParameters(id, 'generate', { ...parameters, options: { simplify: false } }),
		});

		expect(each.error).toBeUndefined();
		expect(each.items.map(({ json }) => json.index)).toEqual([0, 1, 2]);
		expect(sandbox.ledger.tasks).toHaveLength(Math.ceil(3 / vendor.maxImagesInTask));

		const together = await run({
			parameters: imageParameters(id, 'generate', {
				...parameters,
				options: { output: 'itemPerInput' },
			}),
		});

		expect(together.items).toHaveLength(1);
		expect(Object.keys(together.items[0]?.binary ?? {})).toEqual(['data', 'data_1', 'data_2']);
		const { images, taskIds } = together.items[0]?.json as { images: object[]; taskIds: string[] };
		expect(images).toHaveLength(3);
		expect(taskIds).toHaveLength(Math.ceil(3 / vendor.maxImagesInTask));
		const names = images.map((image) => (image as { fileName: string }).fileName);
		expect(new Set(names).size).toBe(3);
	});

	it('names a refused key', async () => {
		const { error } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id, { apiKey: 'wrong-key' }),
		});

		expect(error?.message).toMatch(/refused the API key/);
		expect(error?.description).toMatch(/credential/);
		expect(JSON.stringify(error)).not.toContain('wrong-key');
		expect(sandbox.ledger.tasks).toHaveLength(0);
	});
});
