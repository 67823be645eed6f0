import { refused, refusedForNow, unclear } from '../../contract/documentedErrors';
import type { VendorFacts } from '../types';

function at(status: number, type: string, loc: readonly string[] = ['header']) {
	return {
		name: `${status} ${type}`,
		status,
		body: { detail: [{ loc, msg: `It is ${type}`, type }] },
		vendorCode: type,
		says: `${loc.join('.')}: It is ${type}`,
	};
}

export const facts: VendorFacts = {
	id: 'example',
	page: 'test/vendors/example/page.md',
	models: {
		nanoBananaPro: {
			vendorModel: 'nano-banana-pro',
			about: '1K, 2K or 4K · 12 credits',
			ratios: 11,
			formats: 'png jpg',
			references: 6,
		},
	},
	abilities: {
		cancel: true,
		callback: { needsHttps: false },
		upload: true,
		imagesInTask: 4,
		references: 'upload',
		bytes: 20_000_000,
	},
	costs: { poll: { amount: 12, unit: 'credits' } },
	cancelAnswers: [
		{ status: 200, body: { stopped: true }, outcome: { ok: true, value: { canceled: true } } },
		{ status: 200, body: { stopped: false }, outcome: { ok: true, value: { canceled: false } } },
		{
			status: 409,
			body: { detail: [{ loc: ['path', 'task'], msg: 'already drawing', type: 'too_late' }] },
			outcome: { ok: false, failure: { code: 'conflict', hint: /Task → Wait/ } },
		},
		{ status: 404, body: {}, outcome: { ok: false, failure: { code: 'notFound' } } },
	],
	codesAtSuccess: { unclear: ['wrong_key', 'no_credits', 'too_often'] },
	keyTest: {
		good: [[404, { detail: [{ loc: ['path', 'task'], msg: 'unknown', type: 'unknown_task' }] }]],
		bad: [
			[401, { detail: [{ loc: ['header'], msg: 'no', type: 'wrong_key' }] }, /refused the API key/],
			[403, { detail: [{ loc: ['header'], msg: 'no', type: 'blocked_key' }] }, /has blocked it/],
			[404, { message: 'Not Found' }, /is not Example Images/],
		],
	},
	states: {
		waiting: 'queued',
		drawing: 'running',
		done: 'succeeded',
		broken: 'failed',
		stopped: 'canceled',
	},
	documentedStatuses: [400, 401, 402, 403, 404, 409, 429, 500, 503],
	answerFields: [
		'task',
		'state',
		'reason',
		'spent',
		'images',
		'href',
		'note',
		'put',
		'get',
		'stopped',
		'detail',
		'loc',
		'msg',
		'type',
	],
	errors: [
		refused({ ...at(400, 'too_long', ['body', 'text']), code: 'invalidRequest' }),
		refused({
			name: 'two things are wrong',
			status: 400,
			body: {
				detail: [
					{ loc: ['body', 'ratio'], msg: 'unknown', type: 'enum' },
					{ loc: ['body', 'images', 0], msg: 'not found', type: 'url' },
				],
			},
			code: 'invalidRequest',
			vendorCode: 'enum',
			says: 'body.ratio: unknown; body.images.0: not found',
		}),
		refused({ ...at(401, 'wrong_key'), code: 'authentication' }),
		refused({ ...at(402, 'no_credits'), code: 'insufficientCredit' }),
		refused({ ...at(403, 'blocked_key'), code: 'forbidden' }),
		refused({ ...at(404, 'unknown_task'), code: 'notFound', codeOnSubmit: 'unsupported' }),
		refused({ ...at(409, 'too_late'), code: 'conflict' }),
		refusedForNow({ ...at(429, 'too_often'), code: 'rateLimited' }),
		unclear({ ...at(500, 'server'), code: 'vendorUnavailable' }),
		refusedForNow({ ...at(503, 'busy'), code: 'vendorUnavailable' }),
		unclear({
			name: '503 of a gateway',
			status: 503,
			body: '<html>503</html>',
			code: 'vendorUnavailable',
		}),
	],
	submitFields: ['text', 'count', 'images', 'ratio', 'size', 'type'],
	submitHeaders: [],
	autoRatio: undefined,
	modes: { generate: undefined, edit: undefined },
	callbackField: 'notify',
	callbackIsQuery: true,
};
