import { refused, refusedForNow, unclear } from '../../contract/documentedErrors';
import type { VendorFacts } from '../types';

function at(status: number, code: string) {
	return {
		name: `${status} ${code}`,
		status,
		body: { error: { message: `It is ${code}`, code } },
		vendorCode: code,
		says: `It is ${code}`,
	};
}

export const facts: VendorFacts = {
	id: 'runbase',
	page: 'docs/vendors/runbase.md',
	models: {
		nanoBananaPro: {
			vendorModel: 'google/nano-banana-pro',
			about: '1K, 2K or 4K',
			ratios: 11,
			formats: '',
			references: undefined,
		},
		nanoBanana: {
			vendorModel: 'google/nano-banana',
			about: 'One size',
			ratios: 11,
			formats: '',
			references: 10,
		},
		nanoBanana2: {
			vendorModel: 'google/nano-banana-2',
			about: '1K, 2K or 4K · $0.06, 2K $0.09, 4K $0.13',
			ratios: 15,
			formats: '',
			references: 14,
		},
	},
	abilities: { references: 'url', limit: { requests: 20, perMs: 10_000 } },
	costs: { submit: { amount: 0.04, unit: 'USD' }, poll: { amount: 0.04, unit: 'USD' } },
	codesAtSuccess: {
		unclear: ['invalid_api_key', 'insufficient_balance', 'invalid_input', 'RATE_LIMITED'],
	},
	keyTest: {
		good: [[404, { error: 'Run not found' }]],
		bad: [
			[403, { error: { code: 'ip_not_allowed' } }, /has blocked it.*IP addresses/],
			[403, { error: { code: 'api_key_spend_limit_exceeded' } }, /has blocked it.*spend/],
			[404, { message: 'Not Found' }, /is not Runbase/],
		],
	},
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
		refused({
			...at(404, 'run_not_found'),
			taskMayExist: true,
			code: 'notFound',
			codeOnSubmit: 'unsupported',
		}),
		refusedForNow({ ...at(429, 'RATE_LIMITED'), code: 'rateLimited' }),
		refused({ ...at(429, 'USAGE_EXCEEDED'), code: 'insufficientCredit', hint: /usage limit/ }),
		unclear({ ...at(500, 'internal_error'), code: 'vendorUnavailable' }),
		unclear({ name: '429 of a gateway', status: 429, body: '', code: 'rateLimited' }),
		unclear({
			name: '503 of a gateway',
			status: 503,
			body: '<html>503</html>',
			code: 'vendorUnavailable',
		}),
		unclear({ ...at(200, 'insufficient_balance'), code: 'insufficientCredit' }),
		unclear({
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
};
