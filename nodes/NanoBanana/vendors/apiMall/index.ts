import type { ImageVendor } from '../../core/vendor';
import { customModel, models } from './models';
import {
	classifyError,
	getBalanceRequest,
	getTaskRequest,
	readBalance,
	readSubmit,
	readTask,
	readUploadUrl,
	submitRequest,
	uploadUrlRequest,
} from './api';

/** https://gateway.apimall.ai; its other hosts answer 403. */
export const apiMall: ImageVendor = {
	id: 'apiMall',
	displayName: 'API Mall',
	credentialType: 'apiMallApi',
	pages: { apiKeys: 'https://www.apimall.ai/api-keys', account: 'https://www.apimall.ai' },
	models,
	customModel,
	maxImagesInTask: 6,
	references: {
		delivery: 'upload',
		maxBytes: 100_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 60_000 },
	submitIsIdempotent: true,
	costs: { unit: 'credits', isToldBySubmit: true },
	notice:
		'Credits are charged when a task is submitted. If it fails, they are refunded, sometimes only in part. Images may come as WebP whatever format you choose.',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: getTaskRequest(taskId),
		read: (response) => readTask(response, taskId),
	}),
	uploadReference: (file) => ({
		request: uploadUrlRequest(file),
		read: (response) => readUploadUrl(response, file),
	}),
	getBalance: () => ({ request: getBalanceRequest(), read: readBalance }),
	classifyError,
};
