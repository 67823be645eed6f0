import { refused, refusedForNow, unclear } from '../../contract/documentedErrors';
import type { DocumentedError, VendorFacts } from '../types';

function answer(code: number, msg: string): unknown {
	return { code, msg, data: null };
}

/** Each of the page's codes, with HTTP 200 and with the HTTP status of the same number. */
const byBodyCode: readonly DocumentedError[] = [200, undefined].flatMap((httpStatus) => {
	const at = (code: number) => ({
		name: `code ${code} at HTTP ${httpStatus ?? code}`,
		status: httpStatus ?? code,
		vendorCode: String(code),
	});
	return [
		refused({ ...at(401), body: answer(401, 'Bad key'), code: 'authentication', says: 'Bad key' }),
		refused({ ...at(402), body: answer(402, 'Too few credits'), code: 'insufficientCredit' }),
		refused({
			...at(404),
			// At HTTP 200 only four numbers are believed.
			taskMayExist: httpStatus === 200,
			body: answer(404, 'Not Found'),
			code: 'notFound',
			codeOnSubmit: 'unsupported',
		}),
		refused({
			...at(422),
			taskMayExist: httpStatus === 200,
			body: answer(422, 'prompt is too long'),
			code: 'notFound',
			codeOnSubmit: 'invalidRequest',
		}),
		refusedForNow({ ...at(429), body: answer(429, 'Slow down'), code: 'rateLimited' }),
		refusedForNow({ ...at(455), body: answer(455, 'Maintenance'), code: 'vendorUnavailable' }),
		unclear({ ...at(500), body: answer(500, 'Server Error'), code: 'vendorUnavailable' }),
		unclear({ ...at(501), body: answer(501, 'Generation Failed'), code: 'taskFailed' }),
		(httpStatus === 200 ? unclear : refused)({
			...at(505),
			body: answer(505, 'Feature Disabled'),
			code: 'unsupported',
		}),
	];
});

export const facts: VendorFacts = {
	id: 'apikley',
	page: 'docs/vendors/apikley.md',
	models: {
		nanoBananaPro: {
			vendorModel: 'nano-banana-pro',
			about: '1K, 2K or 4K',
			ratios: 11,
			formats: 'png jpg',
			references: 8,
		},
	},
	abilities: {
		callback: { needsHttps: false },
		upload: true,
		balance: true,
		references: 'upload',
		bytes: 30_000_000,
		prompt: 10_000,
	},
	costs: { poll: { amount: 4.5, unit: 'credits' } },
	bareStatuses: { 422: { code: 'notFound', again: false } },
	codesAtSuccess: {
		unclear: ['400', '403', '404', '408', '422', '500', '501', '505', '-1', '0'],
		believed: [
			['401', 'authentication'],
			['402', 'insufficientCredit'],
		],
	},
	keyTest: {
		good: [],
		bad: [
			[401, { code: 401, msg: 'x' }, /refused the API key/],
			[200, { code: 402, msg: 'x' }, /no credit left/],
			[200, { code: 455, msg: 'x' }, /not available right now/],
			[200, { hello: 'world' }, /is not Apikley/],
		],
		blockedIsWrong: 'always',
	},
	states: {
		waiting: 'queued',
		queuing: 'queued',
		generating: 'running',
		success: 'succeeded',
		fail: 'failed',
	},
	documentedStatuses: [401, 402, 404, 422, 429, 455, 500, 501, 505],
	answerFields: [
		'code',
		'msg',
		'message',
		'data',
		'taskId',
		'recordId',
		'model',
		'state',
		'param',
		'resultJson',
		'failCode',
		'failMsg',
		'createTime',
		'updateTime',
		'completeTime',
		'creditsConsumed',
		'success',
		'downloadUrl',
	],
	errors: [
		...byBodyCode,
		refused({
			taskMayExist: true,
			name: 'unknown task',
			status: 200,
			body: answer(422, 'recordInfo is null'),
			code: 'notFound',
			codeOnSubmit: 'invalidRequest',
			says: 'recordInfo is null',
		}),
		refused({
			taskMayExist: true,
			name: 'moderated prompt',
			status: 200,
			body: answer(422, 'The prompt was blocked by moderation'),
			code: 'notFound',
			codeOnSubmit: 'contentRejected',
		}),
		refused({
			name: 'text in message',
			status: 200,
			body: { code: 401, message: 'You do not have access' },
			code: 'authentication',
			says: 'You do not have access',
		}),
		unclear({
			name: 'code 400, as the upload has it',
			status: 200,
			body: answer(400, 'fileName is wrong'),
			code: 'invalidRequest',
			vendorCode: '400',
		}),
		unclear({
			name: 'code 408',
			status: 200,
			body: answer(408, 'Timeout'),
			code: 'vendorUnavailable',
		}),
		unclear({
			name: 'code 300',
			status: 200,
			body: answer(300, 'Hmm'),
			code: 'invalidResponse',
		}),
		refused({
			name: 'code as text',
			status: 200,
			body: { code: '402', msg: 'Too few credits' },
			code: 'insufficientCredit',
			vendorCode: '402',
		}),
		refused({
			taskMayExist: true,
			name: 'a 422 without a body',
			status: 422,
			body: '',
			code: 'notFound',
			codeOnSubmit: 'invalidRequest',
		}),
		unclear({
			name: 'a code of the vendor under an HTTP 500',
			status: 500,
			body: answer(402, 'Too few credits'),
			code: 'insufficientCredit',
		}),
		unclear({
			name: '501 of a gateway',
			status: 501,
			body: '<html>Not Implemented</html>',
			code: 'vendorUnavailable',
		}),
		unclear({ name: '505 of a gateway', status: 505, body: '', code: 'vendorUnavailable' }),
		unclear({
			name: 'HTTP 500 with a code that says success',
			status: 500,
			body: answer(200, 'success'),
			code: 'vendorUnavailable',
		}),
		unclear({
			name: 'a code that nobody documented',
			status: 200,
			body: answer(-1, 'Hmm'),
			code: 'invalidResponse',
		}),
	],
	submitFields: [
		'model',
		'callBackUrl',
		'input.prompt',
		'input.image_input',
		'input.aspect_ratio',
		'input.resolution',
		'input.output_format',
	],
	submitHeaders: [],
	autoRatio: 'auto',
	modes: { generate: undefined, edit: undefined },
	callbackField: 'callBackUrl',
};
