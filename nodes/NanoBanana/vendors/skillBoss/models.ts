import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, resolutions } from '../../core/words';

/**
 * https://www.skillboss.co/api-docs/nano-banana-pro names this model and shows the size 2K and the ratio
 * 1:1. Prices are those of each contract. The product page of Nano Banana 2 has a request with its id.
 */
export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		vendorModel: 'google/gemini-3-pro-image',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats: [],
	},
	// Whether a wholesale key may use it is not known.
	nanoBanana2: {
		vendorModel: 'google/gemini-3.1-flash-image-preview',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats: [],
	},
};

export const customModel: ImageVendor['customModel'] = {
	resolutions,
	aspectRatios,
	outputFormats: [],
};
