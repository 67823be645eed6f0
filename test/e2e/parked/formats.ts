import { z } from 'zod';
import type { VendorId } from '../../sandbox';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';
import { arrange, type MoneyStage } from '../money/moneyStage';
import { expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases, promptsOf, tasksFor } from '../money/purchases';
import { imageNode } from '../money/workflows';
import { parkedWorkflow, runParked } from './parkedStage';

const formats = ['9:16', '1:1', '16:9'];
const withFormats = z.object({
	prompt: z.string(),
	images: z.array(
		z.object({
			aspectRatio: z.string(),
			fileName: z.string(),
			width: z.number(),
			binaryField: z.string(),
		}),
	),
});

/** A parked run in three ratios: one item for each input item, with all of its pictures, in order. */
export async function expectFormatsInOneItem(money: MoneyStage, vendor: VendorId): Promise<void> {
	const { client, sandbox } = money;
	arrange(money);
	const prompts = promptsOf(`Parked in three formats at ${vendor}`, 2);
	const execution = await runParked(
		money,
		parkedWorkflow(money, vendor, prompts, {
			options: { aspectRatios: formats, fileName: 'sale' },
		}),
	);
	expectSuccess(execution);
	const items = itemsFrom(execution, imageNode);
	expect(items.length === prompts.length, `${items.length} items`);
	const names: string[] = [];
	for (const [position, item] of items.entries()) {
		const { prompt, images } = withFormats.parse(item.json);
		expect(prompt === prompts[position], `item ${position} is of "${prompt}"`);
		const told = images.map(({ aspectRatio }) => aspectRatio).join(', ');
		expect(told === formats.join(', '), `the images of item ${position} are ${told}`);
		const bought = tasksFor(sandbox, prompt).map(({ aspectRatio }) => aspectRatio);
		expect(bought.sort().join() === [...formats].sort().join(), `bought were ${bought.join()}`);
		for (const { fileName, binaryField, width } of images) {
			names.push(fileName.replace(/\.[a-z]+$/, ''));
			const entry = item.binary?.[binaryField];
			expect(entry !== undefined, `item ${position} has no "${binaryField}"`);
			const picture = await readPicture(await client.downloadBinary(entry));
			expect(picture.width === width, `the picture ${fileName} has another size`);
		}
	}
	const stems = formats.map((ratio) => `sale-${ratio.replace(':', 'x')}`);
	const wantedNames = [...stems, ...stems.map((stem) => `${stem}-2`)].join(', ');
	expect(names.join(', ') === wantedNames, `the files are ${names.join(', ')}`);
	expectPurchases(
		sandbox,
		prompts,
		prompts.map(() => formats.length),
	);
}
