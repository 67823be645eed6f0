import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, resolutions } from '../../core/words';

/** Each has a page of its own, and its fields on the page …/api below it. */
export const models: ImageVendor['models'] = {
	// https://runbase.net/google/nano-banana-pro/api names neither a number of references nor a price.
	nanoBananaPro: {
		vendorModel: 'google/nano-banana-pro',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats: [],
	},
	// https://runbase.net/google/nano-banana/api
	nanoBanana: {
		vendorModel: 'google/nano-banana',
		resolutions: [],
		aspectRatios: commonAspectRatios,
		outputFormats: [],
		maxReferences: 10,
	},
	// https://runbase.net/google/nano-banana-2
	nanoBanana2: {
		vendorModel: 'google/nano-banana-2',
		resolutions,
		aspectRatios,
		outputFormats: [],
		maxReferences: 14,
		listPrice: { unit: 'USD', amount: { '1K': 0.06, '2K': 0.09, '4K': 0.13 } },
	},
};

export const customModel: ImageVendor['customModel'] = {
	resolutions,
	aspectRatios,
	outputFormats: [],
};
