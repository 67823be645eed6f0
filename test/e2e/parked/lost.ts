import { z } from 'zod';
import type { Checks } from '../checks';
import { expect } from '../checks';
import { arrange, credentialsFor, type MoneyStage } from '../money/moneyStage';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases, onlyTaskFor, promptsOf } from '../money/purchases';
import { fetchImage, imageNode, taskNode } from '../money/workflows';
import { parkedWorkflow, startAndPark } from './parkedStage';
import { cancelingVendor } from '../../vendors/roles';

const vendor = cancelingVendor;
const whileParked = z.object({
	taskId: z.string(),
	state: z.literal('running'),
	warnings: z.array(z.string()).min(1),
});

/**
 * Parks an execution that nobody will call back. The function that is answered waits until its time
 * limit has let it go on and `Task → Wait` has fetched the pictures.
 */
export async function startWithLostCallbacks(
	checks: Checks,
	money: MoneyStage,
	name: string,
): Promise<() => Promise<void>> {
	const { client, sandbox } = money;
	const prompts = promptsOf('Callback lost', 2);
	arrange(money);
	for (const prompt of prompts) sandbox.faults.add({ fault: 'callbackLost', match: { prompt } });
	const { id } = await startAndPark(
		money,
		parkedWorkflow(money, vendor, prompts, {
			options: { timeout: 5 },
			after: [fetchImage(vendor, credentialsFor(money, vendor))],
		}),
	);
	sandbox.finishTasks();
	return async () => {
		await checks.run(name, async () => {
			// A minute and a half is left for late calls, and n8n looks once a minute for what has its time.
			const execution = await client.waitForExecution(id);
			expectSuccess(execution);
			for (const [index, item] of itemsFrom(execution, imageNode).entries()) {
				const { taskId } = whileParked.parse(item.json);
				expect(taskId === onlyTaskFor(sandbox, prompts[index] ?? '').id, 'another task');
			}
			const items = itemsFrom(execution, taskNode);
			expect(items.length === prompts.length, `${items.length} pictures were fetched`);
			for (const item of items) await expectPicture(client, item);
			expectPurchases(sandbox, prompts, []);
		});
	};
}
