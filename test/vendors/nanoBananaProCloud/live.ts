import type { LivePart } from '../../live/types';
import {
	knownFileType,
	nothing,
	resultNeedsNoKey,
	squarePicture,
	text,
} from '../../live/assumptions';

const poll = [
	'code',
	'message',
	'data.id',
	'data.results[].url',
	'data.results[].content',
	'data.progress',
	'data.status',
	'data.failure_reason',
	'data.error',
];

export const live: LivePart = {
	unknownTaskId: 'key-check',
	cost: '20 credits (nano-banana-pro, by the vendor’s page)',
	fields: {
		submit: [
			...poll.filter((path) => !path.startsWith('data.results')),
			'data.results',
			'data.credits_cost',
		],
		poll,
		error: ['code', 'message'],
	},
	finding: {
		fault: 'bareData',
		line: /envelope with code 0.* — code is missing instead of 0/,
	},
	assumptions: [
		{
			says: 'A made-up key is answered HTTP 401',
			basis: 'page',
			check: { at: 'madeUpKey', status: 401 },
		},
		{
			says: 'A made-up task ID is answered HTTP 200 with a code that is not 0 and a message',
			basis: 'clone',
			check: {
				at: 'unknownTask',
				status: 200,
				values: { code: { pattern: /^-?[1-9]\d*$/ }, message: text },
			},
		},
		{
			says: 'A submit answers HTTP 200 with data.id and the status running',
			basis: 'page',
			check: {
				at: 'submit',
				status: 200,
				values: { 'data.id': text, 'data.status': { value: 'running' } },
			},
		},
		{
			says: 'The answers stand in an envelope with code 0 and a message',
			basis: 'seen',
			check: { at: 'submit', values: { code: { value: 0 }, message: text } },
		},
		{
			says: 'The cost comes with the submit, as data.credits_cost: 20',
			basis: 'page',
			check: { at: 'submit', values: { 'data.credits_cost': { value: 20 } } },
		},
		{
			says: 'outputFormat and isPublic: false are taken (they stand on a newer page only)',
			basis: 'doc',
			check: { at: 'submit', status: 200 },
		},
		{
			says: 'A poll works by POST and says running, with a progress from 0 to 100',
			basis: 'page',
			check: {
				at: 'pollInFlight',
				status: 200,
				values: {
					'data.status': { value: 'running' },
					'data.progress': { pattern: /^(100|\d{1,2})(\.\d+)?$/ },
				},
			},
		},
		{
			says: 'failure_reason and error are empty while the task runs',
			basis: 'seen',
			check: {
				at: 'pollInFlight',
				values: { 'data.failure_reason': nothing, 'data.error': nothing },
			},
		},
		{
			says: 'A success is succeeded with data.results[].url and progress 100',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				values: {
					'data.status': { value: 'succeeded' },
					'data.results.0.url': text,
					'data.progress': { value: 100 },
				},
			},
		},
		{
			says: 'The result host is file.nanobananapro.cloud',
			basis: 'seen',
			check: {
				at: 'download',
				values: { host: { value: 'file.nanobananapro.cloud' } },
				onlyAtVendor: true,
			},
		},
		resultNeedsNoKey,
		knownFileType,
		{
			says: 'The picture is the PNG that was asked for',
			basis: 'doc',
			check: { at: 'download', values: { mediaType: { value: 'image/png' } } },
		},
		squarePicture,
		{
			says: 'A picture made with isPublic: false is not published',
			basis: 'doc',
			check: 'look at the vendor’s gallery',
		},
		{
			says: 'The credits of a failed task come back, at the latest by the poll',
			basis: 'inferred',
			check: 'needs a task that fails, and the dashboard',
		},
		{
			says: 'How long a result lives is unknown (2 hours at the upstream): it is fetched at once',
			basis: 'unknown',
			check: 'needs a poll hours later',
		},
		{
			says: 'Up to 14 references (a newer page says 8); URLs are not read beside files',
			basis: 'page',
			check: 'the check makes no edit',
		},
	],
};
