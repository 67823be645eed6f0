import { warningsOfImage } from '../../../nodes/NanoBanana/core/imageWarnings';
import { commonRatios, pixelSize } from '../../sandbox/pictureSizes';

const image = { mediaType: 'image/png', hasEnd: true, width: 1024, height: 1024 } as const;
const nothing = { aspectRatio: null, resolution: null, outputFormat: undefined };

describe('an image that is other than it was ordered', () => {
	it.each<[string | null, string | null, number, number, string]>([
		['9:16', '4K', 1024, 1024, 'Asked for 4K 9:16, got 1024 × 1024.'],
		['16:9', '1K', 768, 1376, 'Asked for 1K 16:9, got 768 × 1376.'],
		['1:1', '4K', 2048, 2048, 'Asked for 4K 1:1, got 2048 × 2048.'],
		['1:1', '1K', 2048, 2048, 'Asked for 1K 1:1, got 2048 × 2048.'],
		['auto', '2K', 1024, 1024, 'Asked for 2K, got 1024 × 1024.'],
		['3:4', null, 1024, 1280, 'Asked for 3:4, got 1024 × 1280.'],
	])('%s %s: %i × %i', (aspectRatio, resolution, width, height, warning) => {
		const ordered = { ...nothing, aspectRatio, resolution };
		expect(warningsOfImage(ordered, { ...image, width, height })).toEqual([warning]);
	});

	const published = commonRatios.flatMap((ratio) =>
		['1K', '2K', '4K'].map((resolution) => {
			const { width, height } = pixelSize(ratio, resolution);
			return [ratio, resolution, width, height] as const;
		}),
	);

	it.each([
		...published,
		// Of the older models, whose sizes are farther from their ratios.
		...([
			['5:4', '1K', 1152, 896],
			['4:3', '1K', 1184, 864],
			['21:9', '1K', 1536, 672],
			['16:9', '1K', 1344, 768],
			['16:9', '4K', 3840, 2160],
			['auto', '1K', 900, 1300],
			['strange', 'huge', 10, 10],
			[null, null, 10, 10],
		] as const),
	])('%s %s: %i × %i is as ordered', (aspectRatio, resolution, width, height) => {
		const ordered = { ...nothing, aspectRatio, resolution };
		expect(warningsOfImage(ordered, { ...image, width, height })).toEqual([]);
	});
});

it('an unusual type is named, a usual one is not', () => {
	const asked = { ...nothing, outputFormat: 'png' };
	const came = { ...image, mediaType: 'image/avif' } as const;
	expect(warningsOfImage(asked, came)).toEqual([expect.stringMatching(/^Asked for PNG, got AVIF/)]);
	expect(warningsOfImage(nothing, came)).toEqual([expect.stringMatching(/came as AVIF/)]);
	expect(warningsOfImage(asked, { ...image, mediaType: 'image/webp' })).toEqual([]);
});

it('what is not known of an image is said', () => {
	const ordered = { ...nothing, aspectRatio: '1:1', resolution: '1K' };
	expect(warningsOfImage(ordered, { ...image, width: null, height: null, hasEnd: false })).toEqual([
		expect.stringContaining('width and height'),
		expect.stringContaining('cut off'),
	]);
});
