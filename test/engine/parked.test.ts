import './harness/environment';

import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import { startSandbox, type Sandbox } from '../sandbox';
import { deliveryOf, postJson, type CallingVendorId } from '../sandbox/callbackClient';
import { startParked, type ParkedExecution } from './harness/parkedExecution';
import { decode } from './harness/pictures';
import { readBinary, removeStorage, runWorkflow, type RunOptions } from './harness/runWorkflow';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let executions: ParkedExecution[] = [];
const callingCases = vendorCases.flatMap(({ id, vendor }) =>
	vendor.callback === undefined ? [] : [{ id: id as CallingVendorId, vendor }],
);

/** Long enough for an execution to be parked before its first task ends. */
const taskDurationMs = 400;

beforeAll(async () => {
	sandbox = await startSandbox({ taskDurationMs, flatPictures: true, allowPrivateCallbacks: true });
});
afterEach(async () => {
	await Promise.all(executions.map((execution) => execution.close()));
	executions = [];
	expect(sandbox.ledger.leakedKeys).toEqual([]);
	sandbox.reset();
});
afterAll(async () => {
	await sandbox.close();
	await removeStorage();
});

const prompts = ['one', 'two', 'three'];
const items = prompts.map((prompt) => ({ json: { prompt, sku: `sku ${prompt}` } }));

async function park(
	id: CallingVendorId,
	parameters: INodeParameters = {},
	more: Partial<RunOptions> = {},
): Promise<ParkedExecution> {
	const execution = await startParked({
		parameters: imageParameters(id, 'generate', {
			prompt: '={{ $json.prompt }}',
			completion: 'callback',
			...parameters,
		}),
		credentials: credentialFor(sandbox, id),
		items,
		...more,
	});
	executions.push(execution);
	return execution;
}

async function until(isSo: () => boolean): Promise<void> {
	const deadline = Date.now() + 20_000;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`It never came: ${String(isSo)}`);
		await sleep(10);
	}
}

const submits = (id: CallingVendorId) => sandbox.ledger.requestsOf('submit', id);
const taskOf = (prompt: string) => sandbox.ledger.tasks.find((task) => task.prompt === prompt)!;
const statuses = () => sandbox.ledger.callbacks.map(({ status }) => status);

describe.each(callingCases)('$vendor.displayName', ({ id }) => {
	it('parks, and goes on with one picture for each item when the last task has ended', async () => {
		// The first item's task is the last to end.
		sandbox.settings.taskDurationMs = ({ prompt }) => taskDurationMs * (prompt === 'one' ? 3 : 1);
		const execution = await park(id);
		expect(execution.wasParked).toBe(true);
		expect(sandbox.ledger.downloads).toHaveLength(0);

		const { items: resumed, error } = await execution.resumed;

		expect(error).toBeUndefined();
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(resumed.map(({ json }) => json.taskId)).toEqual(prompts.map((one) => taskOf(one).id));
		for (const { json, binary } of resumed) {
			expect(json).toMatchObject({ vendor: id, operation: 'generate', state: 'succeeded' });
			const size = await decode(await readBinary(binary?.data));
			expect(json.image).toMatchObject({ index: 0, ...size, binaryField: 'data' });
		}
		await until(() => sandbox.ledger.callbacks.length === 3 && execution.underWay() === 0);
		expect(execution.resumptions()).toBe(1);
		expect(submits(id)).toHaveLength(3);
	});

	it('shows each item with its task while it is parked', async () => {
		const execution = await park(id);
		expect(execution.itemsWhileParked.map(({ json }) => json)).toEqual(
			prompts.map((prompt): unknown =>
				expect.objectContaining({
					prompt,
					taskId: taskOf(prompt).id,
					image: null,
					hint: expect.stringContaining('Task → Wait'),
				}),
			),
		);
		await execution.resumed;
	});

	it('puts several images of an item into one', async () => {
		const execution = await park(id, { numberOfImages: 2 });
		const { items: resumed } = await execution.resumed;
		expect(resumed).toHaveLength(3);
		for (const { json, binary } of resumed) {
			expect(json.taskIds).toHaveLength(2);
			expect(json.images).toHaveLength(2);
			expect(Object.keys(binary ?? {})).toEqual(['data', 'data_1']);
		}
		expect(submits(id)).toHaveLength(6);
	});

	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'keeps a failed item with %s beside the others',
		async (onError) => {
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
			const execution = await park(id, {}, { onError });

			const { items: good, errorItems, error } = await execution.resumed;

			expect(error).toBeUndefined();
			const isApart = onError === 'continueErrorOutput';
			expect(good).toHaveLength(isApart ? 2 : 3);
			const bad = isApart ? errorItems[0] : good[1];
			expect(bad?.json).toMatchObject({
				prompt: 'two',
				sku: 'sku two',
				error: {
					code: 'taskFailed',
					vendor: id,
					taskId: taskOf('two').id,
					resumable: false,
					retryElsewhere: true,
				},
			});
			const paired = bad?.pairedItem;
			expect(typeof paired === 'object' && 'item' in paired ? paired.item : paired).toBe(1);
		},
	);

	it('ends with the first failed task and names the others, where nothing continues', async () => {
		sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
		const execution = await park(id);

		const { error } = await execution.resumed;

		expect(error?.message).toContain('[item 1]');
		for (const prompt of prompts) {
			expect(`${error?.message} ${error?.description}`).toContain(taskOf(prompt).id);
		}
	});

	it('lets a submit that was refused come out beside the parked ones', async () => {
		sandbox.faults.add({ fault: 'insufficientCredit', verb: 'submit', match: { prompt: 'two' } });
		const execution = await park(id, {}, { onError: 'continueErrorOutput' });
		const { items: good, errorItems } = await execution.resumed;
		expect(good.map(({ json }) => json.prompt)).toEqual(['one', 'three']);
		expect(errorItems.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				sku: 'sku two',
				error: expect.objectContaining({ code: 'insufficientCredit' }),
			}),
		]);
	});

	it('does not park when all tasks have ended by then', async () => {
		for (const prompt of prompts) {
			sandbox.faults.add({ fault: 'callbackBeforeAnswer', match: { prompt } });
		}
		const execution = await park(id);
		expect(execution.wasParked).toBe(false);
		const { items: now } = await execution.resumed;
		expect(now.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(now.every(({ binary }) => binary?.data !== undefined)).toBe(true);
	});

	it('goes on once, whatever else is delivered', async () => {
		const faults = ['callbackTwice', 'callbackForged', 'callbackUnknownTask', 'callbackGarbage'];
		for (const fault of faults) {
			sandbox.faults.add({ fault: fault as 'callbackTwice', times: 3 });
		}
		const execution = await park(id);
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		await sleep(2 * taskDurationMs);
		await until(() => execution.underWay() === 0);
		expect(execution.resumptions()).toBe(1);
		// One picture for each task; the forged address was not asked for its own.
		expect(sandbox.ledger.downloads.map(({ taskId }) => taskId).sort()).toEqual(
			prompts.map((one) => taskOf(one).id).sort(),
		);
		expect(submits(id)).toHaveLength(3);
	});

	it('goes on when calls come together and the vendor shows the end a second later', async () => {
		sandbox.faults.add({ fault: 'stateBehind', match: { prompt: 'two' } });
		const execution = await park(id);
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(execution.resumptions()).toBe(1);
	});

	it('goes on with the only call that comes, though the vendor shows that end a moment later', async () => {
		sandbox.settings.taskDurationMs = ({ prompt }) => taskDurationMs * (prompt === 'one' ? 1 : 2);
		sandbox.faults.add({ fault: 'callbackLost', match: { prompt: 'one' } });
		sandbox.faults.add({ fault: 'stateBehind', ms: 800, match: { prompt: 'two' } });
		const execution = await park(id, {}, { items: items.slice(0, 2) });
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
		// Nobody had to call again.
		expect(statuses().filter((status) => status !== undefined)).toEqual([200]);
	});

	it('stays paired when the vendor makes one image more than asked', async () => {
		sandbox.faults.add({ fault: 'moreImages', match: { prompt: 'two' } });
		sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'three' } });
		const execution = await park(id, {}, { onError: 'continueErrorOutput' });
		const { items: good, errorItems } = await execution.resumed;
		expect(good.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
		expect(Object.keys(good[1]?.binary ?? {})).toEqual(['data', 'data_1']);
		expect(errorItems.map(({ json }) => json.sku)).toEqual(['sku three']);
	});

	it('does not take a task for forgotten that the vendor does not know yet', async () => {
		for (const prompt of prompts) {
			sandbox.faults.add({ fault: 'notFound', verb: 'getTask', times: 1, match: { prompt } });
		}
		const execution = await park(id);
		const { items: resumed, error } = await execution.resumed;
		expect(error).toBeUndefined();
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
	});

	it('asks for no more than the first task that has not ended', async () => {
		const many = Array.from({ length: 30 }, (_, index) => ({ json: { prompt: `p${index}` } }));
		sandbox.settings.taskDurationMs = { min: 800, max: 2_400 };
		const execution = await park(id, {}, { items: many });
		const { items: resumed } = await execution.resumed;
		expect(resumed).toHaveLength(30);
		const looks = sandbox.ledger.requestsOf('getTask', id).length;
		// Each callback asks for its own task and mostly one more, the end and the parking for all once.
		expect(looks).toBeLessThanOrEqual(4 * many.length);
	});

	it('is parked until its pictures can be there, a minute and a half after the last time limit', async () => {
		const execution = await park(id, { options: { timeout: 200 } });
		const lastSubmit = Math.max(...sandbox.ledger.tasks.map(({ submittedAt }) => submittedAt));
		const untilMs = execution.parkedUntil?.getTime() ?? 0;
		// The time limit begins with the send of the submit, a moment before the vendor takes it.
		expect(untilMs - lastSubmit).toBeGreaterThan(288_000);
		expect(untilMs - lastSubmit).toBeLessThanOrEqual(290_000);
		await execution.resumed;
	});

	it('is called by a path of its own, which no other waiting node answers to', async () => {
		const execution = await park(id);
		const paths = sandbox.ledger.tasks.map(
			({ callbackUrl }) => new URL(callbackUrl ?? '').pathname,
		);
		expect(new Set(paths)).toEqual(new Set([new URL(execution.url).pathname]));
		expect(paths[0]).toMatch(/^\/webhook-waiting\/[\w-]+\/nano-banana$/);
		await execution.resumed;
	});

	it('stays parked when a stranger calls', async () => {
		// Longer than the node doubts the vendor's reads.
		sandbox.settings.taskDurationMs = 3_000;
		const execution = await park(id);
		const { status } = await postJson(execution.url, deliveryOf(id, taskOf('one').id));
		// Without the token of the resume URL nobody gets as far as the node; where there is none, the
		// vendor is asked, says that the task goes on, and may call again when it does not.
		expect(status).toBe(execution.isSigned ? 401 : 503);
		expect(execution.resumptions()).toBe(0);
		await execution.resumed;
		expect(execution.resumptions()).toBe(1);
	});

	it.each([undefined, 'continueErrorOutput', 'continueRegularOutput'] as const)(
		'hands on items with their tasks when no callback comes, on error %s',
		async (onError) => {
			sandbox.faults.add({ fault: 'callbackLost', times: Number.POSITIVE_INFINITY });
			const options = onError === undefined ? {} : { onError };
			const execution = await park(id, { options: { timeout: 1 } }, options);
			const { items: late, error } = await execution.timeOut();
			expect(error).toBeUndefined();
			expect(late.map(({ json }) => json.taskId)).toEqual(prompts.map((one) => taskOf(one).id));
			expect(late.every(({ binary }) => binary === undefined)).toBe(true);
			expect(sandbox.ledger.downloads).toHaveLength(0);

			const waited = await runWorkflow({
				parameters: taskParameters(id, 'wait'),
				credentials: credentialFor(sandbox, id),
				items: late.map(({ json }) => ({ json })),
			});

			expect(waited.error).toBeUndefined();
			expect(waited.items.every(({ binary }) => binary?.data !== undefined)).toBe(true);
			expect(submits(id)).toHaveLength(3);
		},
	);

	it('tells the vendor to call again when it could not be asked itself', async () => {
		const execution = await park(id, {}, { items: items.slice(0, 1) });
		sandbox.faults.add({ fault: 'unauthorized', verb: 'getTask', times: 1 });
		await until(() => sandbox.ledger.callbacks.length === 1);
		expect(statuses()).toEqual([503]);
		// SkillBoss does so once; whether Apikley does nobody knows, so there the time limit comes.
		const { items: after } =
			id === 'skillBoss' ? await execution.resumed : await execution.timeOut();
		expect(after[0]?.json).toMatchObject({ taskId: taskOf('one').id });
		expect(after[0]?.binary?.data !== undefined).toBe(id === 'skillBoss');
	});
});

it('is offered by no vendor that does not call back', async () => {
	for (const { id, vendor } of vendorCases) {
		if (vendor.callback !== undefined) continue;
		const { error } = await runWorkflow({
			parameters: imageParameters(id, 'generate', { completion: 'callback' }),
			credentials: credentialFor(sandbox, id),
		});
		expect(error?.message).toContain('does not call back');
		expect(submits(id as CallingVendorId)).toHaveLength(0);
	}
	expect(statuses()).toEqual([]);
});
