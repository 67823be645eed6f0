import { expect, type Checks } from '../checks';
import { arrange, credentialsFor, runToItsEnd, type MoneyStage } from './moneyStage';
import { expectPicture, expectSuccess, itemsFrom } from './pictures';
import { expectPurchases, onlyTaskFor, promptsOf } from './purchases';
import { imageNode, inARow, itemsOf, makeImages } from './workflows';
import { countingVendor } from '../../vendors/roles';

const vendor = countingVendor;
const timeoutSeconds = 1;

/** A run whose time limit was too short is retried, first as it was, then with more time. */
export async function checkRetryExecution(checks: Checks, money: MoneyStage): Promise<void> {
	const { client, sandbox } = money;
	await checks.run('money: Retry execution after a timeout picks the task up', async () => {
		arrange(money);
		const prompts = promptsOf('Timeout', 1);
		const workflow = (timeout: number) =>
			inARow('Timeout', [
				...itemsOf(prompts),
				makeImages(vendor, credentialsFor(money, vendor), { options: { timeout } }),
			]);
		const { execution, workflowId } = await runToItsEnd(money, workflow(timeoutSeconds));
		expect(execution.status === 'error', `the first run ended as ${execution.status}`);
		const { id } = onlyTaskFor(sandbox, prompts[0] ?? '');
		const message = execution.resultData.error?.message ?? '';
		expect(message.includes(id), `the message does not name the task: ${message}`);

		const tooShort = await client.retryExecution(execution.id, 'original');
		expect(tooShort.status === 'error', `the first retry ended as ${tooShort.status}`);
		expectPurchases(sandbox, prompts, [1]);

		sandbox.finishTasks();
		await client.updateWorkflow(workflowId, { nodes: workflow(60).nodes });
		// The list of executions offers the retry of a retry too.
		const mended = await client.retryExecution(tooShort.id, 'saved');
		expectSuccess(mended);
		const taskId = await expectPicture(client, itemsFrom(mended, imageNode)[0]);
		expect(taskId === id, `the picture is that of task ${taskId}`);
		expectPurchases(sandbox, prompts, [1]);
	});
}
