import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { filesFolderOf } from '../../server/n8nEnvironment';
import { expect } from '../checks';
import { expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases } from '../money/purchases';
import { importExample, type ExampleStage } from './exampleStage';
import { runToEnd } from './executions';
import { expectSamePictures, picturesOfVendor } from './vendorPictures';

const productCount = 5;
const roundCount = 3;
const merged = z.object({
	name: z.string(),
	scene: z.string(),
	prompt: z.string(),
	fileName: z.string(),
});

/** Each picture comes out of the sub-workflow, through Merge and the loop, to its own product. */
export async function checkLoop(example: ExampleStage): Promise<void> {
	const { client, sandbox, server } = example;
	const folder = join(filesFolderOf(server.userFolder), 'loop');
	mkdirSync(folder, { recursive: true });
	const workflow = await importExample(example, 'loop.json', { '/home/node/.n8n-files': folder });
	const execution = await runToEnd(client, workflow, 'Start');
	expectSuccess(execution);

	const rounds = execution.resultData.runData['Call sub-workflow']?.length ?? 0;
	expect(rounds === roundCount, `the sub-workflow ran ${rounds} times`);
	const saved = itemsFrom(execution, 'Two at a time');
	expect(saved.length === productCount, `${saved.length} items were saved`);
	const items = saved.map(({ json }) => merged.parse(json));
	for (const { name, scene, prompt } of items) {
		expect(prompt.includes(scene), `${name} has the picture of "${prompt}"`);
	}
	const pictures = await picturesOfVendor(saved);
	const onDisk = items.map(({ fileName }) => [fileName, readFileSync(join(folder, fileName))]);
	expectSamePictures('on disk', new Map(onDisk as Array<[string, Buffer]>), pictures);
	expectPurchases(
		sandbox,
		items.map(({ prompt }) => prompt),
		[],
	);
}
