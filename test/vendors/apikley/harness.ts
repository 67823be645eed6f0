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
			outputFormat: input.output_format,
			mode: undefined,
			numberOfImages: undefined,
			referenceUrls: input.image_input,
		};
	},
	readTaskId: (request) => request.query?.taskId,
	submitted: (taskId) => [{ code: 200, msg: 'success', data: { taskId } }],
	submittedId: ['data', 'taskId'],
	poll: (word, imageUrls) => [
		{
			code: 200,
			message: 'success',
			data: {
				taskId: 'task-1',
				model: 'nano-banana-pro',
				state: word,
				param: JSON.stringify({
					model: 'nano-banana-pro',
					input: { prompt: 'a cat', aspect_ratio: '1:1', resolution: '2K' },
				}),
				resultJson: JSON.stringify({ resultUrls: imageUrls }),
				failCode: '501',
				failMsg: 'the worker gave up',
				creditsConsumed: 4.5,
				createTime: 1_765_178_625_768,
				updateTime: 1_765_178_665_768,
				completeTime: 1_765_178_665_768,
			},
		},
	],
	pollState: ['data', 'state'],
	pollImages: ['data', 'resultJson'],
	uploaded: (url) => [
		{
			success: true,
			code: 200,
			msg: 'File uploaded successfully',
			data: { fileName: 'a.png', filePath: 'n8n/a.png', downloadUrl: url, fileSize: 3 },
		},
	],
	callback: (taskId) => ({
		body: { code: 501, msg: 'failed', data: { taskId, state: 'fail' } },
		query: {},
	}),
	balance: (amount) => [{ code: 200, msg: 'success', data: amount }],
};
