import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, outputFormats, resolutions } from '../../core/words';

/**
 * https://www.apimall.ai/docs/model-guides/image-models/nano-banana-pro: sizes and formats. It names
 * neither ratios nor a number of references nor prices.
 */
export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		vendorModel: 'nano-banana-pro',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats,
	},
	// The vendor's general page has it. The first Nano Banana has one size only.
	nanoBanana: {
		vendorModel: 'nano-banana',
		resolutions: [],
		aspectRatios: commonAspectRatios,
		outputFormats,
	},
};

export const customModel: ImageVendor['customModel'] = { resolutions, aspectRatios, outputFormats };
