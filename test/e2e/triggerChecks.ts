import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import {
	vendorHasVerb,
	vendorIds,
	type FaultName,
	type Sandbox,
	type TaskRecord,
	type VendorId,
} from '../sandbox';
import { postDelivery, postJson, submitTask } from '../sandbox/callbackClient';
import type { Execution, Workflow, WorkflowNode } from '../server/n8nClient';
import type { Stage } from '../server/stage';
import { expect, type Checks } from './checks';
import { patienceMs, until } from './money/patience';
import { expectPicture, expectSuccess, itemsFrom } from './money/pictures';
import { inARow } from './money/workflows';

const vendors = vendorIds.filter((id) => vendorHasVerb(id, 'callback'));
const triggerType = 'n8n-nodes-nano-banana-vendors.nanoBananaTrigger';
const triggerNode = 'Nano Banana Trigger';
const nextNode = 'What came';
const taskDurationMs = 1_500;
/** Longer than the trigger takes to poll a task twice that has not ended. */
const quietMs = 3_000;

/** What comes beside, or instead of, one true delivery, and how many deliveries that makes. */
const deliveries: ReadonlyArray<{ fault?: FaultName; count: number }> = [
	{ count: 1 },
	{ fault: 'callbackTwice', count: 2 },
	{ fault: 'callbackForged', count: 2 },
	{ fault: 'callbackUnknownTask', count: 2 },
	{ fault: 'callbackGarbage', count: 2 },
	{ fault: 'callbackLate', count: 1 },
	{ fault: 'callbackBeforeAnswer', count: 1 },
];

const deliveryCount = deliveries.reduce((sum, { count }) => sum + count, 0);

const failedItem = z.object({
	error: z.object({ code: z.literal('taskFailed'), taskId: z.string(), resumable: z.boolean() }),
});

/**
 * The trigger under its production URL in a real n8n: the sandbox calls it as the vendors do. n8n is
 * killed and started again on the way.
 */
export async function checkTrigger(checks: Checks, stage: Stage, sandbox: Sandbox): Promise<void> {
	const { client, server } = stage;
	const usualDuration = sandbox.settings.taskDurationMs;
	const on = `n8n ${server.version}`;
	const done: Array<{ vendor: VendorId; url: string; taskId: string }> = [];
	for (const vendor of vendors) {
		await checks.run(`${on}: ${vendor} starts one workflow for each finished task`, async () => {
			arrange(sandbox);
			const url = await listen(stage, vendor, {});
			const tasks: TaskRecord[] = [];
			const started = await startedBy(stage, deliveries.length, async () => {
				for (const { fault } of deliveries) {
					const prompt = `Calls back at ${on}: ${fault ?? 'once'}`;
					if (fault !== undefined) sandbox.faults.add({ fault, vendor, match: { prompt } });
					tasks.push(await submitTask(sandbox, vendor, prompt, url));
				}
				await until('the deliveries', () => deliveriesTo(sandbox, url) >= deliveryCount);
				for (const { id } of tasks) await untilHeard(sandbox, vendor, url, id);
			});
			const taskIds: string[] = [];
			for (const execution of started) {
				expectSuccess(execution);
				const items = itemsFrom(execution, triggerNode);
				expect(items.length === 1, `${items.length} items came out of the trigger`);
				const taskId = await expectPicture(client, items[0]);
				const next = itemsFrom(execution, nextNode)[0]?.json['taskId'];
				expect(next === taskId, `the next node was told of task ${String(next)}`);
				taskIds.push(taskId);
				done.push({ vendor, url, taskId });
			}
			const wanted = tasks.map(({ id }) => id).sort();
			const problem = `for the tasks\n${wanted.join('\n')}\nstarted\n${taskIds.join('\n')}`;
			expect(JSON.stringify(taskIds.sort()) === JSON.stringify(wanted), problem);
		});

		await checks.run(`${on}: a failed ${vendor} task starts a workflow if it is to`, async () => {
			arrange(sandbox);
			const prompt = `Fails at ${on}`;
			sandbox.faults.add({ fault: 'taskFails', vendor, match: { prompt } });
			for (const includeFailed of [false, true]) {
				const url = await listen(stage, vendor, { includeFailed });
				let taskId = '';
				const wanted = includeFailed ? 1 : 0;
				const started = await startedBy(stage, wanted, async () => {
					taskId = (await submitTask(sandbox, vendor, prompt, url)).id;
					await until('the delivery', () => deliveriesTo(sandbox, url) >= 1);
					await untilHeard(sandbox, vendor, url, taskId);
				});
				expect(started.length === wanted, `${started.length} workflows started`);
				for (const execution of started) {
					expectSuccess(execution);
					const { error } = failedItem.parse(itemsFrom(execution, triggerNode)[0]?.json);
					expect(error.taskId === taskId, `the item is of task ${error.taskId}`);
				}
			}
		});
	}

	await checks.run(`${on}: the trigger can be tested, and again with the same task`, async () => {
		arrange(sandbox);
		const [vendor = ''] = vendors;
		const { workflow, webhookId } = await createWorkflow(stage, vendor, {});
		const url = `${server.url}/webhook-test/${webhookId}/nano-banana`;
		const deliver: ReadonlyArray<() => Promise<unknown>> = [
			() => submitTask(sandbox, vendor, `Tested at ${on}`, url),
			() => postDelivery(url, vendor, sandbox.ledger.tasks.at(-1)?.id ?? ''),
		];
		for (const work of deliver) {
			await client.listenForTest(workflow, triggerNode);
			const started = await startedBy(stage, 1, async () => {
				await work();
				await delay(taskDurationMs);
			});
			expect(started.length === 1, `${started.length} workflows started`);
			for (const execution of started) {
				expectSuccess(execution);
				await expectPicture(client, itemsFrom(execution, triggerNode)[0]);
			}
		}
	});

	await checks.run(`${on}: what has started a workflow starts none after a restart`, async () => {
		expect(done.length > 0, 'no task was delivered before');
		await server.kill();
		await server.startAgain();
		const started = await startedBy(stage, 0, async () => {
			for (const { vendor, url, taskId } of done) {
				await untilRegistered(url);
				const { status } = await postDelivery(url, vendor, taskId);
				expect(status === 200, `the repeated delivery was answered ${status}`);
			}
		});
		expect(started.length === 0, `${started.length} workflows started again`);
	});
	sandbox.faults.clear();
	sandbox.settings.taskDurationMs = usualDuration;
}

function arrange(sandbox: Sandbox): void {
	sandbox.faults.clear();
	sandbox.settings.taskDurationMs = taskDurationMs;
}

/** Puts a workflow with the trigger into production and answers with the trigger's URL. */
async function listen(
	stage: Stage,
	vendor: VendorId,
	parameters: Readonly<Record<string, unknown>>,
): Promise<string> {
	const { workflow, webhookId } = await createWorkflow(stage, vendor, parameters);
	await stage.client.activateWorkflow(workflow);
	const url = `${stage.server.url}/webhook/${webhookId}/nano-banana`;
	await untilRegistered(url);
	return url;
}

async function createWorkflow(
	{ client, nodes, credentialIds }: Stage,
	vendor: VendorId,
	parameters: Readonly<Record<string, unknown>>,
): Promise<{ workflow: Workflow; webhookId: string }> {
	const webhookId = crypto.randomUUID();
	const demo = nodes.find((node) => node.vendor === vendor);
	expect(demo !== undefined, `the demo has no node for ${vendor}`);
	const { credentialType: type, credentialName: name } = demo;
	const trigger: WorkflowNode = {
		id: crypto.randomUUID(),
		webhookId,
		name: triggerNode,
		type: triggerType,
		typeVersion: 1,
		parameters: { vendor, ...parameters },
		credentials: { [type]: { id: credentialIds.get(type) ?? null, name } },
	};
	const workflow = await client.createWorkflow(
		inARow(`Called back by ${vendor}`, [trigger, tellTask()]),
	);
	return { workflow, webhookId };
}

/** A node of n8n that looks back at the trigger's item, as workflows do. */
function tellTask(): WorkflowNode {
	const taskId = `={{ $('${triggerNode}').item.json.taskId ?? '' }}`;
	return {
		id: crypto.randomUUID(),
		name: nextNode,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: { assignments: [{ id: '1', name: 'taskId', type: 'string', value: taskId }] },
			options: {},
		},
	};
}

async function untilRegistered(url: string): Promise<void> {
	await until('the webhook', async () => (await postJson(url, {})).status === 200);
}

function deliveriesTo(sandbox: Sandbox, url: string): number {
	return sandbox.ledger.callbacks.filter((delivered) => delivered.url === url).length;
}

/** A busy n8n cannot ask the vendor in time and answers 503: the vendor calls until it is answered 200. */
async function untilHeard(
	{ ledger }: Sandbox,
	vendor: VendorId,
	url: string,
	taskId: string,
): Promise<void> {
	const isHeard = ledger.callbacks.some(
		(each) => each.url === url && each.taskId === taskId && !each.forged && each.status === 200,
	);
	if (isHeard) return;
	const callAgain = () => postDelivery(url, vendor, taskId);
	await until(`200 for ${taskId}`, async () => (await callAgain()).status === 200);
}

/**
 * The executions that n8n began while something was done and for a while after, all ended. A busy
 * machine starts them late, so as many as there must be are waited for; the while is for more.
 */
async function startedBy(
	{ client }: Stage,
	wanted: number,
	work: () => Promise<void>,
): Promise<readonly Execution[]> {
	const before = new Set(await client.listExecutions());
	await work();
	let ids: readonly string[] = [];
	const deadline = Date.now() + patienceMs;
	do {
		await delay(quietMs);
		const known = ids.length;
		ids = (await client.listExecutions()).filter((id) => !before.has(id));
		if (ids.length >= wanted && ids.length === known) break;
	} while (Date.now() < deadline);
	return await Promise.all(ids.map((id) => client.waitForExecution(id)));
}
