import type { ImageVendor } from '../../../../nodes/NanoBanana/core/vendor';
import {
	aspectRatios,
	commonAspectRatios,
	outputFormats,
	resolutions,
} from '../../../../nodes/NanoBanana/core/words';

/** The vendor's page names one model and its price. */
export const models: ImageVendor['models'] = {
	nanoBananaPro: {
		vendorModel: 'nano-banana-pro',
		resolutions,
		aspectRatios: commonAspectRatios,
		outputFormats,
		maxReferences: 6,
		listPrice: { unit: 'credits', amount: 12 },
	},
};

export const customModel: ImageVendor['customModel'] = { resolutions, aspectRatios, outputFormats };
