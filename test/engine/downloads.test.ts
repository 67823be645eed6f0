import './harness/environment';

import type { Sandbox } from '../sandbox';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** Long enough for all the others to be asked for meanwhile, if they were. */
const slow = { fault: 'fileSlowDrip', ms: 25 } as const;

const ten = Array.from({ length: 10 }, (_, index) => ({ json: { prompt: `image ${index}` } }));

describe.each(vendorCases)('the images of ten items at $vendor.displayName', ({ id }) => {
	it('are fetched four at a time, and all of them', async () => {
		sandbox.faults.add({ ...slow, vendor: id });
		const { items, error } = await runWorkflow({
			parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' }),
			credentials: credentialFor(sandbox, id),
			items: ten,
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.prompt)).toEqual(ten.map(({ json }) => json.prompt));
		expect(items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(sandbox.ledger.downloads).toHaveLength(10);
		expect(sandbox.ledger.peakDownloads(id)).toBe(4);
	});
});

const { id: severalInTask } = vendorCases.find(({ vendor }) => vendor.maxImagesInTask >= 3)!;

it('counts images, not tasks, where a task brings several', async () => {
	sandbox.faults.add({ ...slow, vendor: severalInTask });
	const { items, error } = await runWorkflow({
		parameters: imageParameters(severalInTask, 'generate', { numberOfImages: 3 }),
		credentials: credentialFor(sandbox, severalInTask),
		items: ten.slice(0, 4),
	});

	expect(error).toBeUndefined();
	expect(sandbox.ledger.tasks).toHaveLength(4);
	expect(items).toHaveLength(12);
	expect(sandbox.ledger.peakDownloads(severalInTask)).toBe(4);
});

it('counts for Task → Wait, too', async () => {
	const submitted = await runWorkflow({
		parameters: imageParameters(uploadingVendor, 'generate', { options: { completion: 'submit' } }),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: ten,
	});
	sandbox.faults.add({ ...slow, vendor: uploadingVendor });
	const { items, error } = await runWorkflow({
		parameters: taskParameters(uploadingVendor, 'wait'),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: submitted.items.map(({ json }) => ({ json })),
	});

	expect(error).toBeUndefined();
	expect(items).toHaveLength(10);
	expect(sandbox.ledger.peakDownloads(uploadingVendor)).toBe(4);
});

it('gives its place to the next one where a download fails', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', vendor: uploadingVendor, times: 3 });
	sandbox.faults.add({ ...slow, vendor: uploadingVendor });
	const { items, errorItems } = await runWorkflow({
		parameters: imageParameters(uploadingVendor, 'generate'),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: ten,
		onError: 'continueErrorOutput',
	});

	expect(errorItems.length).toBeGreaterThan(0);
	expect(items.length + errorItems.length).toBe(10);
	expect(sandbox.ledger.peakDownloads(uploadingVendor)).toBe(4);
});
