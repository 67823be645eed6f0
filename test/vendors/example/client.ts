import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		text: prompt,
		count: 1,
		ratio: '16:9',
		...(references.length > 0 && { images: references }),
	}),
	submitPath: '/v2/models/nano-banana-pro/images',
	taskId: 'task',
	poll: (taskId) => ({ path: `/v2/tasks/${taskId}/state` }),
	result: (taskId) => ({ path: `/v2/tasks/${taskId}/result` }),
	state: 'state',
	onlyInPoll: 'images',
	urls: (polled) =>
		((valueAt(polled, 'images') ?? []) as unknown[]).map((each) => valueAt(each, 'href') as string),
	words: { inFlight: ['waiting', 'drawing'], done: 'done', failed: 'broken' },
	cost: 12,
	fields: { prompt: 'text', ratio: 'ratio', resolution: 'size', references: 'images' },
	countField: 'count',
	modelIsInPath: true,
	ownRefusals: [
		[{ count: 5 }, /count/],
		[{ type: 'webp' }, /type/],
		[{ ratio: 'auto' }, /ratio/],
	],
	unknownTask: { status: 404 },
	tellsBlocked: true,
	nameInCallback: shortNameOf,
	delivery: (taskId) => ({ body: { state: 'done' }, query: { task: shortNameOf(taskId) } }),
	others: {
		cancel: { path: '/v2/tasks/nano-banana-pro.00000000/cancel', method: 'PUT' },
		upload: { path: '/v2/uploads', json: { name: 'x.png', type: 'image/png', bytes: 4 } },
	},
};

/** Callbacks name a task without its model. */
export function shortNameOf(taskId: string): string {
	return taskId.split('.').at(-1) ?? '';
}
