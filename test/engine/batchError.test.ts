import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startParked } from './harness/parkedExecution';
import { retryAfterCallback, retryExecution } from './harness/savedExecution';
import { runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { countingVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const prompts = ['a red bicycle', 'a green sofa', 'a blue lamp', 'a white horse', 'a black cat'];
const bad = 'a blue lamp';

const batch = (id: VendorId, more: Partial<RunOptions> = {}): RunOptions => ({
	parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' }),
	credentials: credentialFor(sandbox, id),
	items: prompts.map((prompt) => ({ json: { prompt } })),
	...more,
});

/** The bad one ends long after the others are done. */
const othersFirst = () => {
	sandbox.settings.taskDurationMs = ({ prompt }) => (prompt === bad ? 900 : 20);
};

const textOf = ({ error }: RunResult): string => `${error?.message} ${error?.description}`;
const idsIn = (text: string) => sandbox.ledger.tasks.filter(({ id }) => text.includes(id));
const continuing = "Settings → On Error to 'Continue (using error output)'";

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('says what is paid, which prompt failed, and what brings the other images', async () => {
		othersFirst();
		sandbox.faults.add({ verb: 'submit', fault: 'taskModerated', match: { prompt: bad } });

		const failed = await runWorkflow(batch(id));

		const text = textOf(failed);
		expect(text).toContain('4 of 5 images are ready and paid');
		expect(text).toContain(bad);
		expect(text).toContain(continuing);
		expect(text).toContain('Retry with currently saved workflow');
		expect(idsIn(text).length).toBeLessThanOrEqual(3);

		// And what it says is true.
		const plain = await retryExecution(batch(id), failed.run);
		expect(plain.error).toBeDefined();
		const { items, errorItems, error } = await retryExecution(
			batch(id, { onError: 'continueErrorOutput' }),
			failed.run,
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.prompt)).toEqual(
			prompts.filter((prompt) => prompt !== bad),
		);
		expect(items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(errorOf(errorItems[0])?.code).toBe('contentRejected');
		expect(sandbox.ledger.tasks).toHaveLength(5);
	});

	it.each(['fileNotFound', 'timeout'] as const)(
		'says so where "Retry" alone brings everything: %s',
		async (trouble) => {
			sandbox.settings.taskDurationMs = ({ prompt }) =>
				prompt === bad ? (trouble === 'timeout' ? 2_500 : 900) : 20;
			if (trouble === 'fileNotFound') sandbox.faults.add({ fault: trouble, skip: 4, times: 1 });
			const parameters = imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { timeout: trouble === 'timeout' ? 1 : 60 },
			});

			const failed = await runWorkflow(batch(id, { parameters }));

			const text = textOf(failed);
			expect(text).toContain('4 of 5 images are ready and paid');
			expect(text).toMatch(/'Retry'|"Retry"/);
			expect(text).toContain(bad);
			await new Promise((resolve) => setTimeout(resolve, trouble === 'timeout' ? 1_500 : 0));

			const { items, error } = await retryExecution(batch(id, { parameters }), failed.run);
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.prompt)).toEqual(prompts);
			expect(sandbox.ledger.tasks).toHaveLength(5);
		},
	);
});

it('does not call ready what is still being made', async () => {
	sandbox.settings.taskDurationMs = 2_000;
	sandbox.faults.add({
		...{ vendor: uploadingVendor, verb: 'submit', fault: 'droppedAfterTaken' },
		match: { prompt: bad },
	});

	const failed = await runWorkflow(batch(uploadingVendor));

	const text = textOf(failed);
	expect(text).not.toMatch(/[1-9] of 5 images are ready/);
	expect(text).toContain(continuing);
	expect(text).toContain(bad);
	const { items, errorItems } = await retryExecution(
		batch(uploadingVendor, { onError: 'continueErrorOutput' }),
		failed.run,
	);
	expect(items).toHaveLength(4);
	expect(errorOf(errorItems[0])?.code).toBe('submitUnknown');
	expect(sandbox.ledger.tasks).toHaveLength(5);
});

it('counts images, not items, and shortens a long prompt', async () => {
	const long = `a blue lamp ${'on a table '.repeat(100)}`;
	sandbox.settings.taskDurationMs = ({ prompt }) => (prompt.startsWith(bad) ? 900 : 20);
	sandbox.faults.add({ verb: 'submit', fault: 'taskModerated', match: { prompt: bad }, times: 1 });

	const failed = await runWorkflow(
		batch(countingVendor, {
			parameters: imageParameters(countingVendor, 'generate', {
				prompt: '={{ $json.prompt }}',
				numberOfImages: 3,
			}),
			items: [{ json: { prompt: 'a red bicycle' } }, { json: { prompt: long } }],
		}),
	);

	const text = textOf(failed);
	expect(text).toContain('3 of 6 images are ready and paid');
	expect(text).toContain('a blue lamp on a table');
	expect(text.length).toBeLessThan(1_500);
});

it('says nothing of other images where there are none', async () => {
	sandbox.faults.add({ verb: 'submit', fault: 'taskModerated' });
	const { error } = await runWorkflow(
		batch(uploadingVendor, { items: [{ json: { prompt: bad } }] }),
	);

	expect(error?.message).toMatch(/moderation/);
	expect(`${error?.message} ${error?.description}`).not.toContain('images are');
	expect(`${error?.message} ${error?.description}`).not.toContain(continuing);
});

describe.each(callingCases)('$vendor.displayName, parked', ({ id }) => {
	it('brings the other images when it continues on error', async () => {
		sandbox.settings.taskDurationMs = 400;
		sandbox.faults.add({ verb: 'submit', fault: 'taskModerated', match: { prompt: bad } });
		const parameters = imageParameters(id, 'generate', {
			prompt: '={{ $json.prompt }}',
			options: { completion: 'callback' },
		});
		const execution = await startParked(batch(id, { parameters }));
		const failed = await execution.resumed;
		await execution.close();
		const text = textOf(failed);
		expect(text).toContain('4 of 5 images are ready and paid');
		expect(text).toContain(bad);
		expect(text).toContain(continuing);
		expect(idsIn(text).length).toBeLessThanOrEqual(3);

		const { items, errorItems, error } = await retryAfterCallback(
			batch(id, { parameters, onError: 'continueErrorOutput' }),
			execution.parkedRun,
		);

		expect(error).toBeUndefined();
		expect(items).toHaveLength(4);
		expect(items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(errorItems).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(5);
	});
});
