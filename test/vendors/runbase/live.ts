import type { LivePart } from '../../live/types';
import { knownFileType, resultNeedsNoKey, squarePicture, text } from '../../live/assumptions';

export const live: LivePart = {
	unknownTaskId: 'run_does_not_exist',
	cost: 'not published on the model’s page; 0.04 USD in an example of the vendor',
	fields: {
		submit: ['id', 'model', 'status', 'costUsd'],
		poll: [
			'id',
			'status',
			'model',
			'costUsd',
			'output.urls[]',
			'error',
			'createdAt',
			'completedAt',
		],
		error: ['error.message', 'error.code'],
	},
	finding: {
		fault: 'unknownState',
		line: /says pending.* — status is "recalibrating" instead of/,
	},
	assumptions: [
		{
			says: 'A made-up key is answered HTTP 401',
			basis: 'page',
			check: { at: 'madeUpKey', status: 401 },
		},
		{
			says: 'The error for a made-up key has the code invalid_api_key and a message',
			basis: 'doc',
			check: {
				at: 'madeUpKey',
				values: { 'error.code': { value: 'invalid_api_key' }, 'error.message': text },
			},
		},
		{
			says: 'A made-up run ID is answered HTTP 404',
			basis: 'page',
			check: { at: 'unknownTask', status: 404 },
		},
		{
			says: 'The error for a made-up run ID has the code run_not_found',
			basis: 'doc',
			check: { at: 'unknownTask', values: { 'error.code': { value: 'run_not_found' } } },
		},
		{
			says: 'A submit answers HTTP 200 with an id that begins with run_, pending',
			basis: 'unknown',
			check: {
				at: 'submit',
				status: 200,
				values: { id: { pattern: /^run_/ }, status: { value: 'pending' } },
			},
		},
		{
			says: 'The cost comes with the submit, as costUsd in millionths of a dollar',
			basis: 'doc',
			check: { at: 'submit', values: { costUsd: { pattern: /^\d{4,}$/ } } },
		},
		{
			says: 'A poll works by GET, and says pending, processing or running',
			basis: 'doc',
			check: {
				at: 'pollInFlight',
				status: 200,
				values: { status: { pattern: /^(pending|processing|running)$/ } },
			},
		},
		{
			says: 'A success is succeeded with output.urls',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				values: { status: { value: 'succeeded' }, 'output.urls.0': text },
			},
		},
		{
			says: 'createdAt and completedAt are dates',
			basis: 'doc',
			check: {
				at: 'pollSucceeded',
				values: { createdAt: { kind: 'date' }, completedAt: { kind: 'date' } },
			},
		},
		{
			says: 'The result URL is on the API’s own host',
			basis: 'doc',
			check: { at: 'download', values: { isOnApiHost: { value: true } } },
		},
		resultNeedsNoKey,
		knownFileType,
		squarePicture,
		{
			says: 'A failed run is refunded',
			basis: 'doc',
			check: 'needs a run that fails, and the dashboard',
		},
		{
			says: 'At most 20 requests in 10 seconds for one key',
			basis: 'doc',
			check: 'the check sends too few',
		},
		{
			says: 'How long a result lives is unknown: it is fetched at once',
			basis: 'unknown',
			check: 'needs a poll days later',
		},
	],
};
