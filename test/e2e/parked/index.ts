import { z } from 'zod';
import { postDelivery } from '../../sandbox/callbackClient';
import type { Execution } from '../../server/n8nClient';
import type { Stage } from '../../server/stage';
import { expect, type Checks } from '../checks';
import { until } from '../money/patience';
import { arrange, openMoneyStage, type MoneyStage } from '../money/moneyStage';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases, onlyTaskFor, promptsOf, tasksFor } from '../money/purchases';
import { expectQuietCallbacks } from './callbacks';
import { expectFormatsInOneItem } from './formats';
import { startWithLostCallbacks } from './lost';
import { endOfParked, parkedWorkflow, runParked, startAndPark } from './parkedStage';
import { imageNode } from '../money/workflows';
import { cancelingVendor, uploadingVendor } from '../../vendors/roles';

const vendors = [cancelingVendor, uploadingVendor] as const;

/**
 * Parked executions in a real n8n: it is called back by the sandbox, killed while it waits, called twice,
 * too early, by strangers, or never.
 */
export async function checkParked(checks: Checks, stage: Stage): Promise<void> {
	const money = await openMoneyStage(stage);
	const { client, sandbox, server } = money;
	const name = (what: string): string => `n8n ${server.version}, parked: ${what}`;
	await checks.run(name('killed and started again while it waits'), async () => {
		arrange(money);
		const prompts = promptsOf('Killed while parked', 3);
		const { id } = await startAndPark(money, parkedWorkflow(money, cancelingVendor, prompts));
		await server.kill();
		await server.startAgain();
		sandbox.finishTasks();
		await callAgain(money, prompts);
		const execution = await endOfParked(money, id);
		expectSuccess(execution);
		await expectOneEach(money, execution, prompts);
	});

	// It takes n8n up to a minute to notice, so it goes on beside the others.
	const lost = await startWithLostCallbacks(checks, money, name('lost callbacks'));

	for (const vendor of vendors) {
		await checks.run(name(`eight items of ${vendor} come back in order`), async () => {
			arrange(money);
			const prompts = promptsOf(`Parked at ${vendor}`, 8);
			const execution = await runParked(money, parkedWorkflow(money, vendor, prompts));
			expectSuccess(execution);
			await expectOneEach(money, execution, prompts);
			const pollsOfTasks = prompts
				.flatMap((prompt) => tasksFor(sandbox, prompt))
				.map(({ polls }) => polls);
			const most = prompts.length * 4;
			const sum = pollsOfTasks.reduce((total, polls) => total + polls, 0);
			expect(sum <= most, `${sum} polls of ${prompts.length} tasks`);
		});
	}

	await checks.run(name('several images of an item share it'), async () => {
		arrange(money);
		const prompts = promptsOf('Parked with three images', 2);
		const execution = await runParked(
			money,
			parkedWorkflow(money, cancelingVendor, prompts, { parameters: { numberOfImages: 3 } }),
		);
		expectSuccess(execution);
		const items = itemsFrom(execution, imageNode);
		expect(items.length === 2, `${items.length} items`);
		for (const { binary } of items) {
			const fields = Object.keys(binary ?? {}).join(', ');
			expect(fields === 'data, data_1, data_2', `an item has the files ${fields}`);
		}
		expectPurchases(sandbox, prompts, [3, 3]);
	});

	for (const vendor of vendors) {
		await checks.run(name(`an item in three formats at ${vendor}`), async () => {
			await expectFormatsInOneItem(money, vendor);
		});
	}

	for (const onError of ['continueErrorOutput', 'continueRegularOutput'] as const) {
		await checks.run(name(`a failed task with ${onError}`), async () => {
			arrange(money);
			const prompts = promptsOf(`Parked, ${onError}`, 3);
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: prompts[1] ?? '' } });
			const execution = await runParked(
				money,
				parkedWorkflow(money, cancelingVendor, prompts, { settings: { onError } }),
			);
			expectSuccess(execution);
			const isApart = onError === 'continueErrorOutput';
			const good = itemsFrom(execution, imageNode);
			const bad = itemsFrom(execution, imageNode, 1);
			expect(good.length === (isApart ? 2 : 3), `${good.length} items on the first output`);
			const failed = failedItem.parse(isApart ? bad[0]?.json : good[1]?.json);
			expect(failed.prompt === prompts[1], `its prompt is "${failed.prompt}"`);
			expect(failed.number === 2, `its number is ${failed.number}`);
			expect(failed.error.taskId === onlyTaskFor(sandbox, failed.prompt).id, 'another task');
			await expectPicture(client, good[0]);
			expectPurchases(sandbox, prompts, [1, 1, 1]);
		});
	}

	await checks.run(name('a failed task ends an execution that does not continue'), async () => {
		arrange(money);
		const prompts = promptsOf('Parked and failed', 3);
		sandbox.faults.add({ fault: 'taskFails', match: { prompt: prompts[1] ?? '' } });
		const execution = await runParked(money, parkedWorkflow(money, uploadingVendor, prompts));
		expect(execution.status === 'error', `it ended as ${execution.status}`);
		const text = JSON.stringify(execution.resultData.error);
		for (const prompt of prompts) {
			const { id } = onlyTaskFor(sandbox, prompt);
			expect(text.includes(id), `the error does not name ${id}`);
		}
		for (const workflow of ['original', 'saved'] as const) {
			await client.retryExecution(execution.id, workflow).catch(() => undefined);
			expectPurchases(sandbox, prompts, [1, 1, 1]);
		}
	});

	await checks.run(name('callbacks twice, late, forged, of strangers and garbage'), async () => {
		await expectQuietCallbacks(money);
	});

	await checks.run(name('a callback before the parking is not missed'), async () => {
		arrange(money);
		const prompts = promptsOf('Called too early', 3);
		for (const prompt of prompts)
			sandbox.faults.add({ fault: 'callbackBeforeAnswer', match: { prompt } });
		const { id } = await startAndPark(money, parkedWorkflow(money, cancelingVendor, prompts));
		const execution = await endOfParked(money, id);
		expectSuccess(execution);
		await expectOneEach(money, execution, prompts);
	});

	await lost();
	await money.sandbox.close();
}

/** Where n8n, just started, did not hear the first call, the vendor calls once more. */
async function callAgain({ sandbox }: MoneyStage, prompts: readonly string[]): Promise<void> {
	for (const prompt of prompts) {
		const { id, callbackUrl = '' } = onlyTaskFor(sandbox, prompt);
		const calls = () => sandbox.ledger.callbacks.filter(({ taskId }) => taskId === id);
		await until(`the call for "${prompt}"`, () => calls().length > 0);
		const isHeard = calls().some(({ status = 0 }) => status === 200);
		if (!isHeard) await postDelivery(callbackUrl, cancelingVendor, id);
	}
}

const withPrompt = z.object({ prompt: z.string(), state: z.literal('succeeded') });
const failedItem = z.object({
	prompt: z.string(),
	number: z.number(),
	error: z.object({ code: z.literal('taskFailed'), taskId: z.string(), vendor: z.string() }),
});

/** Throws unless each prompt came out as one picture, in order, and was bought once. */
async function expectOneEach(
	{ client, sandbox }: MoneyStage,
	execution: Execution,
	prompts: readonly string[],
): Promise<void> {
	const items = itemsFrom(execution, imageNode);
	expect(items.length === prompts.length, `${items.length} items of ${prompts.length}`);
	for (const [index, item] of items.entries()) {
		const { prompt } = withPrompt.parse(item.json);
		expect(prompt === prompts[index], `item ${index} is of "${prompt}"`);
		const taskId = await expectPicture(client, item);
		expect(taskId === onlyTaskFor(sandbox, prompt).id, `item ${index} is of another task`);
	}
	expectPurchases(sandbox, prompts, []);
}
