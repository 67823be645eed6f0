import { z } from 'zod';
import { expect, type Checks } from '../checks';
import { arrange, credentialsFor, runToItsEnd, type MoneyStage } from './moneyStage';
import { expectPicture, expectSuccess, itemsFrom, type OutputItem } from './pictures';
import { expectPurchases, onlyTaskFor, promptsOf } from './purchases';
import { imageNode, inARow, itemsOf, makeImages } from './workflows';
import { formVendor } from '../../vendors/roles';

const vendor = formVendor;
const count = 20;
const badIndex = 6;
const goodCount = count - 1;
const onceEach = Array<number>(count).fill(1);
const badItem = z.object({
	json: z.object({
		prompt: z.string(),
		number: z.number(),
		error: z.object({
			message: z.string(),
			code: z.literal('contentRejected'),
			hint: z.string(),
			vendor: z.literal(vendor),
			taskId: z.string(),
			resumable: z.literal(false),
		}),
	}),
	pairedItem: z.object({ item: z.literal(badIndex) }),
});

/** One bad item among twenty: on the error output, and in a run that it ends and that is retried. */
export async function checkErrorOutput(checks: Checks, money: MoneyStage): Promise<void> {
	const { client, sandbox } = money;
	const credentials = credentialsFor(money, vendor);
	const moderate = (prompts: readonly string[]): void => {
		arrange(money, { taskDurationMs: 1_000 });
		sandbox.faults.add({
			fault: 'taskModerated',
			vendor,
			match: { prompt: prompts[badIndex] ?? '' },
		});
	};
	const expectNineteenAndOne = async (
		good: OutputItem[],
		bad: OutputItem[],
		prompts: readonly string[],
	): Promise<void> => {
		expect(good.length === goodCount, `${good.length} items are on the first output`);
		expect(bad.length === 1, `${bad.length} items are on the error output`);
		const taskIds = new Set<string>();
		for (const item of good) {
			expect(!('error' in item.json), 'a success has a key "error"');
			taskIds.add(await expectPicture(client, item));
		}
		expect(taskIds.size === goodCount, `the pictures are of ${taskIds.size} tasks`);
		const { json } = badItem.parse(bad[0]);
		const prompt = prompts[badIndex] ?? '';
		expect(json.prompt === prompt, `its prompt is "${json.prompt}"`);
		expect(json.number === badIndex + 1, `its number is ${json.number}`);
		expect(json.error.taskId === onlyTaskFor(sandbox, prompt).id, 'its task is another one');
		expectPurchases(sandbox, prompts, onceEach);
	};

	await checks.run(
		'money: nineteen pictures come out, the moderated item beside them',
		async () => {
			const prompts = promptsOf('Error output', count);
			moderate(prompts);
			const { execution } = await runToItsEnd(
				money,
				inARow('Error output', [
					...itemsOf(prompts),
					makeImages(vendor, credentials, {}, { onError: 'continueErrorOutput' }),
				]),
			);
			expectSuccess(execution);
			const [good, bad] = [itemsFrom(execution, imageNode), itemsFrom(execution, imageNode, 1)];
			await expectNineteenAndOne(good, bad, prompts);
		},
	);

	await checks.run(
		'money: Retry execution buys neither the bad item nor the good again',
		async () => {
			const prompts = promptsOf('Retried with a bad item', count);
			moderate(prompts);
			const input = inARow('Retried with a bad item', [
				...itemsOf(prompts),
				makeImages(vendor, credentials),
			]);
			const { execution, workflowId } = await runToItsEnd(money, input);
			expect(execution.status === 'error', `the first run ended as ${execution.status}`);
			expectPurchases(sandbox, prompts, onceEach);

			const again = await client.retryExecution(execution.id, 'original');
			expect(again.status === 'error', `the retry ended as ${again.status}`);
			expectPurchases(sandbox, prompts, onceEach);

			const nodes = input.nodes.map((node) =>
				node.name === imageNode ? { ...node, onError: 'continueErrorOutput' } : node,
			);
			await client.updateWorkflow(workflowId, { nodes });
			const mended = await client.retryExecution(execution.id, 'saved');
			expectSuccess(mended);
			const [good, bad] = [itemsFrom(mended, imageNode), itemsFrom(mended, imageNode, 1)];
			await expectNineteenAndOne(good, bad, prompts);
		},
	);
}
