import { expect } from '../../e2e/checks';
import { until } from '../../e2e/money/patience';
import { expectSuccess, itemsFrom } from '../../e2e/money/pictures';
import { expectPurchases, tasksFor } from '../../e2e/money/purchases';
import {
	fetchImage,
	handTrigger,
	imageNode,
	inARow,
	pause,
	promptItems,
	startNode,
	taskNode,
} from '../../e2e/money/workflows';
import { finishBatch, startBatch, type Batch, type BatchPlan } from './batch';
import { executionsInHand, inspectDead, logLengths, type DeadExecution } from './deadWorker';
import { expectWholePicture } from './pictures';
import type { QueueStage, QueueVendor } from './queueStage';

/** What a killed worker cost. */
export interface KillResult {
	dead: DeadExecution[];
	/** From the kill until n8n called no execution unfinished any more. */
	settledAfterMs: number;
	/** How many executions came to their end with their picture. */
	finished: number;
	/** How many pictures came through Task → Wait with an id from the workers' logs. */
	fetched: number;
}

export interface KillPlan extends BatchPlan {
	taskDurationMs: number;
	/** How long n8n may take to find out that a worker is dead. */
	settleTimeoutMs: number;
}

/** Keeps executions that a callback has resumed at work for a while. */
const pauseSeconds = 4;
/** With fewer executions in hand a worker's death would show little. */
const fewestInHand = 3;
const untilKillMs = 60_000;
const fetchTimeoutMs = 120_000;

/**
 * Kills a worker in the middle of a batch and starts it again when n8n has settled the matter. Throws
 * where a task was lost or paid twice.
 */
export async function killWorkerDuring(stage: QueueStage, plan: KillPlan): Promise<KillResult> {
	const { sandbox, client } = stage;
	const [worker] = stage.workers;
	expect(worker !== undefined, 'there is no worker');
	// Those that an earlier kill has taken from it have no end in its log.
	const alreadyDead = new Set(executionsInHand(worker));
	const inHandNow = (): string[] => executionsInHand(worker).filter((id) => !alreadyDead.has(id));
	// Where executions are parked, half of the tasks end early, so that the kill finds both kinds.
	sandbox.settings.taskDurationMs =
		plan.completion === 'callback'
			? ({ index }) => plan.taskDurationMs * (index % 2 === 0 ? 1 : 2)
			: plan.taskDurationMs;
	const batch = await startBatch(stage, {
		...plan,
		...(plan.completion === 'callback' ? { nodesAfter: [pause(pauseSeconds)] } : {}),
	});
	await until(
		'the middle of the batch',
		() => inHandNow().length >= fewestInHand && isInTheMiddle(stage, batch),
		untilKillMs,
	);
	await worker.kill();
	const killedAt = Date.now();
	const lettersAtKill = logLengths(stage.workers);
	const inHand = inHandNow();
	const executions = await finishBatch(stage, batch, plan.settleTimeoutMs);
	const settledAfterMs = Date.now() - killedAt;
	await worker.startAgain();

	// The worker may have taken an execution without having said so in its log.
	const notEnded = executions.filter(({ status }) => status !== 'success').map(({ id }) => id);
	const died = [...new Set([...inHand, ...notEnded])];
	const dead = await inspectDead(stage, worker, died, lettersAtKill);
	const brought = new Set<string>();
	for (const { id, status } of executions) {
		if (status !== 'success') continue;
		const [item] = itemsFrom(await client.readExecution(id), imageNode);
		brought.add(await expectWholePicture(stage, item));
	}
	const lost = batch.prompts
		.flatMap((prompt) => tasksFor(sandbox, prompt))
		.map(({ id }) => id)
		.filter((id) => !brought.has(id));
	const inLogs = new Set(dead.flatMap(({ taskIds }) => taskIds));
	const unknown = lost.filter((id) => !inLogs.has(id));
	expect(unknown.length === 0, `neither an item nor a log names ${unknown.join(', ')}`);
	await expectFetchable(stage, plan.vendor, lost);
	// An execution that died before its submit has bought nothing.
	const bought = batch.prompts.filter((prompt) => tasksFor(sandbox, prompt).length > 0);
	expectPurchases(sandbox, bought, []);
	expect(
		brought.size + dead.length >= batch.prompts.length,
		`${brought.size} executions finished and ${dead.length} died of ${batch.prompts.length}`,
	);
	return { dead, settledAfterMs, finished: brought.size, fetched: lost.length };
}

/** Whether tasks are waited for; or, where executions are parked, some go on and some do not yet. */
function isInTheMiddle({ sandbox }: QueueStage, batch: Batch): boolean {
	const tasks = batch.prompts.flatMap((prompt) => tasksFor(sandbox, prompt));
	if (batch.plan.completion === 'wait') {
		return tasks.length > 0 && tasks.every(({ polls }) => polls > 0);
	}
	const calledBack = new Set(
		sandbox.ledger.callbacks.filter(({ status }) => status === 200).map(({ taskId }) => taskId),
	);
	const isParked = tasks.some(({ completedAt }) => completedAt === undefined);
	return tasks.some(({ id }) => calledBack.has(id)) && isParked;
}

/** Fetches tasks by their ids alone, as a person would with what the logs say. */
async function expectFetchable(
	stage: QueueStage,
	vendor: QueueVendor,
	taskIds: readonly string[],
): Promise<void> {
	if (taskIds.length === 0) return;
	const { client, credentials } = stage;
	const workflow = await client.createWorkflow(
		inARow('Fetch what the dead worker left', [
			handTrigger(),
			...promptItems(taskIds),
			fetchImage(vendor, credentials.get(vendor) ?? {}, { taskId: '={{ $json.prompt }}' }),
		]),
	);
	const id = await client.runWorkflow(workflow, startNode);
	const execution = await client.waitForExecution(id, fetchTimeoutMs);
	expectSuccess(execution);
	const items = itemsFrom(execution, taskNode);
	expect(items.length === taskIds.length, `${items.length} of ${taskIds.length} were fetched`);
	for (const [index, item] of items.entries()) {
		const taskId = await expectWholePicture(stage, item);
		expect(taskId === taskIds[index], `task ${taskId} came instead of ${taskIds[index]}`);
	}
}
