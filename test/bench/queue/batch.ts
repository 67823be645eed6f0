import { setTimeout as delay } from 'node:timers/promises';
import { inARow, makeImages, webTrigger } from '../../e2e/money/workflows';
import { promptsOf } from '../../e2e/money/purchases';
import { until } from '../../e2e/money/patience';
import { unfinishedStates, type ExecutionSummary, type WorkflowNode } from '../../server/n8nClient';
import type { QueueStage, QueueVendor } from './queueStage';

/** So many executions of production, each of one picture. */
export interface BatchPlan {
	/** Begins its prompts and names its workflow; no other batch has it. */
	name: string;
	executions: number;
	vendor: QueueVendor;
	completion: 'wait' | 'callback';
	/** What comes after the picture. */
	nodesAfter?: readonly WorkflowNode[];
	settings?: Readonly<Record<string, unknown>>;
}

export interface Batch {
	plan: BatchPlan;
	prompts: readonly string[];
	workflowId: string;
	/** The moment before the first webhook was called. */
	startedAt: number;
}

const pollEveryMs = 1_000;
const callsAtOnce = 10;

/** Stores a workflow that a webhook starts, and calls it once for each prompt. */
export async function startBatch(stage: QueueStage, plan: BatchPlan): Promise<Batch> {
	const { client, credentials } = stage;
	const path = plan.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
	const workflow = await client.createWorkflow(
		inARow(
			plan.name,
			[
				webTrigger(path),
				makeImages(plan.vendor, credentials.get(plan.vendor) ?? {}, {
					prompt: '={{ $json.query.prompt }}',
					options: { completion: plan.completion },
				}),
				...(plan.nodesAfter ?? []),
			],
			plan.settings,
		),
	);
	await client.activateWorkflow(workflow);
	const prompts = promptsOf(plan.name, plan.executions);
	const call = (prompt: string): Promise<void> =>
		client.callWebhook(`${path}?${new URLSearchParams({ prompt }).toString()}`);
	const waiting = [...prompts];
	let startedAt = 0;
	const [first = ''] = waiting.splice(0, 1);
	await until('the webhook', () => {
		startedAt = Date.now();
		return call(first).then(
			() => true,
			() => false,
		);
	});
	const callAll = async (): Promise<void> => {
		for (let prompt = waiting.shift(); prompt !== undefined; prompt = waiting.shift()) {
			await call(prompt);
		}
	};
	await Promise.all(Array.from({ length: callsAtOnce }, callAll));
	return { plan, prompts, workflowId: workflow.id, startedAt };
}

/** Waits until every execution of a batch is over, or the time is. */
export async function finishBatch(
	{ client }: QueueStage,
	batch: Batch,
	timeoutMs: number,
): Promise<ExecutionSummary[]> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const executions = await client.executionsOf(batch.workflowId);
		const areOver = executions.every(({ status }) => !unfinishedStates.includes(status));
		const areAll = executions.length >= batch.prompts.length;
		if ((areAll && areOver) || Date.now() > deadline) return executions;
		await delay(pollEveryMs);
	}
}

/** From the first call of the webhook to the end of the last execution, by n8n's own record. */
export function durationOf(batch: Batch, executions: readonly ExecutionSummary[]): number {
	const ends = executions.map(({ stoppedAt }) => (stoppedAt ? Date.parse(stoppedAt) : Infinity));
	return Math.max(...ends) - batch.startedAt;
}
