import { z } from 'zod';
import type { Execution, N8nClient } from '../../server/n8nClient';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';

export type OutputItem = NonNullable<
	NonNullable<Execution['resultData']['runData'][string][number]['data']>['main'][number]
>[number];

const withImage = z.object({ taskId: z.string(), width: z.number() });

/** What the last run of a node gave on one of its outputs. */
export function itemsFrom(execution: Execution, node: string, output = 0): OutputItem[] {
	return execution.resultData.runData[node]?.at(-1)?.data?.main[output] ?? [];
}

/** Throws unless the execution succeeded; the message says why it did not. */
export function expectSuccess(execution: Execution): void {
	const reason = execution.resultData.error?.message ?? 'no reason given';
	expect(execution.status === 'success', `it ended as ${execution.status}: ${reason}`);
}

/** Throws unless the item holds a real picture; answers with the id of its task. */
export async function expectPicture(
	client: N8nClient,
	item: OutputItem | undefined,
): Promise<string> {
	expect(item !== undefined, 'there is no item');
	const { taskId, width } = withImage.parse(item.json);
	const entry = item.binary?.['data'];
	expect(entry !== undefined, `the item of task ${taskId} has no file`);
	const picture = await readPicture(await client.downloadBinary(entry));
	expect(picture.width === width, `the picture of task ${taskId} has another size`);
	return taskId;
}
