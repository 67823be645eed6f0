import { setTimeout as delay } from 'node:timers/promises';
import type { TaskRecord, VendorId } from '../../sandbox';
import { expect, type Checks } from '../checks';
import { arrange, credentialsFor, runToItsEnd, type MoneyStage } from './moneyStage';
import { until } from './patience';
import { expectPicture, expectSuccess, itemsFrom } from './pictures';
import { expectPurchases, onlyTaskFor, promptsOf, tasksFor } from './purchases';
import { expectInPrintedLog, tasksInLog } from './serverLog';
import {
	fetchImage,
	handTrigger,
	inARow,
	itemsOf,
	makeImages,
	startNode,
	taskNode,
} from './workflows';
import { cancelingVendor, nameOf, plainVendor } from '../../vendors/roles';

/** More than two polls would fall into it. */
const quietMs = 2_500;
/** A request may be on its way when the end comes. */
const lastRequestMs = 500;
/** Enough for two submits of a busy n8n. */
const timeLimitSeconds = 8;
/** Two tasks are in flight when the end comes, two are not yet submitted. */
const itemCount = 4;
const options = { maxTasksAtOnce: 2 };
const bought = [1, 1, 0, 0];

/** Stop in the editor and the workflow's own time limit: nothing is bought or asked any more. */
export async function checkStop(checks: Checks, money: MoneyStage): Promise<void> {
	const { client, sandbox } = money;

	await checks.run('money: Stop ends SkillBoss and cancels its queued tasks', async () => {
		const prompts = promptsOf('Stopped at SkillBoss', itemCount);
		const { tasks } = await stopInTheMiddle(money, cancelingVendor, prompts);
		await expectCanceled(money, tasks);
	});

	await checks.run('money: Stop ends Runbase, the log’s id brings the picture', async () => {
		const prompts = promptsOf('Stopped at Runbase', itemCount);
		const { executionId, tasks } = await stopInTheMiddle(money, plainVendor, prompts);
		const logged = tasksInLog(money.server, executionId);
		expect(logged.length === tasks.length, `the log names ${logged.length} tasks`);
		sandbox.finishTasks();
		const taskId = logged.find(({ itemIndex }) => itemIndex === 1)?.taskId ?? '';
		const { execution } = await runToItsEnd(
			money,
			inARow('Fetch what Stop left', [
				handTrigger(),
				fetchImage(plainVendor, credentialsFor(money, plainVendor), { taskId }),
			]),
		);
		expectSuccess(execution);
		await expectPicture(client, itemsFrom(execution, taskNode)[0]);
		expect(onlyTaskFor(sandbox, prompts[1] ?? '').id === taskId, 'it is the task of another item');
		expectPurchases(sandbox, prompts, bought);
	});

	await checks.run('money: the time limit of the workflow stops in the same way', async () => {
		arrange(money);
		const prompts = promptsOf('Time limit', itemCount);
		const { execution, workflowId } = await runToItsEnd(
			money,
			inARow(
				'Time limit',
				[
					...itemsOf(prompts),
					makeImages(cancelingVendor, credentialsFor(money, cancelingVendor), { options }),
				],
				{ executionTimeout: timeLimitSeconds },
			),
		);
		expect(execution.status === 'canceled', `it ended as ${execution.status}`);
		await expectCanceled(money, await expectQuiet(money, cancelingVendor, prompts));
		// n8n saves such an execution twice, and the later save decides whether a retry has a place to go on from.
		// A retry that has one comes to its time limit as well, which n8n answers with an error.
		await client.retryExecution(execution.id, 'original').catch(() => undefined);
		const retries = (await client.listExecutions(workflowId)).filter((id) => id !== execution.id);
		const ends = await Promise.all(
			retries.map(async (id) => (await client.waitForExecution(id)).status),
		);
		await delay(lastRequestMs);
		if (!ends.includes('canceled')) expectPurchases(sandbox, prompts, bought);
		await expectNothingPaid(money, prompts);
	});
}

async function stopInTheMiddle(
	money: MoneyStage,
	vendor: VendorId,
	prompts: readonly string[],
): Promise<{ executionId: string; tasks: TaskRecord[] }> {
	const { client, sandbox } = money;
	arrange(money);
	const workflow = await client.createWorkflow(
		inARow(`Stop at ${vendor}`, [
			...itemsOf(prompts),
			makeImages(
				vendor,
				credentialsFor(money, vendor),
				{ options },
				// What was stopped must not be retried either.
				{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
			),
		]),
	);
	const executionId = await client.runWorkflow(workflow, startNode);
	await until('a poll of each task', () =>
		prompts.slice(0, 2).every((prompt) => (tasksFor(sandbox, prompt)[0]?.polls ?? 0) > 0),
	);
	await client.stopExecution(executionId);
	const tasks = await expectQuiet(money, vendor, prompts);
	const { status } = await client.readExecution(executionId);
	expect(status === 'canceled', `n8n calls it ${status}`);
	return { executionId, tasks };
}

/** Waits a while, then throws where anything but cancels was sent; answers with the tasks. */
async function expectQuiet(
	{ server, sandbox }: MoneyStage,
	vendor: VendorId,
	prompts: readonly string[],
): Promise<TaskRecord[]> {
	const since = Date.now() + lastRequestMs;
	await delay(lastRequestMs + quietMs);
	const late = sandbox.ledger.requests.filter(({ at, verb }) => at > since && verb !== 'cancel');
	expect(late.length === 0, `after the stop came: ${late.map(({ path }) => path).join(', ')}`);
	expectPurchases(sandbox, prompts, bought);
	const tasks = prompts.flatMap((prompt) => tasksFor(sandbox, prompt));
	const vendorName = nameOf(vendor);
	for (const { id } of tasks) expectInPrintedLog(server, vendorName, id);
	return tasks;
}

/** Throws unless each task was given back, and no prompt bought again before the vendor had done so. */
async function expectNothingPaid(money: MoneyStage, prompts: readonly string[]): Promise<void> {
	const { sandbox } = money;
	const { ledger } = sandbox;
	const tasksOf = new Map(prompts.map((prompt) => [prompt, tasksFor(sandbox, prompt)]));
	// Each submit was taken, and charged once.
	expectPurchases(
		sandbox,
		prompts,
		[...tasksOf.values()].map(({ length }) => length),
	);
	for (const [prompt, tasks] of tasksOf) {
		await expectCanceled(money, tasks);
		tasks.forEach(({ id, completedAt = Infinity }, index) => {
			const charged = ledger.charges.filter(({ taskId }) => taskId === id);
			const refunded = ledger.refunds.filter(({ taskId }) => taskId === id);
			const sum = (records: typeof charged) =>
				records.reduce((total, { amount }) => total + amount, 0);
			expect(sum(charged) === sum(refunded), `${id} for "${prompt}" was not given back`);
			const next = tasks[index + 1]?.submittedAt ?? Infinity;
			expect(completedAt <= next, `"${prompt}" was bought again while ${id} was under way`);
		});
		// Once by the execution, and once by its retry.
		expect(tasks.length <= 2, `"${prompt}" was bought ${tasks.length} times`);
	}
}

async function expectCanceled(
	{ sandbox }: MoneyStage,
	tasks: readonly TaskRecord[],
): Promise<void> {
	for (const { id } of tasks) {
		const cancel = () => sandbox.ledger.cancels.find(({ taskId }) => taskId === id);
		await until(`the cancel of ${id}`, () => cancel() !== undefined);
		expect(cancel()?.result === 'canceled', `the cancel of ${id} came to "${cancel()?.result}"`);
	}
}
