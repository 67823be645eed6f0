import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadImage, type Image } from '@napi-rs/canvas';
import type { PixelSize } from './pictureSizes';
import { describeBytes } from './requestBody';

/** A run sees the same few images thousands of times, and each takes megabytes to decode. */
const sizes = new Map<string, Promise<PixelSize>>();

/** The size of a whole and sound image: it is decoded completely, the same bytes once. */
export function decodedSize(bytes: Buffer): Promise<PixelSize> {
	const { sha256 } = describeBytes(bytes);
	const known = sizes.get(sha256);
	if (known) return known;
	const decoded = decodeImage(bytes).then(({ width, height }) => ({ width, height }));
	sizes.set(sha256, decoded);
	return decoded;
}

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
