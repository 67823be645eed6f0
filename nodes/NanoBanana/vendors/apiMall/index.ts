import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, outputFormats, resolutions } from '../../core/words';
import {
	getBalanceRequest,
	getTaskRequest,
	submitRequest,
	uploadReferenceRequest,
} from './request';
import { classifyError, readBalance, readSubmit, readTask, readUpload } from './response';

/** https://gateway.apimall.ai; its other hosts answer 403. */
export const apiMall: ImageVendor = {
	id: 'apiMall',
	displayName: 'API Mall',
	credentialType: 'apiMallApi',
	models: {
		nanoBananaPro: { vendorModel: 'nano-banana-pro', resolutions, aspectRatios },
		// The page labels `resolution` for newer models; the first Nano Banana has one size only.
		nanoBanana: { vendorModel: 'nano-banana', resolutions: [], aspectRatios },
	},
	customModel: { resolutions, aspectRatios },
	maxImagesInTask: 6,
	outputFormats,
	// The vendor publishes no number of references; 14 is what Gemini 3 Pro Image itself takes.
	references: {
		delivery: 'upload',
		maxCount: 14,
		maxBytes: 100_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 60_000 },
	submitIsIdempotent: true,
	submitCostUnit: 'credits',
	submit: { request: submitRequest, read: readSubmit },
	getTask: { request: getTaskRequest, read: readTask },
	uploadReference: { request: uploadReferenceRequest, read: readUpload },
	getBalance: { request: getBalanceRequest, read: readBalance },
	classifyError,
};
