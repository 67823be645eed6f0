import { loadImage } from '@napi-rs/canvas';
import { request } from 'undici';
import { z } from 'zod';
import { expect } from '../../e2e/checks';
import type { OutputItem } from '../../e2e/money/pictures';
import type { QueueStage } from './queueStage';

const withImage = z.object({
	taskId: z.string(),
	url: z.string(),
	width: z.number(),
	height: z.number(),
});
const inDatabase = 'database:';

/**
 * Throws unless the picture of an item lies in n8n's database, comes out of it byte for byte as the
 * vendor serves it, and can be decoded. Answers with the id of its task.
 */
export async function expectWholePicture(
	{ client }: QueueStage,
	item: OutputItem | undefined,
): Promise<string> {
	expect(item !== undefined, 'there is no item');
	const { taskId, ...image } = withImage.parse(item.json);
	const entry = item.binary?.['data'];
	expect(entry !== undefined, `the item of task ${taskId} has no file`);
	expect(
		entry.id?.startsWith(inDatabase) === true,
		`the picture of task ${taskId} lies in ${entry.id ?? 'memory'}`,
	);
	const stored = await client.downloadBinary(entry);
	const served = await request(image.url);
	const original = Buffer.from(await served.body.arrayBuffer());
	expect(stored.equals(original), `the picture of task ${taskId} is not what the vendor serves`);
	const { width, height } = await loadImage(stored);
	expect(
		width === image.width && height === image.height,
		`the picture of task ${taskId} has ${width} × ${height} pixels`,
	);
	return taskId;
}
