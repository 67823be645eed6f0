import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { Execution, WorkflowInput } from '../../server/n8nClient';
import type { BenchStage } from './benchStage';

/** A workflow of n8n that is run with items. */
export interface BenchWorkflow {
	/** Runs it with these items to its end. */
	run(items: readonly object[]): Promise<Execution>;
}

const registrationMs = 15_000;
const runMs = 600_000;
const savingMs = 30_000;

/** Stores and publishes a workflow whose first node is `webTrigger(path)`, which starts it, as in production. */
export async function publish(
	{ client, server }: BenchStage,
	workflow: WorkflowInput,
	path: string,
): Promise<BenchWorkflow> {
	const stored = await client.createWorkflow(workflow);
	await client.activateWorkflow(stored);
	return {
		run: async (items) => {
			const deadline = Date.now() + registrationMs;
			for (;;) {
				const { statusCode, body } = await request(`${server.url}/webhook/${path}`, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify({ items }),
					headersTimeout: runMs,
				});
				const text = await body.text();
				if (statusCode < 400) break;
				// What failed in the workflow n8n tells in the execution only.
				if (statusCode === 500) break;
				// Right after it is published n8n may not know the webhook yet.
				if (statusCode !== 404 || Date.now() > deadline) {
					throw new Error(`${workflow.name} was answered ${statusCode}: ${text.slice(0, 300)}`);
				}
				await delay(200);
			}
			const [id] = await client.listExecutions(stored.id);
			if (id === undefined) throw new Error(`${workflow.name} left no execution`);
			return succeeded(workflow, await client.waitForExecution(id, savingMs));
		},
	};
}

/** Stores a workflow whose first node is a `webTrigger` and runs it by hand, as from the editor. */
export async function byHand(
	{ client }: BenchStage,
	workflow: WorkflowInput,
): Promise<BenchWorkflow> {
	const stored = await client.createWorkflow(workflow);
	const trigger = workflow.nodes[0]?.name ?? '';
	return {
		run: async (items) => {
			const id = await client.runWorkflow(stored, trigger, { body: { items } });
			return succeeded(workflow, await client.waitForExecution(id, runMs));
		},
	};
}

function succeeded({ name }: WorkflowInput, execution: Execution): Execution {
	if (execution.status === 'success') return execution;
	const reason = execution.resultData.error?.message ?? 'no reason';
	throw new Error(`${name} ended as ${execution.status}: ${reason}`);
}
