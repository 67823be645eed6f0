import { createCanvas, loadImage } from '@napi-rs/canvas';

export interface Picture {
	width: number;
	height: number;
}

const smallestBytes = 1_000;
const samplesPerSide = 24;

/**
 * Decodes a picture to its pixels. Throws where the bytes are no picture, or one too small or too
 * empty to be what was asked for.
 */
export async function readPicture(bytes: Buffer): Promise<Picture> {
	if (bytes.length < smallestBytes) throw new Error(`Only ${bytes.length} bytes: no real picture`);
	const image = await loadImage(bytes);
	const canvas = createCanvas(samplesPerSide, samplesPerSide);
	const context = canvas.getContext('2d');
	context.drawImage(image, 0, 0, samplesPerSide, samplesPerSide);
	const { data } = context.getImageData(0, 0, samplesPerSide, samplesPerSide);
	const colours = new Set<string>();
	for (let offset = 0; offset < data.length; offset += 4) {
		colours.add(data.subarray(offset, offset + 4).join());
	}
	if (colours.size < 2) throw new Error('The picture has one colour only');
	return { width: image.width, height: image.height };
}
