import './harness/environment';

import type { INodeParameters } from 'n8n-workflow';

import { ownFields } from '../../nodes/NanoBanana/platform/outputItems';
import type { Sandbox } from '../sandbox';
import { readBinary, runWorkflow, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, countingVendor, plainVendor, uploadingVendor } from '../vendors/roles';
import { decodedSize } from '../sandbox';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const runIt = async (options: Partial<RunOptions> & Pick<RunOptions, 'parameters'>) =>
	await runWorkflow({ ...options, credentials: credentialFor(sandbox, uploadingVendor) });

const taskFields = ['vendor', 'taskId', 'state', 'prompt', 'aspectRatio'];
const fileFields = ['fileName', 'width', 'height'];
const shortFields = [...taskFields, 'url', ...fileFields, 'cost'];
/** What Simplify leaves out. */
const taskDetails = ['operation', 'model', 'resolution'];
const fileDetails = ['mediaType', 'bytes', 'binaryField'];
const times = ['submittedAt', 'completedAt', 'durationMs', 'polls', 'raw'];
const detailFields = [...taskDetails, 'index', ...fileDetails, ...times];

describe('the fields of an item', () => {
	const fieldsWith = async (options: INodeParameters, numberOfImages = 1) => {
		const { items } = await runIt({
			parameters: imageParameters(uploadingVendor, 'generate', { numberOfImages, options }),
		});
		return { json: items[0]?.json ?? {}, fields: Object.keys(items[0]?.json ?? {}), items };
	};

	it('are exactly the short ones, in this order, none of them an object but the cost', async () => {
		const { json, fields, items } = await fieldsWith({});

		expect(fields).toEqual(shortFields);
		expect(json.cost).toEqual({ amount: 4.5, unit: 'credits' });
		const objects = fields.filter((name) => typeof json[name] === 'object');
		expect(objects).toEqual(['cost']);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
	});

	it('are exactly all with Simplify off', async () => {
		const { json, fields } = await fieldsWith({ simplify: false });

		expect(fields).toEqual([...shortFields, ...detailFields]);
		const duration =
			Date.parse(json.completedAt as string) - Date.parse(json.submittedAt as string);
		expect(json.durationMs).toBe(duration);
	});

	it.each([
		['the URL alone', { download: false }, [...taskFields, 'url', 'cost']],
		[
			'the URL and its place',
			{ download: false, simplify: false },
			[...taskFields, 'url', 'cost', ...taskDetails, 'index', ...times],
		],
		['no image', { completion: 'submit' }, taskFields],
		[
			'no image, however much is asked for',
			{ completion: 'submit', simplify: false },
			[...taskFields, ...taskDetails, ...times],
		],
	] as const)('are those of %s where no more is there', async (_what, options, expected) => {
		const { fields, items } = await fieldsWith(options);

		expect(fields).toEqual(expected);
		expect(items[0]?.binary).toBeUndefined();
	});

	it.each([
		[true, []],
		[false, ['index', 'mediaType', 'bytes']],
	])('stand in a list where all images share an item (Simplify: %s)', async (simplify, more) => {
		const { json, fields } = await fieldsWith({ output: 'itemPerInput', simplify }, 2);

		const own = ['vendor', 'taskIds', 'state', 'prompt', 'aspectRatio', 'images', 'cost'];
		expect(fields).toEqual(simplify ? own : [...own, ...taskDetails, ...times]);
		const images = json.images as object[];
		expect(images.map((image) => Object.keys(image))).toEqual(
			images.map(() => ['url', ...fileFields, 'aspectRatio', 'binaryField', ...more]),
		);
		expect(images).toHaveLength(2);
	});
});

describe('Include Input Fields', () => {
	/** Every name of ours, and two of the user's own. */
	const input = {
		...Object.fromEntries(ownFields.map((name) => [name, `the input's ${name}`])),
		sku: 'L-1',
		nested: { of: ['the', 'user'] },
	};
	const own = { sku: 'L-1', nested: { of: ['the', 'user'] } };

	it('shows nothing of the input by default', async () => {
		const { items } = await runIt({
			parameters: imageParameters(uploadingVendor, 'generate'),
			items: [{ json: input }],
		});
		expect(items[0]?.json).not.toHaveProperty('sku');
	});

	it.each([
		['an image', {}],
		['images in one item', { output: 'itemPerInput' }],
		['a task', { completion: 'submit' }],
		['everything', { simplify: false }],
	] as const)('shows its fields beside %s, and none that could be ours', async (_what, options) => {
		const parameters = imageParameters(uploadingVendor, 'generate', { options });
		const alone = await runIt({ parameters });
		const { items, error } = await runIt({
			parameters: imageParameters(uploadingVendor, 'generate', {
				options: { ...options, includeInputFields: true },
			}),
			items: [{ json: input }, { json: { sku: 'L-2' } }],
		});

		expect(error).toBeUndefined();
		const fields = Object.keys(alone.items[0]?.json ?? {});
		expect(ownFields).toEqual(expect.arrayContaining(fields));
		expect(Object.keys(items[0]?.json ?? {})).toEqual([...Object.keys(own), ...fields]);
		expect(items[0]?.json).toMatchObject(own);
		expect(JSON.stringify(items[0]?.json)).not.toContain("the input's");
		expect(items[1]?.json.sku).toBe('L-2');
	});

	it.each(['wait', 'get'] as const)('does so with Task → %s', async (operation) => {
		const { items: made } = await runIt({
			parameters: imageParameters(uploadingVendor, 'generate'),
		});
		const taskId = made[0]?.json.taskId as string;
		const { items } = await runIt({
			parameters: taskParameters(uploadingVendor, operation, {
				taskId,
				options: { includeInputFields: true },
			}),
			items: [{ json: { ...input, vendor: uploadingVendor, error: null } }],
		});

		expect(items[0]?.json).toMatchObject({ ...own, taskId, state: 'succeeded' });
		expect(JSON.stringify(items[0]?.json)).not.toContain("the input's");
		expect(items[0]?.json).not.toHaveProperty('error');
	});
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
		await decodedSize(await readBinary(binary));
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
		parameters: imageParameters(uploadingVendor, 'generate', { options: { outputFormat: 'jpg' } }),
	});

	expect(jpeg.items[0]?.binary?.data).toMatchObject({
		mimeType: 'image/jpeg',
		fileExtension: 'jpg',
	});

	// API Mall answers WebP whatever was asked for.
	const webp = await runWorkflow({
		parameters: imageParameters(countingVendor, 'generate', {
			options: { outputFormat: 'png', simplify: false },
		}),
		credentials: credentialFor(sandbox, countingVendor),
	});

	expect(webp.items[0]?.json).toMatchObject({
		mediaType: 'image/webp',
		fileName: expect.stringMatching(/\.webp$/),
	});
	expect(webp.items[0]?.binary?.data?.mimeType).toBe('image/webp');
});

it('leaves the download out where asked, and adds the raw answer where asked', async () => {
	const { items } = await runIt({
		parameters: imageParameters(uploadingVendor, 'generate', {
			options: { simplify: false, download: false },
		}),
	});

	expect(items[0]?.binary).toBeUndefined();
	expect(items[0]?.json.raw).toMatchObject({ code: 200, data: { state: 'success' } });
	expect(JSON.stringify(items)).not.toContain('sandbox-key');
	expect(sandbox.ledger.downloads).toHaveLength(0);
});

it('warns when an expression sets what the vendor lacks', async () => {
	const { items, error } = await runWorkflow({
		parameters: imageParameters(plainVendor, 'generate', {
			model: '={{ $json.model }}',
			resolution: '4K',
			options: { simplify: false },
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
			options: { customModel: 'nano-banana-next', simplify: false },
		}),
	});

	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(sandbox.ledger.tasks[0]?.model).toBe('nano-banana-next');
	expect(items[0]?.json.model).toBe('nano-banana-next');
});

it('says with Task → Wait only what the vendor knows', async () => {
	const made = await runWorkflow({
		parameters: imageParameters(cancelingVendor, 'generate', { options: { completion: 'submit' } }),
		credentials: credentialFor(sandbox, cancelingVendor),
	});

	const { items } = await runWorkflow({
		parameters: taskParameters(cancelingVendor, 'wait', {
			taskId: '={{ $json.id }}',
			options: { simplify: false },
		}),
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

it.each(vendorCases)('$vendor.displayName: counts the polls that it took', async ({ id }) => {
	sandbox.settings.taskDurationMs = 8_000;

	const { items } = await runWorkflow({
		parameters: imageParameters(id, 'generate', { options: { simplify: false } }),
		credentials: credentialFor(sandbox, id),
	});

	expect(items[0]?.json.polls).toBe(sandbox.ledger.polls.length);
	expect(sandbox.ledger.polls.length).toBeGreaterThan(1);
});
