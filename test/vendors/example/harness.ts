import { jsonBody } from '../../contract/wire';
import type { VendorHarness } from '../types';
import { shortNameOf } from './client';

export const harness: VendorHarness = {
	readWire(request) {
		const body = jsonBody(request);
		const [, , , model = ''] = 'path' in request ? request.path.split('/') : [];
		return {
			model: decodeURIComponent(model),
			prompt: body.text,
			aspectRatio: body.ratio,
			resolution: body.size,
			outputFormat: body.type,
			mode: undefined,
			numberOfImages: body.count,
			referenceUrls: body.images,
		};
	},
	readTaskId: (request) => decodeURIComponent(request.path.split('/')[3] ?? ''),
	submitted: (taskId) => [{ task: taskId, state: 'waiting' }],
	submittedId: ['task'],
	poll: (word, imageUrls) => [
		{
			task: 'task-1',
			state: word,
			reason: 'the worker gave up',
			spent: 12,
		},
		...(word === 'done' ? [{ images: imageUrls.map((href) => ({ href })), spent: 12 }] : []),
	],
	pollState: ['state'],
	pollImages: ['images'],
	uploaded: (url) => [{ put: 'https://put.example/a.png?signature=1', get: url }, ''],
	canceled: () => [{ stopped: true }],
	callback: (taskId) => ({ body: { state: 'done' }, query: { task: shortNameOf(taskId) } }),
};
