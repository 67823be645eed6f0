import type { VendorId } from '../../sandbox';
import type { Execution, WorkflowInput, WorkflowNode } from '../../server/n8nClient';
import { expect } from '../checks';
import { credentialsFor, type MoneyStage } from '../money/moneyStage';
import { until } from '../money/patience';
import {
	imageNode,
	inARow,
	itemsOf,
	makeImages,
	startNode,
	type NodeSettings,
} from '../money/workflows';

/** A workflow whose image node parks the execution until the vendor calls back. */
export function parkedWorkflow(
	money: MoneyStage,
	vendor: VendorId,
	prompts: readonly string[],
	{ parameters, options, settings, after = [] }: ParkedOptions = {},
): WorkflowInput {
	return inARow(`Parked: ${prompts[0] ?? ''}`, [
		...itemsOf(prompts),
		makeImages(
			vendor,
			credentialsFor(money, vendor),
			{ ...parameters, options: { completion: 'callback', ...options } },
			settings,
		),
		...after,
	]);
}

export interface ParkedOptions {
	readonly parameters?: Readonly<Record<string, unknown>>;
	readonly options?: Readonly<Record<string, unknown>>;
	readonly settings?: NodeSettings;
	readonly after?: readonly WorkflowNode[];
}

/** Starts a workflow by hand and answers when n8n has parked it and could go on after a crash. */
export async function startAndPark(
	{ client }: Pick<MoneyStage, 'client'>,
	input: WorkflowInput,
): Promise<{ id: string; workflowId: string }> {
	const workflow = await client.createWorkflow(input);
	const id = await client.runWorkflow(workflow, startNode);
	await until(`the parking of "${input.name}"`, async () => {
		const status = await client.readStatus(id);
		expect(!['error', 'crashed', 'canceled'].includes(status), `it is ${status}`);
		return status === 'waiting' || status === 'success';
	});
	// n8n 1 calls it parked before it has saved with what it can go on.
	await until(`what n8n keeps of execution ${id}`, async () => {
		const { resultData } = await client.readExecution(id);
		return imageNode in resultData.runData;
	});
	return { id, workflowId: workflow.id };
}

/** Runs such a workflow from its start to its end; its tasks end only when it is parked. */
export async function runParked(money: MoneyStage, input: WorkflowInput): Promise<Execution> {
	const { client, sandbox } = money;
	const { id } = await startAndPark(money, input);
	expect((await client.readStatus(id)) === 'waiting', 'it was not parked');
	sandbox.finishTasks();
	return await endOfParked(money, id);
}

/**
 * Waits until an execution that was parked has ended. n8n 1 says so a moment before it has saved what
 * came of it, and until then shows what it had saved at the parking.
 */
export async function endOfParked(
	{ client }: Pick<MoneyStage, 'client'>,
	id: string,
): Promise<Execution> {
	let execution = await client.waitForExecution(id);
	await until(`what came of execution ${id}`, async () => {
		execution = await client.readExecution(id);
		return execution.status !== 'success' || imageNode in execution.resultData.runData;
	});
	return execution;
}
