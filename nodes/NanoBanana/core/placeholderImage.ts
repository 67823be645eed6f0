import { indexedPng, type Band, type Colour } from './indexedPng';
import { glyphHeight, glyphOf, widthOf } from './pixelFont';

/** The texts of a placeholder image. */
export interface PlaceholderTexts {
	readonly title: string;
	/** Each begins a line of its own. */
	readonly facts: readonly string[];
	readonly prompt: string;
}

/** Stands near the beginning of the file, so that an edit recognises a placeholder by its first bytes. */
export const placeholderMark = 'Nano Banana\0placeholder';

const paper = 0;
const ink = 1;
const faint = 2;
const yellow = 3;
const palette: readonly Colour[] = [
	[255, 249, 230],
	[56, 45, 31],
	[150, 128, 92],
	[247, 195, 37],
];

const banana = [
	'..............##..',
	'.............#oo#.',
	'.............####.',
	'.............#oo#.',
	'............#oooo#',
	'............#oooo#',
	'...........#ooooo#',
	'..........#oooooo#',
	'.........#ooooooo#',
	'.......##ooooooo#.',
	'##...##oooooooo#..',
	'#o###oooooooooo#..',
	'.#ooooooooooo##...',
	'..##ooooooo##.....',
	'....#######.......',
];
const bananaColours: Readonly<Record<string, number>> = { '#': ink, o: yellow };

interface Rectangle {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
	readonly colour: number;
}

/** Something in the middle column: its size and its parts, in pixels. */
interface Block {
	readonly width: number;
	readonly height: number;
	/** The room below it. */
	readonly gap: number;
	/** With positions from its upper left corner. */
	parts(): readonly Rectangle[];
}

/** How much of the image the middle column may take. */
const shareOfWidth = 0.84;
const shareOfHeight = 0.8;

/** Draws a PNG of the size that holds the texts, as large as there is room for them. */
export function placeholderImage(
	width: number,
	height: number,
	texts: PlaceholderTexts,
): Uint8Array {
	const column = { width: width * shareOfWidth, height: height * shareOfHeight };
	const largest = Math.max(1, Math.floor(Math.min(width, height) / 150));
	const isFitting = (blocks: readonly Block[]): boolean =>
		heightOf(blocks) <= column.height && blocks.every((block) => block.width <= column.width);
	let scale = largest;
	let blocks = columnOf(texts, scale, column.width);
	while (scale > 1 && !isFitting(blocks)) blocks = columnOf(texts, --scale, column.width);
	const placed: Rectangle[] = cornersOf(width, height);
	let top = Math.floor((height - heightOf(blocks)) / 2);
	for (const block of blocks) {
		const left = Math.floor((width - block.width) / 2);
		for (const part of block.parts()) {
			placed.push({ ...part, left: left + part.left, top: top + part.top });
		}
		top += block.height + block.gap;
	}
	return indexedPng(palette, bandsOf(placed, width, height), placeholderMark);
}

function columnOf(
	{ title, facts, prompt }: PlaceholderTexts,
	scale: number,
	width: number,
): Block[] {
	const columns = Math.floor(width / scale);
	const linesOf = (text: string, colour: number): Block[] =>
		wrapped(text, columns).map((line) => textBlock(line, colour, scale));
	return [
		{ ...drawing(banana, bananaColours, 3 * scale), gap: 7 * scale },
		{ ...textBlock(title, ink, 2 * scale), gap: 4 * scale },
		...withGap(
			facts.flatMap((fact) => linesOf(fact, faint)),
			9 * scale,
		),
		...linesOf(prompt, ink),
	];
}

/** The same blocks with more room below the last one. */
function withGap(blocks: readonly Block[], gap: number): Block[] {
	return blocks.map((block, position) =>
		position === blocks.length - 1 ? { ...block, gap } : block,
	);
}

function heightOf(blocks: readonly Block[]): number {
	const last = blocks.at(-1)?.gap ?? 0;
	return blocks.reduce((sum, { height, gap }) => sum + height + gap, 0) - last;
}

function textBlock(text: string, colour: number, scale: number): Block {
	return {
		width: widthOf(text) * scale,
		height: glyphHeight * scale,
		gap: 4 * scale,
		parts: () => {
			let left = 0;
			return [...text].flatMap((character) => {
				const { width, rows } = glyphOf(character);
				const parts = partsOf(rows, { '#': colour }, scale, left);
				left += (width + 1) * scale;
				return parts;
			});
		},
	};
}

function drawing(
	rows: readonly string[],
	colours: Readonly<Record<string, number>>,
	scale: number,
): Omit<Block, 'gap'> {
	return {
		width: (rows[0]?.length ?? 0) * scale,
		height: rows.length * scale,
		parts: () => partsOf(rows, colours, scale, 0),
	};
}

/** Each run of equal cells in a row becomes one rectangle. */
function partsOf(
	rows: readonly string[],
	colours: Readonly<Record<string, number>>,
	scale: number,
	left: number,
): Rectangle[] {
	return rows.flatMap((row, line) =>
		[...row.matchAll(/(.)\1*/g)].flatMap(({ 0: run, 1: cell = '', index }) => {
			const colour = colours[cell];
			if (colour === undefined) return [];
			return {
				left: left + index * scale,
				top: line * scale,
				width: run.length * scale,
				height: scale,
				colour,
			};
		}),
	);
}

/** Marks the corners of the image, so that its edge shows on a page of the same colour. */
function cornersOf(width: number, height: number): Rectangle[] {
	const unit = Math.max(2, Math.round(Math.min(width, height) / 96));
	const [margin, length] = [3 * unit, 10 * unit];
	return [margin, width - margin - length].flatMap((left, column) =>
		[margin, height - margin - length].flatMap((top, row) => [
			{ left, top: top + row * (length - unit), width: length, height: unit, colour: yellow },
			{ left: left + column * (length - unit), top, width: unit, height: length, colour: yellow },
		]),
	);
}

/** Breaks a text into lines of at most so many columns of the font: between words where it can. */
function wrapped(text: string, columns: number): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ').filter((each) => each !== '')) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (widthOf(longer) <= columns) {
			line = longer;
			continue;
		}
		if (line !== '') lines.push(line);
		line = '';
		for (const character of word) {
			if (line !== '' && widthOf(`${line}${character}`) > columns) {
				lines.push(line);
				line = '';
			}
			line += character;
		}
	}
	return line === '' ? lines : [...lines, line];
}

/** Cuts the image at the edges of all rectangles: between two of them all rows are equal. */
function bandsOf(rectangles: readonly Rectangle[], width: number, height: number): readonly Band[] {
	const edges = new Set([0, height]);
	for (const { top, height: ofPart } of rectangles) edges.add(top).add(top + ofPart);
	const sorted = [...edges].sort((one, other) => one - other);
	return sorted.slice(0, -1).map((top, position) => {
		const pixels = new Uint8Array(width).fill(paper);
		for (const part of rectangles) {
			if (part.top > top || part.top + part.height <= top) continue;
			pixels.fill(part.colour, part.left, part.left + part.width);
		}
		return { pixels, rows: (sorted[position + 1] ?? height) - top };
	});
}
