import type { ImageVendor } from '../../core/vendor';
import { customModel, models } from './models';
import {
	classifyError,
	getBalanceRequest,
	getTaskRequest,
	readBalance,
	readCallback,
	readSubmit,
	readTask,
	readUpload,
	submitRequest,
	uploadReferenceRequest,
} from './api';

/** https://api.apikley.ru, a clone of kie.ai. */
export const apikley: ImageVendor = {
	id: 'apikley',
	displayName: 'Apikley',
	credentialType: 'apikleyApi',
	pages: { apiKeys: 'https://app.apikley.ru/keys', account: 'https://app.apikley.ru' },
	models,
	customModel,
	maxPromptLength: 10_000,
	maxImagesInTask: 1,
	references: {
		delivery: 'upload',
		maxBytes: 30_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	submitIsIdempotent: false,
	costs: { unit: 'credits', isToldBySubmit: false },
	notice: 'Image URLs of Apikley expire after about 24 hours',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: getTaskRequest(taskId),
		read: (response) => readTask(response, taskId),
	}),
	uploadReference: (file) => ({ request: uploadReferenceRequest(file), read: readUpload }),
	getBalance: () => ({ request: getBalanceRequest(), read: readBalance }),
	callback: { readTaskId: readCallback, needsHttps: false },
	classifyError,
};
