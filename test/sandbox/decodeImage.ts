import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadImage, type Image } from '@napi-rs/canvas';

/**
 * Decodes an image completely, which only a whole and sound one survives. The process stays awake
 * meanwhile: another thread decodes, and the scaled clock of the tests would take that for waiting.
 */
export async function decodeImage(bytes: Buffer): Promise<Image> {
	let isOver = false;
	const decoding = loadImage(bytes).finally(() => {
		isOver = true;
	});
	// A failure is the caller's; until then nobody else listens.
	decoding.catch(() => undefined);
	while (!isOver) await nextTurn();
	return await decoding;
}
