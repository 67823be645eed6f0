import { jsonBody, nested } from '../../contract/wire';
import type { VendorHarness } from '../types';

export const harness: VendorHarness = {
	readWire(request) {
		const body = jsonBody(request);
		const inputs = nested(body, 'inputs');
		return {
			model: body.model,
			prompt: inputs.prompt,
			aspectRatio: inputs.aspect_ratio,
			resolution: inputs.image_size,
			outputFormat: undefined,
			mode: undefined,
			numberOfImages: undefined,
			referenceUrls: inputs.image_urls,
		};
	},
	readTaskId: (request) => request.path.split('/').map(decodeURIComponent).pop(),
	submitted: (taskId) => [
		{
			request_id: taskId,
			status: 'IN_QUEUE',
			status_url: `https://api.skillboss.co/v1/run/status/${taskId}`,
			cancel_url: `https://api.skillboss.co/v1/run/cancel/${taskId}`,
		},
	],
	submittedId: ['request_id'],
	poll: (word, imageUrls) => [
		{
			request_id: 'task-1',
			status: word,
			result: {
				generated_images: imageUrls,
				text_response: '',
				finish_reason: 'STOP',
				usage: { input_tokens: 271, output_tokens: 1120 },
			},
			error: 'the worker gave up',
		},
	],
	pollState: ['status'],
	pollImages: ['result', 'generated_images'],
	callback: (taskId) => ({
		body: { request_id: taskId, status: 'OK', payload: null, error: null },
		query: {},
	}),
	canceled: () => [{ cancelled: true }],
};
