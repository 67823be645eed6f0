import type { ImageVendor } from '../../../../nodes/NanoBanana/core/vendor';
import { customModel, models } from './models';
import { cancelRequest, stateRequest, submitRequest, uploadRequest } from './request';
import {
	classifyError,
	readCallback,
	readCancel,
	readSubmit,
	readTaskState,
	readUpload,
} from './response';

/** A vendor that exists in the tests only: it differs from the others wherever a vendor can. */
export const example: ImageVendor = {
	id: 'example',
	displayName: 'Example Images',
	credentialType: 'exampleApi',
	pages: { apiKeys: 'https://images.example/keys', account: 'https://images.example' },
	models,
	customModel,
	maxImagesInTask: 4,
	references: {
		delivery: 'upload',
		maxBytes: 20_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 30_000 },
	submitIsIdempotent: false,
	costs: { unit: 'credits', isToldBySubmit: false },
	cancelNotice: 'Only a task that still waits can be canceled',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: stateRequest(taskId),
		read: (response) => readTaskState(response, taskId),
	}),
	cancelTask: (taskId) => ({ request: cancelRequest(taskId), read: readCancel }),
	uploadReference: (file) => ({
		request: uploadRequest(file),
		read: (response) => readUpload(response, file),
	}),
	callback: { readTaskId: readCallback, needsHttps: false },
	classifyError,
};
