import type { WorkflowNode } from '../../server/n8nClient';
import { expect, type Checks } from '../checks';
import { arrange, credentialsFor, runToItsEnd, type MoneyStage } from './moneyStage';
import { until } from './patience';
import { expectPicture, expectSuccess, itemsFrom } from './pictures';
import { expectPurchases, onlyTaskFor, promptsOf, tasksFor } from './purchases';
import { tasksInLog } from './serverLog';
import {
	fetchImage,
	handTrigger,
	inARow,
	itemsOf,
	makeImages,
	pause,
	promptItems,
	startNode,
	taskNode,
	webTrigger,
} from './workflows';
import { plainVendor } from '../../vendors/roles';

const vendor = plainVendor;
/** Long enough that a busy n8n is killed in it. */
const pauseSeconds = 10;
const webPath = 'crash-proof';
const prompts = {
	polling: promptsOf('Killed while polling', 1),
	fetching: promptsOf('Killed while fetching', 2),
	between: promptsOf('Killed between', 1),
	production: promptsOf('Killed in production', 1),
} as const;
type Case = keyof typeof prompts;

/** `kill -9` of n8n in the middle of four executions at once, a restart, and what then goes on. */
export async function checkCrash(checks: Checks, money: MoneyStage): Promise<void> {
	const { client, sandbox, server } = money;
	const executions = new Map<Case, string>();
	const idOf = (which: Case): string => executions.get(which) ?? '';
	const isBack = await checks.run('money: n8n is killed in four executions, and back', async () => {
		await startAll(money, executions);
		await server.kill();
		sandbox.faults.clear();
		const requests = sandbox.ledger.requests.length;
		sandbox.finishTasks();
		await server.startAgain();
		for (const [which, id] of executions) {
			const { status } = await client.readExecution(id);
			expect(status === 'crashed', `"${which}" is called ${status}`);
		}
		expect(sandbox.ledger.requests.length === requests, 'something went on by itself');
	});
	if (!isBack) return;

	await checks.run(
		'money: killed while polling, the id from the log brings the picture',
		async () => {
			const [logged] = tasksInLog(server, idOf('polling'));
			expect(logged !== undefined, 'the log names no task of the execution');
			const { execution } = await runToItsEnd(
				money,
				inARow('Fetch what the crash left', [
					handTrigger(),
					fetchImage(vendor, credentialsFor(money, vendor), { taskId: logged.taskId }),
				]),
			);
			expectSuccess(execution);
			await expectPicture(client, itemsFrom(execution, taskNode)[0]);
			const task = onlyTaskFor(sandbox, prompts.polling[0] ?? '');
			expect(task.id === logged.taskId, 'it is another task');
		},
	);
	const recipe: [Case, string][] = [
		['fetching', 'during Task → Wait'],
		['between', 'between its two nodes'],
		['production', 'during Task → Wait, started by a webhook'],
	];
	for (const [which, when] of recipe) {
		await checks.run(`money: the crash-proof recipe, killed ${when}, goes on`, async () => {
			const execution = await client.retryExecution(idOf(which), 'original');
			expectSuccess(execution);
			const items = itemsFrom(execution, taskNode);
			expect(items.length === prompts[which].length, `${items.length} items came out`);
			for (const [index, item] of items.entries()) {
				const taskId = await expectPicture(client, item);
				const { id } = onlyTaskFor(sandbox, prompts[which][index] ?? '');
				expect(taskId === id, `item ${index} has the picture of task ${taskId}`);
			}
			expectPurchases(sandbox, prompts[which], []);
		});
	}
}

async function startAll(money: MoneyStage, executions: Map<Case, string>): Promise<void> {
	const { client, sandbox } = money;
	arrange(money);
	// So the kill falls into the middle of a poll and not into the sleep before it.
	sandbox.faults.add({
		fault: 'slowAnswer',
		vendor,
		verb: 'getTask',
		ms: 10_000,
		match: { prompt: prompts.polling[0] ?? '' },
	});
	const credentials = credentialsFor(money, vendor);
	const submit = makeImages(vendor, credentials, { options: { completion: 'submit' } });
	const fetch = fetchImage(vendor, credentials);
	const start = async (
		which: Case,
		nodes: readonly WorkflowNode[],
		settings: Readonly<Record<string, unknown>>,
	): Promise<void> => {
		const workflow = await client.createWorkflow(inARow(`Killed: ${which}`, nodes, settings));
		executions.set(which, await client.runWorkflow(workflow, startNode));
	};
	const saved = { saveExecutionProgress: true };
	const production = await client.createWorkflow(
		inARow(
			'Killed: production',
			[webTrigger(webPath), ...promptItems(prompts.production), submit, fetch],
			saved,
		),
	);
	await client.activateWorkflow(production);
	await until('the webhook', () =>
		client.callWebhook(webPath).then(
			() => true,
			() => false,
		),
	);
	await until(
		'the task of the webhook',
		() => tasksFor(sandbox, prompts.production[0] ?? '').length > 0,
	);
	executions.set('production', (await client.listExecutions())[0] ?? '');
	await start('polling', [...itemsOf(prompts.polling), makeImages(vendor, credentials)], {});
	await start('fetching', [...itemsOf(prompts.fetching), submit, fetch], saved);
	await start('between', [...itemsOf(prompts.between), submit, pause(pauseSeconds), fetch], saved);
	const polled = [...prompts.polling, ...prompts.fetching, ...prompts.production];
	await until('a poll of each task', () =>
		polled.every((prompt) =>
			sandbox.ledger
				.requestsOf('getTask', vendor)
				.some(({ path }) => tasksFor(sandbox, prompt).some(({ id }) => path.includes(id))),
		),
	);
	await until(
		'the task of the paused one',
		() => tasksFor(sandbox, prompts.between[0] ?? '').length > 0,
	);
}
