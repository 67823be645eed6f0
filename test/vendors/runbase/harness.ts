import { jsonBody, nested } from '../../contract/wire';
import type { VendorHarness } from '../types';

export const harness: VendorHarness = {
	readWire(request) {
		const body = jsonBody(request);
		const input = nested(body, 'input');
		return {
			model: body.model,
			prompt: input.prompt,
			aspectRatio: input.aspect_ratio,
			resolution: input.resolution,
			outputFormat: undefined,
			mode: undefined,
			numberOfImages: undefined,
			referenceUrls: input.image_urls,
		};
	},
	readTaskId: (request) => request.path.split('/').map(decodeURIComponent).pop(),
	submitted: (taskId) => [
		{
			id: taskId,
			model: 'google/nano-banana-pro',
			status: 'pending',
			costUsd: 40_000,
		},
	],
	submittedId: ['id'],
	poll: (word, imageUrls) => [
		{
			id: 'task-1',
			status: word,
			model: 'google/nano-banana-pro',
			costUsd: 40_000,
			output: { urls: imageUrls },
			error: { message: 'the worker gave up', code: 'generation_failed' },
			createdAt: '2026-03-12T09:30:00.000Z',
			completedAt: '2026-03-12T09:31:06.000Z',
		},
	],
	pollState: ['status'],
	pollImages: ['output', 'urls'],
};
