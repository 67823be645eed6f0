import { valueAt } from '../../sandbox/values';
import type { VendorClient } from '../types';

export const client: VendorClient = {
	submitBody: (prompt, references = []) => ({
		model: 'nano-banana-pro',
		input: { prompt, image_input: references, aspect_ratio: '16:9', resolution: '1K' },
	}),
	submitPath: '/api/v1/jobs/createTask',
	taskId: 'data.taskId',
	poll: (taskId) => ({ path: `/api/v1/jobs/recordInfo?taskId=${taskId}` }),
	state: 'data.state',
	onlyInPoll: 'message',
	urls: (polled) => {
		const result = valueAt(polled, 'data.resultJson');
		return typeof result === 'string' && result !== ''
			? (JSON.parse(result) as { resultUrls: string[] }).resultUrls
			: [];
	},
	words: { inFlight: ['waiting', 'queuing', 'generating'], done: 'success', failed: 'fail' },
	cost: 4.5,
	inner: 'input',
	fields: { ratio: 'aspect_ratio', resolution: 'resolution', references: 'image_input' },
	refusalCode: 422,
	refusalStatus: 200,
	errorCodeAt: 'code',
	ownRefusals: [
		[{ output_format: 'jpeg' }, /output_format/],
		[{ prompt: 'x'.repeat(10_001) }, /at most 10000/],
		[{ image_input: Array(9).fill('https://example.com/a.png') }, /at most 8/],
	],
	unknownTask: { status: 200, code: 422 },
	delivery: (taskId) => ({
		body: {
			code: 200,
			msg: 'success',
			data: { taskId, state: 'success', resultJson: '' },
		},
		query: {},
	}),
	others: {
		balance: { path: '/api/v1/chat/credit' },
		upload: {
			path: '/file-upload/api/file-stream-upload',
			form: { file: 'x', uploadPath: 'x' },
		},
	},
};
