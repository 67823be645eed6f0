import './harness/environment';

import type { Sandbox } from '../sandbox';
import { decode } from './harness/pictures';
import { readBinary, runWorkflow, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, countingVendor, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const runIt = async (options: Partial<RunOptions> & Pick<RunOptions, 'parameters'>) =>
	await runWorkflow({ ...options, credentials: credentialFor(sandbox, uploadingVendor) });

it('has exactly the promised fields', async () => {
	const { items } = await runIt({ parameters: imageParameters(uploadingVendor, 'generate') });

	const json = items[0]?.json ?? {};
	expect(Object.keys(json).sort()).toEqual(
		[
			'vendor',
			'model',
			'operation',
			'taskId',
			'state',
			'prompt',
			'aspectRatio',
			'resolution',
			'image',
			'cost',
			'submittedAt',
			'completedAt',
			'durationMs',
			'polls',
		].sort(),
	);
	expect(Object.keys(json.image as object).sort()).toEqual(
		['index', 'url', 'fileName', 'mediaType', 'bytes', 'width', 'height', 'binaryField'].sort(),
	);
	expect(json.cost).toEqual({ amount: 4.5, unit: 'credits' });
	const duration = Date.parse(json.completedAt as string) - Date.parse(json.submittedAt as string);
	expect(json.durationMs).toBe(duration);
	expect(items[0]?.pairedItem).toEqual({ item: 0 });
});

it('keeps the order of the input, whatever finishes first, and pairs each item', async () => {
	sandbox.settings.taskDurationMs = ({ index }: { index: number }) => (index % 2 === 0 ? 900 : 50);
	const names = ['one', 'two', 'three', 'four', 'five', 'six'];

	const { items } = await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', {
			prompt: '=A picture of {{ $json.name }}',
			options: {
				fileName: '={{ $json.name }} / shop.png',
				binaryField: '=picture{{ $json.name }}',
			},
		}),
		items: names.map((name) => ({ json: { name } })),
	});

	expect(items.map(({ json }) => json.prompt)).toEqual(names.map((name) => `A picture of ${name}`));
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })));
	for (const [index, name] of names.entries()) {
		const binary = items[index]?.binary?.[`picture${name}`];
		expect(binary?.fileName).toBe(`${name} - shop.png`);
		await decode(await readBinary(binary));
	}
});

it('never has more tasks in flight than allowed', async () => {
	sandbox.settings.taskDurationMs = 2_000;

	await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', { options: { maxTasksAtOnce: 3 } }),
		items: Array.from({ length: 10 }, () => ({ json: {} })),
	});

	expect(sandbox.ledger.tasks).toHaveLength(10);
	expect(sandbox.ledger.peakTasksInFlight(uploadingVendor)).toBe(3);
});

it('takes type and size from the bytes, whatever is claimed', async () => {
	sandbox.faults.add({ vendor: uploadingVendor, verb: 'download', fault: 'fileWrongMediaType' });

	const jpeg = await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', { outputFormat: 'jpg' }),
	});

	expect(jpeg.items[0]?.binary?.data).toMatchObject({
		mimeType: 'image/jpeg',
		fileExtension: 'jpg',
	});

	// API Mall answers WebP whatever was asked for.
	const webp = await runWorkflow({
		parameters: imageParameters(countingVendor, 'generate', { outputFormat: 'png' }),
		credentials: credentialFor(sandbox, countingVendor),
	});

	const { fileName, mediaType } = webp.items[0]?.json.image as Record<string, string>;
	expect(mediaType).toBe('image/webp');
	expect(fileName).toMatch(/\.webp$/);
	expect(webp.items[0]?.binary?.data?.mimeType).toBe('image/webp');
});

it('leaves the download out where asked, and adds the raw answer where asked', async () => {
	const { items } = await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', {
			simplify: false,
			options: { download: false },
		}),
	});

	expect(items[0]?.binary).toBeUndefined();
	expect(items[0]?.json.image).toMatchObject({ fileName: null, width: null, binaryField: null });
	expect(items[0]?.json.raw).toMatchObject({ code: 200, data: { state: 'success' } });
	expect(JSON.stringify(items)).not.toContain('sandbox-key');
	expect(sandbox.ledger.downloads).toHaveLength(0);
});

it('warns when an expression sets what the vendor lacks', async () => {
	const { items, error } = await runWorkflow({
		parameters: imageParameters(plainVendor, 'generate', {
			model: '={{ $json.model }}',
			resolution: '4K',
		}),
		items: [{ json: { model: 'nanoBanana' } }, { json: { model: 'nanoBananaPro' } }],
		credentials: credentialFor(sandbox, plainVendor),
	});

	expect(error).toBeUndefined();
	expect(items[0]?.json.warnings).toEqual([expect.stringContaining('no choice of resolution')]);
	expect(items[0]?.json.resolution).toBeNull();
	expect(items[1]?.json).not.toHaveProperty('warnings');
	expect(items[1]?.json.resolution).toBe('4K');
});

it('sends a model id that was typed', async () => {
	sandbox.settings.extraModels = { [uploadingVendor]: ['nano-banana-next'] };

	const { items, error } = await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', {
			options: { customModel: 'nano-banana-next' },
		}),
	});

	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(sandbox.ledger.tasks[0]?.model).toBe('nano-banana-next');
	expect(items[0]?.json.model).toBe('nano-banana-next');
});

it('says with Task → Wait only what the vendor knows', async () => {
	const made = await runWorkflow({
		parameters: imageParameters(cancelingVendor, 'generate', { completion: 'submit' }),
		credentials: credentialFor(sandbox, cancelingVendor),
	});

	const { items } = await runWorkflow({
		parameters: taskParameters(cancelingVendor, 'wait', { taskId: '={{ $json.id }}' }),
		items: [{ json: { id: made.items[0]?.json.taskId ?? null } }],
		credentials: credentialFor(sandbox, cancelingVendor),
	});

	expect(items[0]?.json).toMatchObject({
		model: null,
		prompt: null,
		aspectRatio: null,
		resolution: null,
		submittedAt: null,
		durationMs: null,
		state: 'succeeded',
	});
});

it.each(vendorCases)('$vendor.displayName: counts the looks that it took', async ({ id }) => {
	sandbox.settings.taskDurationMs = 8_000;

	const { items } = await runWorkflow({
		parameters: imageParameters(id, 'generate'),
		credentials: credentialFor(sandbox, id),
	});

	expect(items[0]?.json.polls).toBe(sandbox.ledger.polls.length);
	expect(sandbox.ledger.polls.length).toBeGreaterThan(1);
});
