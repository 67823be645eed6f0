import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, resolutions } from '../../core/words';

/**
 * https://www.skillboss.co/api-docs/nano-banana-pro names this model and shows the size 2K and the ratio
 * 1:1. Prices are those of each contract; the ids of the flash models are not published.
 */
export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		vendorModel: 'google/gemini-3-pro-image',
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
