import { jsonBody } from '../../contract/wire';
import type { VendorHarness } from '../types';

export const harness: VendorHarness = {
	readWire(request) {
		const body = jsonBody(request);
		return {
			model: body.model,
			prompt: body.prompt,
			aspectRatio: body.aspect_ratio,
			resolution: body.resolution,
			outputFormat: body.output_format,
			mode: body.type,
			numberOfImages: body.num_images,
			referenceUrls: body.image_urls,
		};
	},
	readTaskId: (request) => request.path.split('/').map(decodeURIComponent).pop(),
	submitted: (taskId) => [
		{
			success: true,
			data: {
				task_id: taskId,
				request_id: 'provider_req_1',
				credits_used: 8,
				remaining_credits: 112,
				model: 'nano-banana-pro',
			},
			request_id: 'req_1',
		},
	],
	submittedId: ['data', 'task_id'],
	poll: (word, imageUrls) => [
		{
			success: true,
			data: {
				task_id: 'task-1',
				model: 'nano-banana-pro',
				status: word,
				output: { resultUrls: imageUrls },
				primary_url: null,
				image_url: null,
				error_message: 'the worker gave up',
				credits_used: 8,
				credits_refunded: 0,
				created_at: '2026-03-12T09:30:00.000Z',
				updated_at: '2026-03-12T09:31:06.000Z',
				completed_at: '2026-03-12T09:31:06.000Z',
			},
			request_id: 'req_1',
		},
	],
	pollState: ['data', 'status'],
	pollImages: ['data', 'output'],
	uploaded: (url) => [
		{
			upload_url: 'https://uploads.example/a.png?signature=1',
			public_url: url,
			key: 'uploads/a.png',
			expires_in: 3600,
		},
		'',
	],
	balance: (amount) => [{ success: true, data: { credits: amount, api_credits: 3 } }],
};
