import { z } from 'zod';
import { expect } from '../checks';
import { expectPicture, expectSuccess, itemsFrom, type OutputItem } from '../money/pictures';
import { expectPurchases } from '../money/purchases';
import type { Execution } from '../../server/n8nClient';
import { importExample, type ExampleStage } from './exampleStage';
import { runToEnd } from './executions';

const count = 50;
const moderated = /raincoat|teapot, in a shop window/;
const moderatedCount = 6;
const slow = /wrist watch, (on white|held)|headphones, on a walnut/;
const slowCount = 3;
const goodCount = count - moderatedCount - slowCount;
const usualTaskMs = 1_500;

export const fiftySettings = {
	taskDurationMs: ({ prompt }: { prompt: string }) =>
		slow.test(prompt) ? Number.POSITIVE_INFINITY : usualTaskMs,
};

const failed = z.object({
	product: z.string(),
	scene: z.string(),
	code: z.literal('contentRejected'),
	hint: z.string().min(1),
});

/** Of fifty some are refused and some are late; the later run brings those, and nothing is bought twice. */
export async function checkFifty(example: ExampleStage): Promise<void> {
	const { client, sandbox } = example;
	sandbox.faults.add({ fault: 'taskModerated', match: { prompt: moderated } });
	const workflow = await importExample(example, 'fifty.json');

	const execution = await runToEnd(client, workflow, 'Start');
	expectSuccess(execution);
	await expectPictures(example, itemsFrom(execution, 'Good images'), goodCount);
	const bad = itemsFrom(execution, 'Failed, with hints');
	expect(bad.length === moderatedCount, `${bad.length} items failed`);
	for (const { json } of bad) failed.parse(json);
	const kept = itemsFrom(execution, 'Keep for later');
	expect(kept.length === slowCount, `${kept.length} were kept for later`);

	sandbox.finishTasks();
	const later = await runToEnd(client, workflow, 'Every hour');
	expectSuccess(later);
	await expectPictures(example, itemsFrom(later, 'Late images'), slowCount);
	expectNone(later, 'Try again next time');

	const lastly = await runToEnd(client, workflow, 'Every hour');
	expectSuccess(lastly);
	expectNone(lastly, 'Late ones');
	const prompts = sandbox.ledger.tasks.map(({ prompt }) => prompt);
	expect(new Set(prompts).size === count, `${new Set(prompts).size} different prompts`);
	expectPurchases(sandbox, prompts, []);
}

async function expectPictures(
	{ client }: ExampleStage,
	items: readonly OutputItem[],
	wanted: number,
): Promise<void> {
	expect(items.length === wanted, `${items.length} pictures came out, not ${wanted}`);
	const taskIds = new Set<string>();
	for (const item of items) taskIds.add(await expectPicture(client, item));
	expect(taskIds.size === wanted, `they are of ${taskIds.size} tasks`);
}

function expectNone(execution: Execution, node: string): void {
	const { length } = itemsFrom(execution, node);
	expect(length === 0, `${length} items came out of "${node}"`);
}
