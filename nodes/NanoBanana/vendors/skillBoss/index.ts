import type { ImageVendor } from '../../core/vendor';
import { aspectRatios, resolutions } from '../../core/words';
import { cancelTaskRequest, getTaskRequest, submitRequest } from './request';
import { classifyError, readCallback, readCancel, readSubmit, readTask } from './response';

/** https://api.skillboss.co; the ids of its flash models are not published. */
export const skillBoss: ImageVendor = {
	id: 'skillBoss',
	displayName: 'SkillBoss',
	credentialType: 'skillBossApi',
	models: {
		nanoBananaPro: { vendorModel: 'google/gemini-3-pro-image', resolutions, aspectRatios },
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
	submitIsIdempotent: false,
	notice: 'SkillBoss needs a wholesale key: an ordinary console key is refused.',
	submit: { request: submitRequest, read: readSubmit },
	getTask: { request: getTaskRequest, read: readTask },
	cancelTask: { request: cancelTaskRequest, read: readCancel },
	// The vendor also wants a public address, which only it can tell.
	callback: { readTaskId: readCallback, needsHttps: true },
	classifyError,
};
