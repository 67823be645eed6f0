import { expect } from '../checks';
import { until } from '../money/patience';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { importExample, type ExampleStage } from './exampleStage';

/** The execution is parked while the vendor works, and goes on with the picture when it is called back. */
export async function checkParkedExample(example: ExampleStage): Promise<void> {
	const { client, sandbox } = example;
	const workflow = await importExample(example, 'parked.json');
	const id = await client.runWorkflow(workflow, 'Start');
	await until('the parking', async () => (await client.readStatus(id)) === 'waiting');
	sandbox.finishTasks();
	const execution = await client.waitForExecution(id);
	expectSuccess(execution);
	const taskId = await expectPicture(client, itemsFrom(execution, 'Image')[0]);
	const [task, ...others] = sandbox.ledger.tasks;
	expect(task?.id === taskId && others.length === 0, 'another task, or more than one');
	expect(sandbox.ledger.charges.length === 1, `${sandbox.ledger.charges.length} charges`);
	expect(!('Fetch' in execution.resultData.runData), 'it was fetched instead of called back');
}
