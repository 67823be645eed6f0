import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		model: 'google/nano-banana-pro',
		input: { prompt, aspect_ratio: '16:9', image_urls: references },
	}),
	submitPath: '/api/v1/runs',
	taskId: 'id',
	poll: (taskId) => ({ path: `/api/v1/runs/${taskId}` }),
	state: 'status',
	urls: (polled) => (valueAt(polled, 'output.urls') ?? []) as string[],
	words: { inFlight: ['pending', 'processing'], done: 'succeeded', failed: 'failed' },
	cost: 40_000,
	inner: 'input',
	fields: { ratio: 'aspect_ratio', resolution: 'resolution', references: 'image_urls' },
	ownRefusals: [[{ aspect_ratio: '8:1' }, /has no aspect_ratio 8:1/]],
	unknownTask: { status: 404 },
	tellsBlocked: true,
};
