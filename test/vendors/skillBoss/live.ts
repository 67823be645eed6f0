import type { LivePart } from '../../live/types';
import { knownFileType, list, resultNeedsNoKey, squarePicture, text } from '../../live/assumptions';

export const live: LivePart = {
	unknownTaskId: '0'.repeat(32),
	cost: 'not published: it depends on your contract. See the wholesale dashboard',
	fields: {
		submit: ['request_id', 'status', 'status_url', 'cancel_url'],
		poll: [
			'request_id',
			'status',
			'result.generated_images[]',
			'result.text_response',
			'result.finish_reason',
			'result.usage',
			'error',
		],
		cancel: ['cancelled'],
		error: ['error.message', 'error.type', 'error.code'],
	},
	finding: {
		fault: 'emptySuccess',
		line: /result\.generated_images\.0 is missing instead of a text/,
	},
	undocumented: {
		came: ['result.usage.input_tokens', 'result.usage.output_tokens'],
		missing: ['error'],
	},
	assumptions: [
		{
			says: 'A made-up key is answered HTTP 401',
			basis: 'page',
			check: { at: 'madeUpKey', status: 401 },
		},
		{
			says: 'An error has error.message, error.type and error.code',
			basis: 'doc',
			check: {
				at: 'madeUpKey',
				values: { 'error.message': text, 'error.type': text, 'error.code': text },
			},
		},
		{
			says: 'A made-up task ID is answered HTTP 404, so the credential test knows a good key by it',
			basis: 'unknown',
			check: { at: 'unknownTask', status: 404 },
		},
		{
			says: 'Cancelling a made-up task ID is answered HTTP 404',
			basis: 'page',
			check: { at: 'cancelUnknown', status: 404 },
		},
		{
			says: 'A submit answers HTTP 200 with a request_id of 32 hexadecimal digits, IN_QUEUE',
			basis: 'page',
			check: {
				at: 'submit',
				status: 200,
				values: {
					request_id: { pattern: /^[0-9a-f]{32}$/ },
					status: { value: 'IN_QUEUE' },
				},
			},
		},
		{
			says: 'The header x-request-id of a submit is the request_id',
			basis: 'page',
			check: { at: 'submit', same: ['header:x-request-id', 'request_id'] },
		},
		{
			says: 'The header x-record-id of a submit is there (what support asks for)',
			basis: 'page',
			check: { at: 'submit', values: { 'header:x-record-id': text } },
		},
		{
			says: 'status_url and cancel_url are the addresses that the node builds itself',
			basis: 'page',
			check: {
				at: 'submit',
				values: {
					status_url: { pattern: /\/v1\/run\/status\/[0-9a-f]{32}$/ },
					cancel_url: { pattern: /\/v1\/run\/cancel\/[0-9a-f]{32}$/ },
				},
			},
		},
		{
			says: 'A poll works by GET, and says IN_QUEUE or IN_PROGRESS while the task runs',
			basis: 'page',
			check: {
				at: 'pollInFlight',
				status: 200,
				values: { status: { pattern: /^(IN_QUEUE|IN_PROGRESS)$/ } },
			},
		},
		{
			says: 'A success is COMPLETED with URLs as texts in result.generated_images',
			basis: 'page',
			check: {
				at: 'pollSucceeded',
				status: 200,
				values: { status: { value: 'COMPLETED' }, 'result.generated_images.0': text },
			},
		},
		{
			says: 'A success has the finish_reason STOP',
			basis: 'page',
			check: { at: 'pollSucceeded', values: { 'result.finish_reason': { value: 'STOP' } } },
		},
		{
			says: 'result.usage is an object; what it holds is unknown and never shown as cost',
			basis: 'unknown',
			check: { at: 'pollSucceeded', values: { 'result.usage': { kind: 'object' } } },
		},
		{
			says: 'The list of images is there, one for the one image that was asked for',
			basis: 'inferred',
			check: {
				at: 'pollSucceeded',
				values: {
					'result.generated_images': list,
					'result.generated_images.1': { kind: 'nothing' },
				},
			},
		},
		{
			says: 'Cancelling a finished task is answered HTTP 200 and changes nothing',
			basis: 'page',
			check: { at: 'cancelEnded', status: 200 },
		},
		{
			says: 'The result host is assets.skillboss.co',
			basis: 'page',
			check: {
				at: 'download',
				values: { host: { value: 'assets.skillboss.co' } },
				onlyAtVendor: true,
			},
		},
		resultNeedsNoKey,
		knownFileType,
		squarePicture,
		{
			says: 'A failed or canceled task costs nothing',
			basis: 'page',
			check: 'needs a task that fails, and the dashboard',
		},
		{
			says: 'Results are kept for 7 days; a result URL may end after about 24 hours',
			basis: 'page',
			check: 'needs a poll days later',
		},
		{
			says: 'A callback is not signed and names the task by request_id',
			basis: 'unknown',
			check: 'needs a public https address',
		},
	],
};
