import { refused, refusedForNow, unclear } from './errors';
import type { VendorHarness } from './types';
import { fieldsOf } from './wire';

function answer(code: number, message: string): unknown {
	return { code, message };
}

export const nanoBananaProCloud: VendorHarness = {
	id: 'nanoBananaProCloud',
	states: { running: 'running', succeeded: 'succeeded', failed: 'failed' },
	documentedStatuses: [400, 401, 402, 500],
	answerFields: [
		'code',
		'message',
		'data',
		'id',
		'results',
		'url',
		'content',
		'progress',
		'status',
		'failure_reason',
		'error',
		'credits_cost',
	],
	errors: [
		refused({
			name: 'bad parameter',
			status: 400,
			body: answer(-1, 'invalid model'),
			code: 'invalidRequest',
			vendorCode: '-1',
			says: 'invalid model',
		}),
		refused({
			name: 'moderated prompt',
			status: 400,
			body: answer(-1, 'prompt violates the content policy'),
			code: 'contentRejected',
		}),
		refused({
			name: 'wrong key',
			status: 401,
			body: answer(-1, 'not logged in'),
			code: 'authentication',
		}),
		refused({
			name: 'no credit',
			status: 402,
			body: answer(-1, 'insufficient credits'),
			code: 'insufficientCredit',
		}),
		refused({ name: 'forbidden', status: 403, body: '', code: 'forbidden' }),
		refusedForNow({
			name: 'too often',
			status: 429,
			body: answer(-1, 'slow down'),
			code: 'rateLimited',
		}),
		unclear({
			name: 'server error',
			status: 500,
			body: answer(-1, 'Nano Banana API key missing'),
			code: 'vendorUnavailable',
		}),
		unclear({
			name: '503 of a gateway',
			status: 503,
			body: '<html>503</html>',
			code: 'vendorUnavailable',
		}),
		refused({
			name: 'not authenticated at HTTP 200',
			status: 200,
			body: answer(-1, 'Not authenticated'),
			code: 'authentication',
		}),
		refused({
			name: 'invalid API key at HTTP 200',
			status: 200,
			body: answer(1, 'Invalid api-key'),
			code: 'authentication',
		}),
		refused({
			name: 'no credit at HTTP 200',
			status: 200,
			body: answer(-1, 'Insufficient credits'),
			code: 'insufficientCredit',
		}),
		refused({
			name: 'moderation at HTTP 200',
			status: 200,
			body: answer(-1, 'input_moderation'),
			code: 'contentRejected',
		}),
		refused({
			name: 'unknown task at HTTP 200',
			status: 200,
			body: answer(-22, 'task does not exist'),
			code: 'notFound',
			codeOnSubmit: 'unsupported',
			vendorCode: '-22',
			taskMayExist: true,
		}),
		refused({
			name: 'bad parameter at HTTP 200',
			status: 200,
			body: answer(-1, 'prompt is required'),
			code: 'invalidRequest',
		}),
		refused({
			name: 'HTTP status as code',
			status: 200,
			body: answer(402, 'no'),
			code: 'insufficientCredit',
		}),
		refused({
			name: '400 as code',
			status: 200,
			body: answer(400, 'no'),
			code: 'invalidRequest',
		}),
		unclear({
			name: '408 as code',
			status: 200,
			body: answer(408, 'no'),
			code: 'vendorUnavailable',
		}),
		refused({
			name: 'a number that is no HTTP status',
			status: 200,
			body: answer(600, 'insufficient credits'),
			code: 'insufficientCredit',
		}),
		refusedForNow({
			name: '429 as code',
			status: 200,
			body: answer(429, 'no'),
			code: 'rateLimited',
		}),
		unclear({
			name: '500 as code',
			status: 200,
			body: answer(500, 'no'),
			code: 'vendorUnavailable',
		}),
		unclear({
			name: 'too often, in words only',
			status: 200,
			body: answer(-1, 'Too many requests'),
			code: 'rateLimited',
		}),
		unclear({
			name: 'unknown words',
			status: 200,
			body: answer(-1, 'Hmm'),
			code: 'vendorUnavailable',
			says: 'Hmm',
		}),
		unclear({
			name: 'no words',
			status: 200,
			body: { code: 7 },
			code: 'vendorUnavailable',
			vendorCode: '7',
		}),
	],

	submitFields: [
		'prompt',
		'model',
		'mode',
		'aspectRatio',
		'imageSize',
		'imageUrl',
		'outputFormat',
		'isPublic',
	],
	submitHeaders: [],
	autoRatio: 'auto',
	modes: { generate: 'text-to-image', edit: 'image-to-image' },
	readWire(request) {
		const fields = fieldsOf(request);
		return {
			model: fields.model,
			prompt: fields.prompt,
			aspectRatio: fields.aspectRatio,
			resolution: fields.imageSize,
			outputFormat: fields.outputFormat,
			mode: fields.mode,
			numberOfImages: undefined,
			referenceUrls: fields.imageUrl,
		};
	},

	submitted: (taskId) => ({
		code: 0,
		message: 'ok',
		data: { id: taskId, results: [], progress: 0, status: 'running', credits_cost: 20 },
	}),
	submittedId: ['data', 'id'],
	look: (word, imageUrls) => ({
		code: 0,
		message: 'ok',
		data: {
			id: 'task-id-xxx',
			results: imageUrls.map((url) => ({ url, content: 'a cat' })),
			progress: 100,
			status: word,
			failure_reason: 'error',
			error: 'the worker gave up',
			credits_cost: 20,
		},
	}),
	lookState: ['data', 'status'],
	lookImages: ['data', 'results'],
};
