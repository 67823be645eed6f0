import type { LivePart } from '../../live/types';
import {
	knownFileType,
	list,
	nothing,
	number,
	resultNeedsNoKey,
	squarePicture,
	text,
} from '../../live/assumptions';

export const live: LivePart = {
	unknownTaskId: 'img_00000000000000000000000000',
	cost: 'no price is published on the model’s page; the 2K image of its example costs 8 credits',
	fields: {
		balance: ['success', 'data.credits', 'data.api_credits', 'request_id'],
		submit: [
			'success',
			'data.task_id',
			'data.request_id',
			'data.credits_used',
			'data.remaining_credits',
			'data.model',
			'request_id',
		],
		poll: [
			'success',
			'data.task_id',
			'data.model',
			'data.status',
			'data.output.resultUrls[]',
			'data.primary_url',
			'data.image_url',
			'data.error_message',
			'data.credits_used',
			'data.credits_refunded',
			'data.created_at',
			'data.updated_at',
			'data.completed_at',
			'request_id',
		],
		error: ['success', 'error.code', 'error.message', 'request_id'],
	},
	finding: {
		fault: 'resultUrlsOnly',
		line: /data\.primary_url is missing instead of a text/,
	},
	assumptions: [
		{
			says: 'The balances are answered with data.credits and data.api_credits',
			basis: 'doc',
			check: {
				at: 'balance',
				status: 200,
				values: {
					success: { value: true },
					'data.credits': number,
					'data.api_credits': number,
				},
			},
		},
		{
			says: 'A made-up key is answered HTTP 401',
			basis: 'page',
			check: { at: 'madeUpKey', status: 401 },
		},
		{
			says: 'An error has success: false, error.code and error.message',
			basis: 'page',
			check: {
				at: 'madeUpKey',
				values: { success: { value: false }, 'error.code': text, 'error.message': text },
			},
		},
		{
			says: 'A made-up task ID is answered HTTP 404',
			basis: 'unknown',
			check: { at: 'unknownTask', status: 404 },
		},
		{
			says: 'A submit answers HTTP 200 with success and data.task_id',
			basis: 'page',
			check: {
				at: 'submit',
				status: 200,
				values: { success: { value: true }, 'data.task_id': text },
			},
		},
		{
			says: 'The cost comes with the submit, with what is left',
			basis: 'page',
			check: {
				at: 'submit',
				values: { 'data.credits_used': number, 'data.remaining_credits': number },
			},
		},
		{
			says: 'The two request ids of a submit differ',
			basis: 'page',
			check: { at: 'submit', different: ['request_id', 'data.request_id'] },
		},
		{
			says: 'A submit with an Idempotency-Key is taken',
			basis: 'page',
			check: { at: 'submit', status: 200 },
		},
		{
			says: 'A poll works by GET, and says pending, processing or unknown while the task runs',
			basis: 'page',
			check: {
				at: 'pollInFlight',
				status: 200,
				values: { 'data.status': { pattern: /^(pending|processing|unknown)$/ } },
			},
		},
		{
			says: 'A success is completed with data.primary_url and data.image_url',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				values: {
					'data.status': { value: 'completed' },
					'data.primary_url': text,
					'data.image_url': text,
				},
			},
		},
		{
			says: 'A success lists its images in data.output.resultUrls',
			basis: 'page',
			check: { at: 'pollSucceeded', values: { 'data.output.resultUrls': list } },
		},
		{
			says: 'A success has no error_message, and nothing refunded',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				values: { 'data.error_message': nothing, 'data.credits_refunded': { value: 0 } },
			},
		},
		{
			says: 'The times of a task are dates',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				values: { 'data.created_at': { kind: 'date' }, 'data.completed_at': { kind: 'date' } },
			},
		},
		resultNeedsNoKey,
		knownFileType,
		squarePicture,
		{
			says: 'The same Idempotency-Key with the same body is the same task, for at least 24 hours',
			basis: 'unknown',
			check: 'asking twice could buy a second image',
		},
		{
			says: 'Another body under the same Idempotency-Key is answered HTTP 409',
			basis: 'inferred',
			check: 'asking twice could buy a second image',
		},
		{
			says: 'A failed task is refunded (data.credits_refunded)',
			basis: 'page',
			check: 'needs a task that fails',
		},
		{
			says: 'An upload answers url',
			basis: 'doc',
			check: 'the check uploads nothing',
		},
		{
			says: 'Ratios beyond 1:1, 16:9, 9:16, 4:3 and 3:4 are taken',
			basis: 'unknown',
			check: 'the check makes one square image only',
		},
	],
};
