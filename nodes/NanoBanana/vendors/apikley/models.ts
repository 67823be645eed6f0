import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, commonAspectRatios, outputFormats, resolutions } from '../../core/words';

/** https://docs.apikley.ru/Google/google-pro-image-to-image names all of it, but no prices. */
export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		vendorModel: 'nano-banana-pro',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats,
		maxReferences: 8,
	},
};

export const customModel: ImageVendor['customModel'] = { resolutions, aspectRatios, outputFormats };
