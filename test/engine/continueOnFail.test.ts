import './harness/environment';

import type { Sandbox } from '../sandbox';
import { picture } from './harness/pictures';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters } from './harness/vendors';
import { uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

describe('continue on fail', () => {
	const parameters = imageParameters(uploadingVendor, 'generate', {
		prompt: '={{ $json.prompt }}',
	});
	const file = async () => ({ data: { bytes: await picture(), mediaType: 'image/png' } });

	it('sends bad items to the error output with their own json and files', async () => {
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'submit',
			fault: 'taskModerated',
			match: { prompt: 'bad' },
		});

		const { items, errorItems, error } = await run(uploadingVendor, {
			parameters,
			onError: 'continueErrorOutput',
			items: [
				{ json: { prompt: 'good one', sku: 1 } },
				{ json: { prompt: 'bad', sku: 2 }, binary: await file() },
				{ json: { prompt: 'good two', sku: 3 } },
			],
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.prompt)).toEqual(['good one', 'good two']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(items.every(({ json }) => !('error' in json))).toBe(true);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0]?.json).toMatchObject({
			prompt: 'bad',
			sku: 2,
			error: {
				code: 'contentRejected',
				vendor: uploadingVendor,
				taskId: sandbox.ledger.tasks.find(({ prompt }) => prompt === 'bad')?.id,
				resumable: false,
				retryElsewhere: false,
			},
		});
		expect(errorItems[0]?.binary?.data?.mimeType).toBe('image/png');
		expect(errorItems[0]?.pairedItem).toEqual({ item: 1 });
	});

	it('keeps them in place on the regular output', async () => {
		const { items, error } = await run(uploadingVendor, {
			parameters,
			onError: 'continueRegularOutput',
			items: [
				{ json: { prompt: 'good one' } },
				{ json: { prompt: ' ', sku: 2 }, binary: await file() },
				{ json: { prompt: 'good two' } },
			],
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(items[1]?.json).toMatchObject({ sku: 2, error: { code: 'invalidRequest' } });
		expect(items[1]?.binary?.data?.mimeType).toBe('image/png');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('says in one item for an input what is missing beside the images that came', async () => {
		sandbox.faults.add({ vendor: uploadingVendor, verb: 'submit', fault: 'taskFails', times: 1 });

		const { items } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', {
				numberOfImages: 3,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueRegularOutput',
		});

		expect(items).toHaveLength(1);
		expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data', 'data_1']);
		expect(items[0]?.json.warnings).toEqual([expect.stringContaining('An image is missing')]);
	});

	it('names the task of an image that could not be fetched beside others', async () => {
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'download',
			fault: 'fileNotFound',
			times: 1,
		});

		const { items } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', {
				numberOfImages: 2,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueRegularOutput',
		});

		const { taskIds, warnings } = items[0]?.json as { taskIds: string[]; warnings: string[] };
		const lost = sandbox.ledger.tasks.filter(({ id }) => warnings[0]?.includes(id));
		expect(lost).toHaveLength(1);
		// Task → Wait on this item brings it, too.
		expect(taskIds).toContain(lost[0]?.id);
	});

	it('lets an item go to another vendor when its reference could not be uploaded', async () => {
		sandbox.faults.add({ vendor: uploadingVendor, verb: 'upload', fault: 'serverError' });

		const { errorItems } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'edit'),
			onError: 'continueErrorOutput',
			items: [{ json: {}, binary: await file() }],
		});

		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'vendorUnavailable',
			retryElsewhere: true,
			resumable: false,
		});
	});
});

describe('trouble within n8n ends one item alone', () => {
	const prompt = "={{ $json.prompt ?? $('Nowhere').first().json.prompt }}";

	it('when an expression of Generate cannot be resolved', async () => {
		const { items, errorItems } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', { prompt }),
			onError: 'continueErrorOutput',
			items: [{ json: { prompt: 'one' } }, { json: {} }, { json: { prompt: 'three' } }],
		});

		expect(items.map(({ json }) => json.prompt)).toEqual(['one', 'three']);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'invalidRequest' });
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('when an expression of Task → Wait cannot be resolved', async () => {
		const made = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate'),
		});

		const { items, errorItems } = await run(uploadingVendor, {
			parameters: taskParameters(uploadingVendor, 'wait', {
				taskId: "={{ $json.taskId ?? $('Nowhere').first().json.taskId }}",
			}),
			onError: 'continueErrorOutput',
			items: [{ json: {} }, { json: { taskId: made.items[0]?.json.taskId ?? null } }],
		});

		expect(items).toHaveLength(1);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'invalidRequest' });
	});
});
