import type { ImageVendor } from '../../core/vendor';
import { customModel, models } from './models';
import { classifyError, getTaskRequest, readSubmit, readTask, submitRequest } from './api';

/** https://nanobananapro.cloud; `nano-banana-2` and `outputFormat` stand on its newer page only. */
export const nanoBananaProCloud: ImageVendor = {
	id: 'nanoBananaProCloud',
	displayName: 'Nano Banana Pro Cloud',
	credentialType: 'nanoBananaProCloudApi',
	pages: { apiKeys: 'https://nanobananapro.cloud', account: 'https://nanobananapro.cloud' },
	models,
	customModel,
	maxImagesInTask: 1,
	references: {
		delivery: 'inline',
		noUrlsBesideFiles: true,
		maxBytes: 10_000_000,
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	submitIsIdempotent: false,
	costs: { unit: 'credits', isToldBySubmit: true },
	notice:
		'Credits are charged when a task is submitted and refunded if it fails. Image URLs may expire within hours.',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: getTaskRequest(taskId),
		read: (response) => readTask(response, taskId),
	}),
	classifyError,
};
