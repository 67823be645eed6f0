import type { PixelSize } from './imageWalks';
import type { Order } from './order';
import { drawable } from './pixelFont';
import { placeholderImage, placeholderMark } from './placeholderImage';
import { parseUrl } from './urls';
import {
	aspectRatios,
	maxNumberOfImages,
	resolutions,
	type AspectRatio,
	type FormatRatio,
	type Resolution,
} from './words';

/**
 * A placeholder stands for the images of a task that nobody has bought. Its id holds everything, so that a
 * later step or another workflow draws the same images from the id alone.
 */
export interface Placeholder {
	readonly aspectRatio: AspectRatio;
	readonly resolution: Resolution;
	readonly images: number;
	/** The first words of the prompt, in characters that can be drawn. */
	readonly words: string;
}

const prefix = 'placeholder-';

/** Whether a task id names a placeholder. No vendor may give such an id. */
export function isPlaceholderId(taskId: string): boolean {
	return taskId.startsWith(prefix);
}

/** An id that looks like one of a placeholder, but does not say what to draw. */
export function isBrokenPlaceholderId(taskId: string): boolean {
	return isPlaceholderId(taskId) && readPlaceholderId(taskId) === undefined;
}

/**
 * `placeholder-4K-16x9-1-A_red_bicycle-3f9c1e07`
 *
 * @param unique some letters and digits, since the same words may be asked for again
 */
export function placeholderId(placeholder: Placeholder, unique: string): string {
	const { aspectRatio, resolution, images, words } = placeholder;
	const ratio = aspectRatio.replace(':', 'x');
	return `${prefix}${[resolution, ratio, images, idText(words), unique].join('-')}`;
}

/** The placeholder that an id names; undefined where it is not one that `placeholderId` makes. */
export function readPlaceholderId(taskId: string): Placeholder | undefined {
	const parts = /^placeholder-(\w+)-(\w+)-(\d)-(.*)-\w+$/.exec(taskId);
	const [, size, ratio, count, text = ''] = parts ?? [];
	const resolution = resolutions.find((each) => each === size);
	const aspectRatio = aspectRatios.find((each) => each.replace(':', 'x') === ratio);
	const images = Number(count);
	const isCount = images >= 1 && images <= maxNumberOfImages;
	if (resolution === undefined || aspectRatio === undefined || !isCount) return undefined;
	return { aspectRatio, resolution, images, words: firstWords(textOfId(text)) };
}

/** The placeholder of an order; undefined for an order that went to the vendor. */
export function placeholderOf({ state }: Order): Placeholder | undefined {
	const isTaken = state.is === 'taken' || state.is === 'ended';
	return isTaken ? readPlaceholderId(state.task.taskId) : undefined;
}

const mostCharacters = 64;

/** The beginning of a prompt as it can be drawn, cut between words. */
export function firstWords(prompt: string): string {
	const text = drawable(prompt.slice(0, 10 * mostCharacters))
		.replace(/ +/g, ' ')
		.trim();
	if (text.length <= mostCharacters) return text;
	const start = text.slice(0, mostCharacters - 3);
	const lastBlank = start.lastIndexOf(' ');
	return `${lastBlank > mostCharacters / 2 ? start.slice(0, lastBlank) : start}...`;
}

/** A blank as `_`, a character that cannot be drawn as `~~`, and other signs by their code, as `~2c`. */
function idText(words: string): string {
	return words.replace(/[^\w.-]|_/g, (character) => {
		if (character === ' ') return '_';
		const code = character.charCodeAt(0);
		return code < 0x80 ? `~${code.toString(16).padStart(2, '0')}` : '~~';
	});
}

function textOfId(text: string): string {
	return text.replace(/_|~~|~([\da-f]{2})/g, (escaped, code: string | undefined) => {
		if (escaped === '_') return ' ';
		return code === undefined ? unknownCharacter : String.fromCharCode(parseInt(code, 16));
	});
}

/** Any character that the font does not have. */
const unknownCharacter = '\ufffd';

const host = 'placeholder.invalid';

/**
 * The URL of an image, by its position in the task. It is well-formed, but its host never exists (RFC
 * 2606).
 */
export function placeholderUrl(taskId: string, position: number): string {
	const number = position === 0 ? '' : `-${position + 1}`;
	return `https://${host}/${encodeURIComponent(taskId)}${number}.png`;
}

export function isPlaceholderUrl(url: string): boolean {
	return parseUrl(url)?.hostname === host;
}

/** Google's sizes at 1K (https://ai.google.dev/gemini-api/docs/image-generation). */
const sizesAt1K: Readonly<Record<FormatRatio, readonly [width: number, height: number]>> = {
	'1:1': [1024, 1024],
	'2:3': [848, 1264],
	'3:2': [1264, 848],
	'3:4': [896, 1200],
	'4:3': [1200, 896],
	'4:5': [928, 1152],
	'5:4': [1152, 928],
	'9:16': [768, 1376],
	'16:9': [1376, 768],
	'21:9': [1584, 672],
	'1:4': [512, 2048],
	'4:1': [2048, 512],
	'1:8': [384, 3072],
	'8:1': [3072, 384],
};

const factors: Readonly<Record<Resolution, number>> = { '1K': 1, '2K': 2, '4K': 4 };

/** The size in pixels; a square where the ratio is left to the vendor. */
export function placeholderSize({
	aspectRatio,
	resolution,
}: Pick<Placeholder, 'aspectRatio' | 'resolution'>): PixelSize {
	const [width, height] = sizesAt1K[aspectRatio === 'auto' ? '1:1' : aspectRatio];
	const factor = factors[resolution];
	return { width: width * factor, height: height * factor };
}

/** The PNG of a placeholder. */
export function drawPlaceholder(placeholder: Placeholder, vendorName: string): Uint8Array {
	const { aspectRatio, resolution, words } = placeholder;
	const { width, height } = placeholderSize(placeholder);
	const ratio = aspectRatio === 'auto' ? 'Auto' : aspectRatio;
	return placeholderImage(width, height, {
		title: 'Placeholder',
		facts: [drawable(vendorName), `${ratio} · ${resolution} · ${width} × ${height}`],
		prompt: words,
	});
}

/** Whether a file is the PNG of a placeholder, by its first bytes. An edited copy may have lost the mark. */
export function isPlaceholderFile(firstBytes: Uint8Array): boolean {
	return String.fromCharCode(...firstBytes).includes(`tEXt${placeholderMark}`);
}
