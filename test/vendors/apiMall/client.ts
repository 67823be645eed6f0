import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		model: 'nano-banana-pro',
		type: references.length > 0 ? 'image-to-image' : 'text-to-image',
		prompt,
		aspect_ratio: '16:9',
		resolution: '1K',
		...(references.length > 0 && { image_urls: references }),
	}),
	submitPath: '/api/v1/images/generate',
	taskId: 'data.task_id',
	poll: (taskId) => ({ path: `/api/v1/images/${taskId}` }),
	state: 'data.status',
	urls: (polled) => (valueAt(polled, 'data.output.resultUrls') ?? []) as string[],
	words: { inFlight: ['pending', 'processing'], done: 'completed', failed: 'failed' },
	cost: 8,
	fields: { ratio: 'aspect_ratio', resolution: 'resolution', references: 'image_urls' },
	edit: { type: 'image-to-image' },
	countField: 'num_images',
	ownRefusals: [
		[{ type: 'image-to-image' }, /requires image_urls/],
		[{ num_images: 7 }, /num_images/],
		[{ num_images: '1' }, /num_images/],
		[{ aspect_ratio: 'auto' }, /aspect_ratio/],
	],
	unknownTask: { status: 404 },
	tellsBlocked: true,
	others: {
		balance: { path: '/api/v1/account/balances' },
		upload: { path: '/api/v1/files/base64', json: { data: 'AAAA' } },
	},
};
