import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		model: 'google/gemini-3-pro-image',
		async: true,
		inputs: { prompt, image_urls: references, image_size: '1K', aspect_ratio: '16:9' },
	}),
	submitPath: '/v1/run',
	taskId: 'request_id',
	poll: (taskId) => ({ path: `/v1/run/status/${taskId}` }),
	state: 'status',
	onlyInPoll: 'result',
	urls: (polled) => (valueAt(polled, 'result.generated_images') ?? []) as string[],
	words: { inFlight: ['IN_QUEUE', 'IN_PROGRESS'], done: 'COMPLETED', failed: 'FAILED' },
	cost: 134,
	inner: 'inputs',
	fields: { ratio: 'aspect_ratio', resolution: 'image_size', references: 'image_urls' },
	ownRefusals: [[{ aspect_ratio: 'auto' }, /aspect_ratio/]],
	unknownTask: { status: 404 },
	tellsBlocked: true,
	delivery: (taskId) => ({
		body: {
			request_id: taskId,
			status: 'OK',
			payload: { generated_images: [] },
			error: null,
		},
		query: {},
	}),
	others: { cancel: { path: '/v1/run/cancel/nothing', method: 'POST' } },
};
