import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { countingVendor, nameOf, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

describe('answers that must not be believed', () => {
	it('cuts off an answer without end and polls again', async () => {
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'getTask',
			fault: 'hugeAnswer',
			times: 1,
			megabytes: 20,
		});

		const { items, error } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate'),
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
	});

	it('says when fewer images came than were paid for', async () => {
		sandbox.faults.add({ vendor: countingVendor, verb: 'getTask', fault: 'fewerImages' });

		const { items } = await run(countingVendor, {
			parameters: imageParameters(countingVendor, 'generate', { numberOfImages: 3 }),
		});

		expect(items).toHaveLength(2);
		expect(items[0]?.json.warnings).toEqual([expect.stringContaining('delivered 2 of 3 images')]);
	});

	it('waits for a task that Apikley does not know yet, also in a step of its own', async () => {
		const submitted = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', {
				options: { completion: 'submit' },
			}),
		});
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'getTask',
			fault: 'recordInfoNull',
			ms: 4_000,
		});

		const { items, error } = await run(uploadingVendor, {
			parameters: taskParameters(uploadingVendor, 'wait', { options: { simplify: false } }),
			items: submitted.items.map(({ json }) => ({ json })),
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json.state).toBe('succeeded');
		expect(items[0]?.json.polls).toBeGreaterThan(1);
	});

	it('makes one failed item of all failed images of an input, with all task ids', async () => {
		sandbox.faults.add({ vendor: uploadingVendor, verb: 'submit', fault: 'taskFails' });

		const { errorItems } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', {
				numberOfImages: 2,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueErrorOutput',
		});

		expect(errorItems).toHaveLength(1);
		const taskIds = errorOf(errorItems[0])?.taskIds ?? [];
		expect([...taskIds].sort()).toEqual(sandbox.ledger.tasks.map(({ id }) => id).sort());
	});
});

describe('a run that stops at the first failure', () => {
	it('names the tasks that others have paid for', async () => {
		sandbox.settings.taskDurationMs = ({ prompt }: { prompt: string }) =>
			prompt === 'slow' ? 30_000 : 300;
		sandbox.faults.add({
			vendor: uploadingVendor,
			verb: 'submit',
			fault: 'taskFails',
			match: { prompt: 'bad' },
		});

		const { error } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', { prompt: '={{ $json.prompt }}' }),
			items: [{ json: { prompt: 'slow' } }, { json: { prompt: 'bad' } }],
		});

		const idOf = (prompt: string) =>
			sandbox.ledger.tasks.find((task) => task.prompt === prompt)?.id ?? 'no such task';
		expect(error?.message).toMatch(
			new RegExp(`${nameOf(uploadingVendor)} could not make the image.*\\[item 1\\]`),
		);
		expect(error?.description).toContain(`Task ID: ${idOf('bad')}`);
		expect(error?.description).toContain(idOf('slow'));
	});
});

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('gives a task that takes too long to Task → Wait', async () => {
		sandbox.settings.taskDurationMs = 5_000;

		const late = await run(id, {
			parameters: imageParameters(id, 'generate', { options: { timeout: 1 } }),
			onError: 'continueErrorOutput',
		});

		const failure = errorOf(late.errorItems[0]);
		expect(failure).toMatchObject({ code: 'timeout', resumable: true, retryElsewhere: false });
		expect(failure?.message).toContain(failure?.taskId);
		expect(failure?.message).toMatch(/within 1 s; its last state was ".+" after \d+ polls/);
		expect(failure?.hint).toContain('Task → Wait');

		const { items, error } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: [{ json: late.errorItems[0]?.json ?? {} }],
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json.state).toBe('succeeded');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('tells a failed task from one that was moderated', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails', times: 1 });
		const failing = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});
		sandbox.faults.clear();
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskModerated', times: 1 });
		const moderated = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(failing.errorItems[0]?.json.error).toMatchObject({
			code: 'taskFailed',
			retryElsewhere: true,
			resumable: false,
		});
		expect(moderated.errorItems[0]?.json.error).toMatchObject({
			code: 'contentRejected',
			retryElsewhere: false,
			resumable: false,
		});
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('survives single failed polls', async () => {
		sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'serverError', times: 1 });
		sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'badGatewayHtml', times: 1 });

		const { items, error } = await run(id, { parameters: imageParameters(id, 'generate') });

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('never submits again when it is unclear whether the task was taken, but by a key', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'droppedAfterTaken', times: 1 });

		const { items, errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(sandbox.ledger.tasks).toHaveLength(1);
		if (vendor.submitIsIdempotent) {
			expect(items).toHaveLength(1);
			return;
		}
		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'submitUnknown',
			resumable: false,
			retryElsewhere: false,
		});
		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
	});

	it('submits again after a refusal for speed', async () => {
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'rateLimitedRetrySeconds',
			seconds: 1,
			times: 1,
		});

		const { items } = await run(id, { parameters: imageParameters(id, 'generate') });

		expect(items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(2);
	});

	it('refuses a task id of another vendor', async () => {
		const other = vendorCases.find((candidate) => candidate.id !== id)?.id ?? '';
		const { error } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: [{ json: { vendor: other, taskId: 'abc' } }],
		});

		expect(error?.message).toContain(`was submitted to "${other}"`);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});
});

it.each([uploadingVendor, plainVendor] as const)(
	'%s: never takes something else for a picture, and keeps the task',
	async (id) => {
		sandbox.faults.add({ vendor: id, verb: 'download', fault: 'fileHtml' });

		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'downloadFailed',
			taskId: sandbox.ledger.tasks[0]?.id,
			resumable: true,
		});
		expect(sandbox.ledger.tasks).toHaveLength(1);
	},
);
