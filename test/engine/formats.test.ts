import './harness/environment';

import { decodedSize, pixelSize, type Sandbox, type VendorId } from '../sandbox';
import { readBinary } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, imageParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, countingVendor, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

interface FoundImage {
	readonly index: number;
	readonly fileName: string;
	readonly aspectRatio?: string;
	readonly binaryField: string;
	readonly width: number;
	readonly height: number;
}

const formats = ['9:16', '1:1', '16:9'];

const parameters = (
	id: VendorId,
	{ options, ...others }: Readonly<Record<string, unknown>> & { readonly options?: object } = {},
) =>
	imageParameters(id, 'generate', {
		...others,
		options: { aspectRatios: formats, simplify: false, ...options },
	});

const boughtRatios = () => sandbox.ledger.tasks.map(({ aspectRatio }) => aspectRatio);

const imageOf = ({ json }: { readonly json: object }) => json as FoundImage;

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('makes one image in each ratio, in the order chosen', async () => {
		// The first ones take longest.
		sandbox.settings.taskDurationMs = ({ index }: { index: number }) => 500 - 200 * index;

		const { items, error } = await run(id, {
			parameters: parameters(id, { aspectRatio: '4:5', options: { fileName: 'Summer sale.png' } }),
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.aspectRatio)).toEqual(formats);
		expect(items.map((item) => imageOf(item).index)).toEqual([0, 1, 2]);
		expect(boughtRatios().sort()).toEqual([...formats].sort());
		for (const [position, item] of items.entries()) {
			const ratio = formats[position] ?? '';
			expect(item.pairedItem).toEqual({ item: 0 });
			const { fileName } = imageOf(item);
			expect(fileName.replace(/\.[a-z]+$/, '')).toBe(`Summer sale-${ratio.replace(':', 'x')}`);
			expect(item.binary?.data?.fileName).toBe(fileName);
			expect(await decodedSize(await readBinary(item.binary?.data))).toEqual(
				pixelSize(ratio, '1K'),
			);
			const task = sandbox.ledger.tasks.find(({ id: taskId }) => taskId === item.json.taskId);
			expect(task?.aspectRatio).toBe(ratio);
		}
	});

	it('makes Number of Images in each ratio', async () => {
		const { items, error } = await run(id, {
			parameters: parameters(id, { numberOfImages: 2, options: { aspectRatios: ['9:16', '1:1'] } }),
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.aspectRatio)).toEqual(['9:16', '9:16', '1:1', '1:1']);
		expect(items.map((item) => imageOf(item).index)).toEqual([0, 1, 2, 3]);
		const names = items.map((item) => imageOf(item).fileName);
		expect(names).toEqual([
			expect.stringMatching(/^a-banana-on-the-moon-[a-z0-9]{6}-9x16\.[a-z]+$/),
			expect.stringMatching(/^a-banana-on-the-moon-[a-z0-9]{6}-9x16-2\.[a-z]+$/),
			expect.stringMatching(/^a-banana-on-the-moon-[a-z0-9]{6}-1x1\.[a-z]+$/),
			expect.stringMatching(/^a-banana-on-the-moon-[a-z0-9]{6}-1x1-2\.[a-z]+$/),
		]);
		expect(sandbox.ledger.tasks).toHaveLength(4 / Math.min(2, vendor.maxImagesInTask));
	});

	it('buys the good ratios once, however often Retry On Fail runs the node', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails', skip: 1, times: 1 });

		const { items, error } = await run(id, { parameters: parameters(id), retryOnFail: true });

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.aspectRatio)).toEqual(formats);
		const failed = sandbox.ledger.tasks.filter(({ state }) => state === 'failed');
		expect(failed).toHaveLength(1);
		expect(boughtRatios().sort()).toEqual([...formats, failed[0]?.aspectRatio].sort());
	});

	it('picks up each ratio when a failed execution is retried from the list', async () => {
		sandbox.settings.taskDurationMs = 5_000;
		const first = await run(id, { parameters: parameters(id, { options: { timeout: 1 } }) });
		expect(first.error?.message).toMatch(/has not finished task .* \((9:16|1:1|16:9)\) \[item 0\]/);

		const second = await run(id, {
			parameters: parameters(id, { options: { timeout: 30 } }),
			retryOf: first.run,
		});

		expect(second.items.map(({ json }) => json.aspectRatio)).toEqual(formats);
		expect(sandbox.ledger.tasks).toHaveLength(3);
	});

	it('puts all of them into one item where asked', async () => {
		const { items } = await run(id, {
			parameters: parameters(id, { options: { output: 'itemPerInput', fileName: 'sale' } }),
		});

		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({ aspectRatio: null });
		const images = items[0]?.json.images as unknown as FoundImage[];
		expect(images.map(({ aspectRatio }) => aspectRatio)).toEqual(formats);
		expect(images.map(({ index }) => index)).toEqual([0, 1, 2]);
		expect(images.map(({ binaryField }) => binaryField)).toEqual(['data', 'data_1', 'data_2']);
		for (const { aspectRatio, binaryField, width, height } of images) {
			expect({ width, height }).toEqual(pixelSize(aspectRatio ?? '', '1K'));
			const bytes = await readBinary(items[0]?.binary?.[binaryField]);
			expect(await decodedSize(bytes)).toEqual({ width, height });
		}
	});
});

it('says the ratio of each task that is only submitted', async () => {
	const { items } = await run(uploadingVendor, {
		parameters: parameters(uploadingVendor, { options: { completion: 'submit' } }),
	});

	expect(items.map(({ json }) => json.aspectRatio)).toEqual(formats);
	for (const { json } of items) {
		const task = sandbox.ledger.tasks.find(({ id }) => id === json.taskId);
		expect(task?.aspectRatio).toBe(json.aspectRatio);
	}
});

it('takes an array or a text from an expression, item by item', async () => {
	const { items, error } = await run(plainVendor, {
		parameters: parameters(plainVendor, {
			aspectRatio: '4:5',
			options: { aspectRatios: '={{ $json.formats }}' },
		}),
		items: [
			{ json: { formats: ['1:1', '9:16'] } },
			{ json: { formats: '16:9, 1:1, 16:9' } },
			{ json: {} },
		],
	});

	expect(error).toBeUndefined();
	expect(items.map(({ json, pairedItem }) => [json.aspectRatio, pairedItem])).toEqual([
		['1:1', { item: 0 }],
		['9:16', { item: 0 }],
		['16:9', { item: 1 }],
		['1:1', { item: 1 }],
		['4:5', { item: 2 }],
	]);
});

it('refuses what is no ratio before anything is spent', async () => {
	const { error } = await run(countingVendor, {
		parameters: parameters(countingVendor, { options: { aspectRatios: '={{ $json.formats }}' } }),
		items: [{ json: { formats: '1:1' } }, { json: { formats: '1:1, 9x17' } }],
	});

	expect(error?.message).toMatch(/'Aspect Ratios' \(under Options\) has " 9x17", .* \[item 1\]/);
	expect(error?.description).toContain('Choose from the list');
	expect(sandbox.ledger.requestsOf('submit', countingVendor)).toHaveLength(0);
});

it('says which ratio has failed, so that it alone can be made elsewhere', async () => {
	sandbox.faults.add({
		vendor: cancelingVendor,
		verb: 'submit',
		fault: 'taskFails',
		skip: 1,
		times: 1,
	});
	const first = await run(cancelingVendor, {
		parameters: parameters(cancelingVendor, { options: { maxTasksAtOnce: 1 } }),
		items: [{ json: { product: 'lamp' } }],
		onError: 'continueErrorOutput',
	});
	expect(first.items.map(({ json }) => json.aspectRatio)).toEqual(['9:16', '16:9']);
	expect(first.errorItems).toHaveLength(1);
	expect(first.errorItems[0]?.json).toMatchObject({
		product: 'lamp',
		error: {
			message: expect.stringMatching(/\(1:1\) \[item 0\]$/),
			aspectRatio: '1:1',
			retryElsewhere: true,
		},
	});

	const second = await run(plainVendor, {
		parameters: parameters(plainVendor, {
			options: { aspectRatios: `={{ $json.error?.aspectRatio ?? ${JSON.stringify(formats)} }}` },
		}),
		items: first.errorItems.map(({ json }) => ({ json })),
	});

	expect(second.items.map(({ json }) => json.aspectRatio)).toEqual(['1:1']);
	expect(sandbox.ledger.tasksOf(plainVendor)).toHaveLength(1);
});

it('says in one item for all which ratio is missing', async () => {
	sandbox.faults.add({
		vendor: cancelingVendor,
		verb: 'submit',
		fault: 'taskFails',
		skip: 1,
		times: 1,
	});
	const { items } = await run(cancelingVendor, {
		parameters: parameters(cancelingVendor, {
			options: { maxTasksAtOnce: 1, output: 'itemPerInput' },
		}),
		onError: 'continueErrorOutput',
	});

	const images = items[0]?.json.images as unknown as FoundImage[];
	expect(images.map(({ aspectRatio }) => aspectRatio)).toEqual(['9:16', '16:9']);
	expect(items[0]?.json.warnings).toEqual([expect.stringContaining('An image in 1:1 is missing')]);
});

it.each(callingCases)(
	'$id: an execution that may be parked has all images of an item in one',
	async ({ id, vendor }) => {
		// They end before the parking, so it goes on at once.
		sandbox.settings.taskDurationMs = 0;
		sandbox.faults.add({ vendor: id, fault: 'callbackLost' });

		const { items, error } = await run(id, {
			parameters: parameters(id, {
				numberOfImages: 2,
				options: {
					completion: 'callback',
					aspectRatios: ['9:16', '1:1'],
					fileName: '={{ $json.name }}',
				},
			}),
			items: [{ json: { name: 'sale' } }, { json: { name: 'Sale' } }],
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(2);
		const ratios = ['9:16', '9:16', '1:1', '1:1'];
		const ratiosOfTasks = vendor.maxImagesInTask > 1 ? ['9:16', '1:1'] : ratios;
		for (const { json } of items) {
			expect(json.aspectRatio).toBeNull();
			const images = json.images as unknown as FoundImage[];
			expect(images.map(({ aspectRatio }) => aspectRatio)).toEqual(ratios);
			expect(images.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
		}
		const names = items.map(({ json }) =>
			(json.images as unknown as FoundImage[]).map(({ fileName }) =>
				fileName.replace(/\.[a-z]+$/, ''),
			),
		);
		expect(names).toEqual([
			['sale-9x16', 'sale-9x16-2', 'sale-1x1', 'sale-1x1-2'],
			['Sale-9x16-3', 'Sale-9x16-4', 'Sale-1x1-3', 'Sale-1x1-4'],
		]);
		expect(boughtRatios().sort()).toEqual([...ratiosOfTasks, ...ratiosOfTasks].sort());
	},
);

describe('a retried execution', () => {
	it('knows each ratio by itself: of other ratios it buys only those that are new', async () => {
		const result = await run(uploadingVendor, { parameters: parameters(uploadingVendor) });
		expect(sandbox.ledger.tasks).toHaveLength(formats.length);

		await run(uploadingVendor, {
			parameters: parameters(uploadingVendor, { options: { aspectRatios: ['9:16', '4:5'] } }),
			retryOf: result.run,
		});

		expect(sandbox.ledger.tasks.map(({ aspectRatio }) => aspectRatio).sort()).toEqual(
			[...formats, '4:5'].sort(),
		);
	});

	it('buys nothing anew where only the hidden Aspect Ratio has changed', async () => {
		const result = await run(uploadingVendor, {
			parameters: parameters(uploadingVendor, { aspectRatio: '4:5' }),
		});

		await run(uploadingVendor, { parameters: parameters(uploadingVendor), retryOf: result.run });

		expect(sandbox.ledger.tasks).toHaveLength(formats.length);
	});

	it('takes an emptied list of ratios for none', async () => {
		const result = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate'),
		});

		await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', { options: { aspectRatios: [] } }),
			retryOf: result.run,
		});

		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});
