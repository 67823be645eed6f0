import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, resolutions } from '../../core/words';
import { getTaskRequest, submitRequest } from './request';
import { classifyError, readSubmit, readTask } from './response';

/** https://runbase.net */
export const runbase: ImageVendor = {
	id: 'runbase',
	displayName: 'Runbase',
	credentialType: 'runbaseApi',
	models: {
		nanoBananaPro: { vendorModel: 'google/nano-banana-pro', resolutions, aspectRatios },
		nanoBanana: { vendorModel: 'google/nano-banana', resolutions: [], aspectRatios },
		nanoBanana2: { vendorModel: 'google/nano-banana-2', resolutions, aspectRatios },
	},
	customModel: { resolutions, aspectRatios },
	maxImagesInTask: 1,
	outputFormats: [],
	// The vendor publishes no number; 14 is what Gemini 3 Pro Image itself takes.
	references: {
		delivery: 'url',
		maxCount: 14,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	requestLimit: { requests: 20, perMs: 10_000 },
	submitIsIdempotent: false,
	submitCostUnit: 'USD',
	submit: { request: submitRequest, read: readSubmit },
	getTask: { request: getTaskRequest, read: readTask },
	classifyError,
};
