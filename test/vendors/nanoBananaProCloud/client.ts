import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		prompt,
		model: 'nano-banana-pro',
		mode: references.length > 0 ? 'image-to-image' : 'text-to-image',
		aspectRatio: '16:9',
		isPublic: false,
		...(references.length > 0 && { imageUrl: references }),
	}),
	submitPath: '/api/v1/image/nano-banana',
	taskId: 'data.id',
	poll: (taskId) => ({ path: '/api/v1/image/nano-banana/result', json: { taskId } }),
	state: 'data.status',
	urls: (polled) =>
		(valueAt(polled, 'data.results') as unknown[]).map((each) => valueAt(each, 'url') as string),
	words: { inFlight: ['running'], done: 'succeeded', failed: 'failed' },
	cost: 20,
	fields: { ratio: 'aspectRatio', resolution: 'imageSize', references: 'imageUrl' },
	edit: { mode: 'image-to-image' },
	refusalCode: -1,
	ownRefusals: [
		[{ mode: 'image-to-image' }, /requires a reference/],
		[{ aspectRatio: '1:8' }, /belongs to nano-banana-2/],
		[{ isPublic: 'false' }, /isPublic/],
	],
	unknownTask: { status: 200, code: -22 },
};
