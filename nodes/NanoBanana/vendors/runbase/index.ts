import type { ImageVendor } from '../../core/vendor';
import { customModel, models } from './models';
import { classifyError, getTaskRequest, readSubmit, readTask, submitRequest } from './api';

/** https://runbase.net */
export const runbase: ImageVendor = {
	id: 'runbase',
	displayName: 'Runbase',
	credentialType: 'runbaseApi',
	pages: { apiKeys: 'https://runbase.net', account: 'https://runbase.net' },
	models,
	customModel,
	maxImagesInTask: 1,
	references: {
		delivery: 'url',
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	requestLimit: { requests: 20, perMs: 10_000 },
	submitIsIdempotent: false,
	costs: { unit: 'USD', isToldBySubmit: true },
	notice: 'An image is charged when its task is submitted and refunded if the task fails',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: getTaskRequest(taskId),
		read: (response) => readTask(response, taskId),
	}),
	classifyError,
};
