import './harness/environment';

import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Sandbox, VendorId } from '../sandbox';
import { nodeName, runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { until } from './harness/until';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 60_000, flatPictures: true }, (started) => {
	sandbox = started;
	sandbox.settings.taskDurationMs = 60_000;
});

let workflows = 0;
/** What was stopped in one test is no business of the next. */
const newWorkflow = () => `workflow-${++workflows}`;

const hintsIn = ({ run }: RunResult): string[] =>
	(run.data.resultData.runData[nodeName]?.at(-1)?.hints ?? []).map(({ message }) => message);

/** The hints that name tasks: a run may have others. */
const hintsOfTasks = (result: RunResult): string[] =>
	hintsIn(result).filter((hint) => hint.includes('Task → Wait'));

const itemsOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ json: { prompt: `slow ${index}` } }));

const stopped = async (
	id: VendorId,
	workflowId: string,
	isTime: () => boolean,
	more: Partial<RunOptions> & { readonly changes?: INodeParameters } = {},
): Promise<RunResult> => {
	const { changes, ...options } = more;
	return await runWorkflow({
		parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}', ...changes }),
		credentials: credentialFor(sandbox, id),
		items: itemsOf(3),
		workflowId,
		whileRunning: (stop) => {
			void until(isTime).then(stop);
		},
		...options,
	});
};

/** Any later run of the node that goes well. */
const next = async (id: VendorId, workflowId: string): Promise<RunResult> => {
	sandbox.settings.taskDurationMs = 20;
	return await runWorkflow({
		parameters: imageParameters(id, 'generate', { prompt: 'quick' }),
		credentials: credentialFor(sandbox, id),
		workflowId,
	});
};

const slowTasks = () => sandbox.ledger.tasks.filter(({ prompt }) => prompt.startsWith('slow'));
const areTaken = (count: number) => () =>
	sandbox.ledger.tasks.length === count && sandbox.ledger.polls.length >= count;

// SkillBoss cancels what waits in its queue; here its tasks have begun, as elsewhere.
beforeEach(() => {
	sandbox.settings.queuedShare = 0;
});

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('names the charged tasks of a stopped run in the next run of the node, once', async () => {
		const workflowId = newWorkflow();
		await stopped(id, workflowId, areTaken(3));
		await sleep(300);

		const second = await next(id, workflowId);
		const third = await next(id, workflowId);

		expect(second.error).toBeUndefined();
		const [hint = ''] = hintsOfTasks(second);
		expect(hintsOfTasks(second)).toHaveLength(1);
		expect(slowTasks()).toHaveLength(3);
		for (const task of slowTasks()) expect(hint).toContain(task.id);
		expect(hintsOfTasks(third)).toEqual([]);
	});
});

it('names a task whose submit was on its way when Stop came', async () => {
	const workflowId = newWorkflow();
	sandbox.faults.add({ vendor: uploadingVendor, verb: 'submit', fault: 'slowAnswer', ms: 500 });
	await stopped(uploadingVendor, workflowId, () => sandbox.ledger.tasks.length === 3);
	await sleep(1_000);
	sandbox.faults.clear();

	const [hint = ''] = hintsOfTasks(await next(uploadingVendor, workflowId));

	expect(slowTasks()).toHaveLength(3);
	for (const task of slowTasks()) expect(hint).toContain(task.id);
});

it('names what was ordered to be waited for later, and a picture that was done', async () => {
	const workflowId = newWorkflow();
	sandbox.settings.taskDurationMs = ({ prompt }) => (prompt === 'slow 0' ? 20 : 60_000);
	const isDone = () => sandbox.ledger.downloads.length === 1 && sandbox.ledger.tasks.length === 3;
	await stopped(uploadingVendor, workflowId, isDone);
	const ordering = newWorkflow();
	const before = sandbox.ledger.tasks.length;
	sandbox.faults.add({
		...{ vendor: plainVendor, verb: 'submit', fault: 'slowAnswer', ms: 2_000 },
		match: { prompt: 'slow 2' },
	});
	await stopped(plainVendor, ordering, () => sandbox.ledger.tasks.length >= before + 2, {
		changes: { options: { completion: 'submit', maxTasksAtOnce: 1 } },
	});

	const done = hintsOfTasks(await next(uploadingVendor, workflowId)).join();
	const ordered = hintsOfTasks(await next(plainVendor, ordering)).join();

	for (const task of slowTasks().slice(0, 3)) expect(done).toContain(task.id);
	for (const task of slowTasks().slice(3, 5)) expect(ordered).toContain(task.id);
});

it('names nothing that the vendor has canceled, so that it costs nothing', async () => {
	sandbox.settings.queuedShare = 1;
	const workflowId = newWorkflow();
	await stopped(cancelingVendor, workflowId, areTaken(3));
	await until(() => slowTasks().every(({ state }) => state === 'canceled'));
	await sleep(200);

	expect(hintsOfTasks(await next(cancelingVendor, workflowId))).toEqual([]);
});

it('says nothing to another workflow, and nothing after a run that was not stopped', async () => {
	const workflowId = newWorkflow();
	await stopped(uploadingVendor, workflowId, areTaken(3));

	expect(hintsOfTasks(await next(uploadingVendor, newWorkflow()))).toEqual([]);
	expect(hintsOfTasks(await next(uploadingVendor, workflowId))).toHaveLength(1);
	expect(hintsOfTasks(await next(uploadingVendor, workflowId))).toEqual([]);
});

it('keeps the hint for a run that can show it', async () => {
	const workflowId = newWorkflow();
	await stopped(uploadingVendor, workflowId, areTaken(3));
	sandbox.faults.add({ verb: 'submit', fault: 'unauthorized', times: 1 });
	const failed = await next(uploadingVendor, workflowId);
	expect(failed.error).toBeDefined();

	const [hint = ''] = hintsOfTasks(await next(uploadingVendor, workflowId));

	for (const task of slowTasks()) expect(hint).toContain(task.id);
});

it('shows the hint to a run of any operation', async () => {
	const workflowId = newWorkflow();
	await stopped(uploadingVendor, workflowId, areTaken(2), { items: itemsOf(2) });
	const [one, two] = slowTasks().map(({ id }) => id);

	const got = await runWorkflow({
		parameters: taskParameters(uploadingVendor, 'get', { taskId: one }),
		credentials: credentialFor(sandbox, uploadingVendor),
		workflowId,
	});

	expect(hintsOfTasks(got).join()).toContain(two);
});

it('does not grow without end', async () => {
	const workflowId = newWorkflow();
	for (const rounds of [1, 2]) {
		await stopped(uploadingVendor, workflowId, () => sandbox.ledger.tasks.length >= rounds * 40, {
			items: itemsOf(40),
			changes: { options: { maxTasksAtOnce: 100 } },
		});
		await sleep(500);
	}

	const [hint = ''] = hintsOfTasks(await next(uploadingVendor, workflowId));

	const named = slowTasks().filter(({ id }) => hint.includes(id));
	expect(named.length).toBeGreaterThan(0);
	expect(hint.length).toBeLessThan(4_000);
});
