import { fieldsOf, jsonBody } from '../../contract/wire';
import type { VendorHarness } from '../types';

export const harness: VendorHarness = {
	readWire(request) {
		const fields = fieldsOf(request);
		return {
			model: fields.model,
			prompt: fields.prompt,
			aspectRatio: fields.aspectRatio,
			resolution: fields.imageSize,
			outputFormat: fields.outputFormat,
			mode: fields.mode,
			numberOfImages: undefined,
			referenceUrls: fields.imageUrl,
		};
	},
	readTaskId: (request) => jsonBody(request).taskId,
	submitted: (taskId) => [
		{
			code: 0,
			message: 'ok',
			data: { id: taskId, results: [], progress: 0, status: 'running', credits_cost: 20 },
		},
	],
	submittedId: ['data', 'id'],
	poll: (word, imageUrls) => [
		{
			code: 0,
			message: 'ok',
			data: {
				id: 'task-1',
				results: imageUrls.map((url) => ({ url, content: 'a cat' })),
				progress: 100,
				status: word,
				failure_reason: 'error',
				error: 'the worker gave up',
				credits_cost: 20,
			},
		},
	],
	pollState: ['data', 'status'],
	pollImages: ['data', 'results'],
};
