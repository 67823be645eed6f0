import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';

import { box, drawable, glyphHeight, glyphOf } from '../../../nodes/NanoBanana/core/pixelFont';
import {
	drawPlaceholder,
	firstWords,
	isPlaceholderId,
	placeholderId,
	placeholderSize,
	readPlaceholderId,
	type Placeholder,
} from '../../../nodes/NanoBanana/core/placeholder';
import { isUsableTaskId, trimmedTaskId } from '../../../nodes/NanoBanana/core/task';
import { aspectRatios, resolutions } from '../../../nodes/NanoBanana/core/words';
import { wellFormedText } from '../../wellFormedText';

const lamp =
	'A product photo of a ceramic lamp on a walnut desk, soft morning light, 50 mm, shallow depth of field';

function placeholder(
	changes: Partial<Placeholder> & { readonly prompt?: string } = {},
): Placeholder {
	const { prompt = lamp, ...others } = changes;
	return { aspectRatio: '1:1', resolution: '1K', images: 1, words: firstWords(prompt), ...others };
}

describe('its id', () => {
	it('says all of it, in a form that can be read', () => {
		const id = placeholderId(
			placeholder({ prompt: 'A red bicycle, 50% off', aspectRatio: '16:9', resolution: '4K' }),
			'3f9c1e07',
		);
		expect(id).toBe('placeholder-4K-16x9-1-A_red_bicycle~2c_50~25_off-3f9c1e07');
		expect(isPlaceholderId(id)).toBe(true);
		expect(readPlaceholderId(id)).toEqual({
			aspectRatio: '16:9',
			resolution: '4K',
			images: 1,
			words: 'A red bicycle, 50% off',
		});
	});

	it('comes back whole for any prompt, and is a usable id', () => {
		fc.assert(
			fc.property(
				fc.oneof(wellFormedText({ maxLength: 300 }), fc.lorem()),
				fc.constantFrom(...aspectRatios),
				fc.constantFrom(...resolutions),
				fc.integer({ min: 1, max: 6 }),
				(prompt, aspectRatio, resolution, images) => {
					const asked = placeholder({ prompt, aspectRatio, resolution, images });
					const id = placeholderId(asked, '0a1b2c3d');
					expect(readPlaceholderId(id)).toEqual(asked);
					expect(isUsableTaskId(id)).toBe(true);
					expect(trimmedTaskId(id)).toBe(id);
					expect(id).toMatch(/^[\w.~-]+$/);
					expect(id.length).toBeLessThan(260);
				},
			),
		);
	});

	it.each([
		'placeholder-',
		'placeholder-1',
		'placeholder-8K-1x1-1-a-b',
		'placeholder-1K-7x5-1-a-b',
		'placeholder-1K-1x1-0-a-b',
		'placeholder-1K-1x1-7-a-b',
		'placeholder-1K-1x1-12-a-b',
		'placeholder-1K-1x1-1-a',
	])('is not read from %s', (id) => {
		expect(readPlaceholderId(id)).toBeUndefined();
	});
});

describe('the first words of a prompt', () => {
	it.each([
		['stay whole where they are few', 'A red bicycle', 'A red bicycle'],
		['end between words', lamp, 'A product photo of a ceramic lamp on a walnut desk, soft...'],
		['end within a word that is too long', 'x'.repeat(200), `${'x'.repeat(61)}...`],
		['lose line breaks', ' A\n\n red\tbicycle ', 'A red bicycle'],
		[
			'lose accents',
			'Crème brûlée, café, Ångström, Łódź, Straße, ÆØÅ',
			'Creme brulee, cafe, Angstrom, Lodz, Strasse, AeOA',
		],
		['are spelled in Latin letters', 'Ёж и щука, Крым', 'Ezh i shchuka, Krym'],
		['have plain signs', '“Hello” — it’s…', '"Hello" - it\'s...'],
		['have a box for what cannot be drawn', '猫 and 🍌', `${box} and ${box}`],
		['may be none', '\u200b\u0301', ''],
	])('%s', (_what, prompt, words) => {
		expect(firstWords(prompt)).toBe(words);
	});

	it('can all be drawn', () => {
		fc.assert(
			fc.property(wellFormedText(), (text) => {
				for (const character of drawable(text)) {
					const isBox = glyphOf(character) === glyphOf(box);
					expect(isBox).toBe(character === box);
				}
			}),
		);
	});
});

it('has a glyph of one height and width for each sign of ASCII', () => {
	for (let code = 0x21; code < 0x7f; code++) {
		const character = String.fromCharCode(code);
		// A grave accent alone is drawn as an apostrophe.
		const { width, rows } = glyphOf(drawable(character));
		expect(rows).toHaveLength(glyphHeight);
		for (const row of rows) expect(row).toMatch(new RegExp(`^[.#]{${width}}$`));
		expect(rows.join('')).toContain('#');
	}
});

it.each(aspectRatios)('has the ratio %s, at each size', (aspectRatio) => {
	for (const resolution of resolutions) {
		const { width, height } = placeholderSize({ aspectRatio, resolution });
		const [across, down] = (aspectRatio === 'auto' ? '1:1' : aspectRatio).split(':').map(Number);
		expect(width / height / (across! / down!)).toBeCloseTo(1, 1);
		const megapixels = (width * height) / 1024 ** 2 / Number(resolution[0]) ** 2;
		expect(megapixels).toBeGreaterThan(0.9);
		expect(megapixels).toBeLessThan(1.15);
	}
});

it.each(aspectRatios)('is a small, sound PNG in %s and 4K', async (aspectRatio) => {
	const asked = placeholder({ aspectRatio, resolution: '4K' });
	const png = Buffer.from(drawPlaceholder(asked, 'Vendor'));
	expect(png.length).toBeLessThan(80_000);
	const { width, height } = await loadImage(png);
	expect({ width, height }).toEqual(placeholderSize(asked));
});

it.each(aspectRatios)(
	'has the words in the middle of %s and nothing at the edge',
	async (ratio) => {
		const asked = placeholder({ aspectRatio: ratio });
		const { width, height } = placeholderSize(asked);
		const context = createCanvas(width, height).getContext('2d');
		context.drawImage(await loadImage(Buffer.from(drawPlaceholder(asked, 'Vendor'))), 0, 0);
		const { data } = context.getImageData(0, 0, width, height);
		const [left, top] = [Math.floor(width * 0.07), Math.floor(height * 0.07)];
		let ink = 0;
		let inkAtEdge = 0;
		for (let pixel = 0; pixel < width * height; pixel++) {
			if (data[4 * pixel]! > 100) continue;
			const [x, y] = [pixel % width, Math.floor(pixel / width)];
			const isWithin = x >= left && x < width - left && y >= top && y < height - top;
			if (isWithin) ink++;
			else inkAtEdge++;
		}
		expect([...data.subarray(0, 3)]).toEqual([255, 249, 230]);
		expect(inkAtEdge).toBe(0);
		expect(ink).toBeGreaterThan(width * height * 0.005);
	},
);

it('shows other words by another image, and the vendor', () => {
	const one = drawPlaceholder(placeholder({ prompt: 'A cat' }), 'Vendor');
	expect(one).toEqual(drawPlaceholder(placeholder({ prompt: 'A cat' }), 'Vendor'));
	expect(one).not.toEqual(drawPlaceholder(placeholder({ prompt: 'A car' }), 'Vendor'));
	expect(one).not.toEqual(drawPlaceholder(placeholder({ prompt: 'A cat' }), 'Another'));
});
