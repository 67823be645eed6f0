import { createCanvas } from '@napi-rs/canvas';

/** A small real picture, to be sent as a reference. */
export async function picture(
	format: 'png' | 'jpeg' | 'webp' = 'png',
	width = 96,
	height = 64,
): Promise<Buffer> {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	context.fillStyle = '#f5c518';
	context.fillRect(0, 0, width, height);
	context.fillStyle = '#222222';
	context.fillRect(width / 4, height / 4, width / 2, height / 2);
	if (format === 'png') return await canvas.encode('png');
	return await canvas.encode(format, 80);
}
