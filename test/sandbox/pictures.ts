import { createHash } from 'node:crypto';
import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { PNG } from 'pngjs';
import { decodeImage } from './decodeImage';
import { boldFont, plainFont, prepareFonts } from './pictureFonts';
import { drawReference } from './pictureInset';
import type { PixelSize } from './pictureSizes';
import { fitText } from './pictureText';
import type { PictureFormat } from './types';

export interface PictureOrder extends PixelSize {
	format: PictureFormat;
	prompt: string;
	/** Who made it. */
	title: string;
	/** With what: model, ratio, size, task. */
	facts: string;
	/** First reference of an edit. */
	reference?: Buffer;
	moreReferences?: number;
}

const cacheSize = 12;
const cache = new Map<string, Promise<Buffer>>();
/** Small, and as many as there are sizes and formats. */
const flatPictures = new Map<string, Buffer>();

/** Renders a picture that shows what was asked for. The same order gives the same bytes. */
export function renderPicture(order: PictureOrder): Promise<Buffer> {
	return cached(JSON.stringify({ ...order, reference: sha256(order.reference) }), () =>
		paint(order),
	);
}

/** A plain picture of the right size and format, made once for all tasks. */
export function renderFlatPicture({ width, height }: PixelSize, format: PictureFormat): Buffer {
	const key = `${width}x${height} ${format}`;
	const known = flatPictures.get(key);
	if (known) return known;
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	context.fillStyle = '#e9c46a';
	context.fillRect(0, 0, width, height);
	const made = encode(canvas, format);
	flatPictures.set(key, made);
	return made;
}

function cached(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
	const known = cache.get(key);
	if (known) {
		cache.delete(key);
		cache.set(key, known);
		return known;
	}
	const made = make();
	cache.set(key, made);
	made.catch(() => cache.delete(key));
	for (const oldest of cache.keys()) {
		if (cache.size <= cacheSize) break;
		cache.delete(oldest);
	}
	return made;
}

async function paint(order: PictureOrder): Promise<Buffer> {
	prepareFonts();
	const { width, height } = order;
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	const shortSide = Math.min(width, height);
	const margin = Math.round(shortSide * 0.065);
	const footer = Math.round(shortSide * 0.125);
	paintBackground(context, order);

	const area = { x: margin, y: margin, width: width - 2 * margin, height: 0 };
	area.height = height - footer - 2 * margin;
	if (order.reference) {
		const image = await decodeImage(order.reference);
		const inset = { ...area };
		if (width > height) {
			inset.width = Math.round(area.width * 0.36);
			inset.x = area.x + area.width - inset.width;
			area.width -= inset.width + margin;
		} else {
			inset.height = Math.round(area.height * 0.42);
			area.y += inset.height + margin;
			area.height -= inset.height + margin;
		}
		drawReference(context, image, inset, order.moreReferences ?? 0);
	}
	paintPrompt(context, order.prompt, area, shortSide);
	paintFooter(context, order, footer, margin);
	return order.format === 'png' ? encodeQuickly(canvas) : encode(canvas, order.format);
}

function paintBackground(context: SKRSContext2D, order: PictureOrder): void {
	const { width, height } = order;
	const hash = createHash('sha256').update(order.prompt).digest();
	const hue = Math.round(((hash[0] ?? 0) / 255) * 360);
	const secondHue = hue + 35 + ((hash[1] ?? 0) % 50);
	const gradient = context.createLinearGradient(0, 0, width, height);
	gradient.addColorStop(0, `hsl(${hue}, 52%, 30%)`);
	gradient.addColorStop(1, `hsl(${secondHue}, 58%, 42%)`);
	context.fillStyle = gradient;
	context.fillRect(0, 0, width, height);
	for (let index = 0; index < 3; index++) {
		const x = ((hash[2 + index] ?? 0) / 255) * width;
		const y = ((hash[5 + index] ?? 0) / 255) * height;
		const radius = Math.max(width, height) * (0.28 + 0.1 * index);
		const glow = context.createRadialGradient(x, y, 0, x, y, radius);
		glow.addColorStop(0, `hsla(${secondHue + 30 * index}, 70%, 65%, 0.30)`);
		glow.addColorStop(1, `hsla(${secondHue + 30 * index}, 70%, 65%, 0)`);
		context.fillStyle = glow;
		context.fillRect(0, 0, width, height);
	}
}

function paintPrompt(
	context: SKRSContext2D,
	prompt: string,
	area: { x: number; y: number; width: number; height: number },
	shortSide: number,
): void {
	const fitted = fitText(prompt, area, shortSide * 0.115, shortSide * 0.026, (text, size) => {
		context.font = `${size}px "${boldFont}"`;
		return context.measureText(text).width;
	});
	context.font = `${fitted.size}px "${boldFont}"`;
	context.fillStyle = '#ffffff';
	context.shadowColor = 'rgba(0, 0, 0, 0.35)';
	context.shadowBlur = fitted.size * 0.18;
	context.shadowOffsetY = fitted.size * 0.05;
	context.textBaseline = 'middle';
	const top = area.y + (area.height - fitted.lines.length * fitted.lineHeight) / 2;
	fitted.lines.forEach((line, index) => {
		context.fillText(line, area.x, top + (index + 0.5) * fitted.lineHeight);
	});
	context.shadowColor = 'transparent';
}

function paintFooter(
	context: SKRSContext2D,
	order: PictureOrder,
	footer: number,
	margin: number,
): void {
	const top = order.height - footer;
	context.fillStyle = 'rgba(0, 0, 0, 0.42)';
	context.fillRect(0, top, order.width, footer);
	context.fillStyle = '#ffd84d';
	context.fillRect(0, top, order.width, Math.max(2, footer * 0.03));
	const room = order.width - 2 * margin;
	writeLine(context, order.title, boldFont, footer * 0.27, top + footer * 0.34, margin, room);
	writeLine(context, order.facts, plainFont, footer * 0.2, top + footer * 0.71, margin, room);
}

function writeLine(
	context: SKRSContext2D,
	text: string,
	font: string,
	size: number,
	middle: number,
	x: number,
	room: number,
): void {
	context.font = `${size}px "${font}"`;
	const width = context.measureText(text).width;
	// The facts must stay whole, so a narrow picture gets smaller letters.
	if (width > room) context.font = `${(size * room) / width}px "${font}"`;
	context.fillStyle = '#ffffff';
	context.textBaseline = 'middle';
	context.fillText(text, x, middle);
}

/** At once: of what other threads do, the scaled clock of the tests knows nothing. */
function encode(canvas: Canvas, format: PictureFormat): Buffer {
	return format === 'png' ? canvas.toBuffer('image/png') : canvas.toBuffer(`image/${format}`, 85);
}

/**
 * The canvas looks for the smallest PNG, which takes five times as long: its gradients are never plain, and
 * a whole run serves hundreds of them.
 */
function encodeQuickly(canvas: Canvas): Buffer {
	const { width, height } = canvas;
	const png = new PNG({ width, height });
	png.data.set(canvas.getContext('2d').getImageData(0, 0, width, height).data);
	return PNG.sync.write(png, { deflateLevel: 1, deflateStrategy: 0, filterType: 1 });
}

function sha256(bytes: Buffer | undefined): string | undefined {
	return bytes && createHash('sha256').update(bytes).digest('hex');
}
