import { refused, refusedForNow, unclear } from './errors';
import type { VendorHarness } from './types';
import { jsonBody, nested } from './wire';

function error(message: string, code: string): unknown {
	return { error: { message, type: 'invalid_request_error', code } };
}

export const skillBoss: VendorHarness = {
	id: 'skillBoss',
	states: {
		IN_QUEUE: 'queued',
		IN_PROGRESS: 'running',
		COMPLETED: 'succeeded',
		FAILED: 'failed',
		CANCELLED: 'canceled',
	},
	documentedStatuses: [400, 401, 402, 403, 404, 409, 429, 500, 503],
	answerFields: [
		'request_id',
		'status',
		'status_url',
		'cancel_url',
		'result',
		'generated_images',
		'text_response',
		'finish_reason',
		'usage',
		'error',
		'message',
		'type',
		'code',
		'detail',
		'required_credits',
		'cancelled',
	],
	errors: [
		refused({
			name: 'bad parameter',
			status: 400,
			body: error('image_size is wrong', 'invalid_request'),
			code: 'invalidRequest',
			vendorCode: 'invalid_request',
			says: 'image_size is wrong',
		}),
		refused({
			name: 'moderated prompt',
			status: 400,
			body: error('Blocked by content policy', 'invalid_request'),
			code: 'contentRejected',
		}),
		refused({
			name: 'wrong key',
			status: 401,
			body: error('Bad key', 'invalid_api_key'),
			code: 'authentication',
			vendorCode: 'invalid_api_key',
			hint: /wholesale/,
		}),
		refused({
			name: 'no key',
			status: 401,
			body: error('No key', 'missing_authorization'),
			code: 'authentication',
			vendorCode: 'missing_authorization',
		}),
		refused({
			name: 'no credit',
			status: 402,
			body: {
				error: {
					message: 'Not enough',
					type: 'billing_error',
					code: 'insufficient_balance',
					required_credits: 134,
				},
			},
			code: 'insufficientCredit',
			vendorCode: 'insufficient_balance',
			hint: /needs 134 credits/,
		}),
		refused({ name: 'forbidden', status: 403, body: error('No', 'forbidden'), code: 'forbidden' }),
		refused({
			name: 'unknown request',
			status: 404,
			body: error('Unknown request', 'not_found'),
			code: 'notFound',
			codeOnSubmit: 'unsupported',
		}),
		refused({
			name: 'conflict',
			status: 409,
			body: error('Already started', 'conflict'),
			code: 'conflict',
		}),
		refusedForNow({
			name: 'too often',
			status: 429,
			body: error('Slow down', 'rate_limited'),
			code: 'rateLimited',
		}),
		unclear({
			name: 'server error',
			status: 500,
			body: error('Oops', 'internal_error'),
			code: 'vendorUnavailable',
		}),
		refusedForNow({
			name: 'documented 503',
			status: 503,
			body: error('Busy', 'service_unavailable'),
			code: 'vendorUnavailable',
		}),
		unclear({
			name: '503 of a gateway',
			status: 503,
			body: '<html><h1>503</h1></html>',
			code: 'vendorUnavailable',
			says: '503',
		}),
		unclear({
			name: '503 with a text',
			status: 503,
			body: { detail: 'no healthy upstream' },
			code: 'vendorUnavailable',
			says: 'no healthy upstream',
		}),
		refused({
			name: 'detail as text',
			status: 400,
			body: { detail: 'model is required' },
			code: 'invalidRequest',
			says: 'model is required',
		}),
		refused({
			name: 'error as text',
			status: 401,
			body: { error: 'Invalid key' },
			code: 'authentication',
			says: 'Invalid key',
		}),
		refused({
			name: 'error at HTTP 200',
			status: 200,
			body: error('Bad key', 'invalid_api_key'),
			code: 'authentication',
		}),
		unclear({
			name: 'error without a known word at HTTP 200',
			status: 200,
			body: { error: 'Hmm' },
			code: 'vendorUnavailable',
		}),
	],

	submitFields: [
		'model',
		'async',
		'webhook_url',
		'inputs.prompt',
		'inputs.image_urls',
		'inputs.image_size',
		'inputs.aspect_ratio',
	],
	submitHeaders: [],
	autoRatio: undefined,
	modes: { generate: undefined, edit: undefined },
	readWire(request) {
		const body = jsonBody(request);
		const inputs = nested(body, 'inputs');
		return {
			model: body.model,
			prompt: inputs.prompt,
			aspectRatio: inputs.aspect_ratio,
			resolution: inputs.image_size,
			outputFormat: undefined,
			mode: undefined,
			numberOfImages: undefined,
			referenceUrls: inputs.image_urls,
		};
	},

	submitted: (taskId) => ({
		request_id: taskId,
		status: 'IN_QUEUE',
		status_url: `https://api.skillboss.co/v1/run/status/${taskId}`,
		cancel_url: `https://api.skillboss.co/v1/run/cancel/${taskId}`,
	}),
	submittedId: ['request_id'],
	look: (word, imageUrls) => ({
		request_id: 'c546520207fb4b68b0adce825f9dcf6d',
		status: word,
		result: {
			generated_images: imageUrls,
			text_response: 'Here you are',
			finish_reason: 'STOP',
			usage: { input_tokens: 271, output_tokens: 1120 },
		},
		error: 'the worker gave up',
	}),
	lookState: ['status'],
	lookImages: ['result', 'generated_images'],
	callback: (taskId) => ({ request_id: taskId, status: 'OK', payload: null, error: null }),
	callbackField: 'webhook_url',
	canceled: () => ({ cancelled: true }),
};
