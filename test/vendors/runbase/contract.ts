import { refused, refusedForNow, unclear } from './errors';
import type { VendorHarness } from './types';
import { jsonBody, nested } from './wire';

function at(status: number, code: string) {
	return {
		name: `${status} ${code}`,
		status,
		body: { error: { message: `It is ${code}`, code } },
		vendorCode: code,
		says: `It is ${code}`,
	};
}

export const runbase: VendorHarness = {
	id: 'runbase',
	states: {
		pending: 'queued',
		processing: 'running',
		running: 'running',
		succeeded: 'succeeded',
		failed: 'failed',
	},
	documentedStatuses: [400, 401, 402, 403, 404, 429, 500],
	answerFields: [
		'id',
		'model',
		'status',
		'costUsd',
		'output',
		'urls',
		'createdAt',
		'completedAt',
		'error',
		'message',
		'code',
	],
	errors: [
		...['invalid_json', 'missing_model', 'missing_input', 'invalid_input', 'model_not_found'].map(
			(code) => refused({ ...at(400, code), code: 'invalidRequest' }),
		),
		refused({ ...at(401, 'missing_api_key'), code: 'authentication' }),
		refused({ ...at(401, 'invalid_api_key'), code: 'authentication' }),
		refused({ ...at(402, 'insufficient_balance'), code: 'insufficientCredit' }),
		refused({ ...at(403, 'api_key_spend_limit_exceeded'), code: 'forbidden', hint: /spend limit/ }),
		refused({ ...at(403, 'ip_not_allowed'), code: 'forbidden', hint: /IP address/ }),
		refused({ ...at(404, 'run_not_found'), code: 'notFound', codeOnSubmit: 'unsupported' }),
		refusedForNow({ ...at(429, 'RATE_LIMITED'), code: 'rateLimited' }),
		refused({ ...at(429, 'USAGE_EXCEEDED'), code: 'insufficientCredit', hint: /usage limit/ }),
		unclear({ ...at(500, 'internal_error'), code: 'vendorUnavailable' }),
		refusedForNow({ name: '429 of a gateway', status: 429, body: '', code: 'rateLimited' }),
		unclear({
			name: '503 of a gateway',
			status: 503,
			body: '<html>503</html>',
			code: 'vendorUnavailable',
		}),
		refused({ ...at(200, 'insufficient_balance'), code: 'insufficientCredit' }),
		refused({
			name: 'error as text',
			status: 401,
			body: { error: 'No key' },
			code: 'authentication',
			says: 'No key',
		}),
		unclear({
			name: 'unknown error at HTTP 200',
			status: 200,
			body: { error: 'Hmm' },
			code: 'vendorUnavailable',
		}),
	],

	submitFields: [
		'model',
		'input.prompt',
		'input.aspect_ratio',
		'input.resolution',
		'input.image_urls',
	],
	submitHeaders: [],
	autoRatio: 'auto',
	modes: { generate: undefined, edit: undefined },
	readWire(request) {
		const body = jsonBody(request);
		const input = nested(body, 'input');
		return {
			model: body.model,
			prompt: input.prompt,
			aspectRatio: input.aspect_ratio,
			resolution: input.resolution,
			outputFormat: undefined,
			mode: undefined,
			numberOfImages: undefined,
			referenceUrls: input.image_urls,
		};
	},

	submitted: (taskId) => ({
		id: taskId,
		model: 'google/nano-banana-pro',
		status: 'pending',
		costUsd: 40_000,
	}),
	submittedId: ['id'],
	look: (word, imageUrls) => ({
		id: 'run_1',
		status: word,
		model: 'google/nano-banana-pro',
		costUsd: 40_000,
		output: { urls: imageUrls },
		error: { message: 'the worker gave up', code: 'generation_failed' },
		createdAt: '2026-03-12T09:30:00.000Z',
		completedAt: '2026-03-12T09:31:06.000Z',
	}),
	lookState: ['status'],
	lookImages: ['output', 'urls'],
};
