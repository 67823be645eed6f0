import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';

import { indexedPng, type Band, type Colour } from '../../../nodes/NanoBanana/core/indexedPng';

const palette: readonly Colour[] = [
	[255, 249, 230],
	[1, 2, 3],
	[200, 0, 99],
	[0, 255, 0],
];

/** The colours of all pixels, as another program reads them from the file. */
async function pixelsOf(png: Uint8Array): Promise<{ width: number; colours: string[] }> {
	const image = await loadImage(Buffer.from(png));
	const context = createCanvas(image.width, image.height).getContext('2d');
	context.drawImage(image, 0, 0);
	const { data } = context.getImageData(0, 0, image.width, image.height);
	const colours = Array.from({ length: data.length / 4 }, (_, pixel) =>
		[...data.subarray(4 * pixel, 4 * pixel + 4)].join(),
	);
	return { width: image.width, colours };
}

function coloursOf(bands: readonly Band[]): string[] {
	return bands.flatMap(({ pixels, rows }) =>
		Array.from({ length: rows }, () =>
			[...pixels].map((pixel) => [...(palette[pixel] ?? []), 255].join()),
		).flat(),
	);
}

it('is read by another program, pixel for pixel', async () => {
	const runs = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 40 })), {
		minLength: 1,
		maxLength: 12,
	});
	const image = fc.integer({ min: 1, max: 300 }).chain((width) =>
		fc
			.array(fc.tuple(runs, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 })
			.map((bands): Band[] =>
				bands.map(([colours, rows]) => {
					const row = colours.flatMap(([colour, length]) => Array<number>(length).fill(colour));
					const pixels = Uint8Array.from({ length: width }, (_, x) => row[x % row.length] ?? 0);
					return { pixels, rows };
				}),
			),
	);
	await fc.assert(
		fc.asyncProperty(image, async (bands) => {
			const { width, colours } = await pixelsOf(indexedPng(palette, bands));
			expect(width).toBe(bands[0]?.pixels.length);
			expect(colours).toEqual(coloursOf(bands));
		}),
		{ numRuns: 150 },
	);
});

it.each([
	1, 2, 3, 4, 5, 10, 11, 12, 13, 34, 35, 66, 130, 131, 257, 258, 259, 260, 261, 262, 516, 1033,
])('keeps a run of %d equal bytes', async (bytes) => {
	const before = [1, 2, 3, 0];
	const row = [...before, ...Array<number>(4 * bytes).fill(3), ...before];
	const bands = [{ pixels: Uint8Array.from(row), rows: 2 }];
	expect((await pixelsOf(indexedPng(palette, bands))).colours).toEqual(coloursOf(bands));
});
