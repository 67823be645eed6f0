import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, outputFormats, resolutions } from '../../core/words';

/**
 * https://nanobananapro.cloud/nano-banana-api: sizes, 14 references and one price for each model.
 * `outputFormat` stands only on the page of Nano Banana 2.
 */
const common = {
	resolutions,
	aspectRatios: commonAspectRatios,
	outputFormats,
	maxReferences: 14,
} as const;

export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		...common,
		vendorModel: 'nano-banana-pro',
		listPrice: { unit: 'credits', amount: 20 },
	},
	nanoBanana: {
		...common,
		vendorModel: 'nano-banana',
		listPrice: { unit: 'credits', amount: 15 },
	},
	// https://nanobananapro.cloud/nano-banana-2-api: 8 references, and a price for each size. "Any ratio
	// that Nano Banana supports" is more for this model.
	nanoBanana2: {
		...common,
		vendorModel: 'nano-banana-2',
		aspectRatios,
		maxReferences: 8,
		listPrice: { unit: 'credits', amount: { '1K': 20, '2K': 30, '4K': 50 } },
	},
	nanoBananaFast: {
		...common,
		vendorModel: 'nano-banana-fast',
		listPrice: { unit: 'credits', amount: 5 },
	},
};

export const customModel: ImageVendor['customModel'] = { resolutions, aspectRatios, outputFormats };
