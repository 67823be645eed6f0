import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, outputFormats, resolutions } from '../../core/words';
import { getTaskRequest, submitRequest } from './request';
import { classifyError, readSubmit, readTask } from './response';

/** https://nanobananapro.cloud; `nano-banana-2` and `outputFormat` stand on its newer page only. */
export const nanoBananaProCloud: ImageVendor = {
	id: 'nanoBananaProCloud',
	displayName: 'nanobananapro.cloud',
	credentialType: 'nanoBananaProCloudApi',
	models: {
		nanoBananaPro: { vendorModel: 'nano-banana-pro', resolutions, aspectRatios },
		nanoBanana: { vendorModel: 'nano-banana', resolutions, aspectRatios },
		nanoBanana2: { vendorModel: 'nano-banana-2', resolutions, aspectRatios },
		nanoBananaFast: { vendorModel: 'nano-banana-fast', resolutions, aspectRatios },
	},
	customModel: { resolutions, aspectRatios },
	maxImagesInTask: 1,
	outputFormats,
	// A newer page says 8 references; the vendor's own page for this model says 14.
	references: {
		delivery: 'inline',
		maxCount: 14,
		maxBytes: 10_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	submitIsIdempotent: false,
	submitCostUnit: 'credits',
	submit: { request: submitRequest, read: readSubmit },
	getTask: { request: getTaskRequest, read: readTask },
	classifyError,
};
