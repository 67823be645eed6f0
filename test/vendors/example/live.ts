import { knownFileType, resultNeedsNoKey, squarePicture, text } from '../../live/assumptions';
import type { LivePart } from '../../live/types';

export const live: LivePart = {
	unknownTaskId: 'nano-banana-pro.00000000',
	cost: '12 credits by the vendor’s page',
	fields: {
		submit: ['task', 'state'],
		poll: ['images[].href', 'spent'],
		cancel: ['stopped'],
		error: ['detail[].loc[]', 'detail[].msg', 'detail[].type'],
	},
	finding: { fault: 'emptySuccess', line: /images\.0\.href is missing instead of a text/ },
	assumptions: [
		{
			says: 'A made-up key is answered HTTP 401',
			basis: 'page',
			check: { at: 'madeUpKey', status: 401, values: { 'detail.0.type': { value: 'wrong_key' } } },
		},
		{
			says: 'A made-up task ID is answered HTTP 404',
			basis: 'page',
			check: { at: 'unknownTask', status: 404 },
		},
		{
			says: 'A submit answers HTTP 200 with the task, waiting',
			basis: 'page',
			check: { at: 'submit', status: 200, values: { task: text, state: { value: 'waiting' } } },
		},
		{
			says: 'A result has its images as objects with a href',
			basis: 'page',
			check: { at: 'pollSucceeded', status: 200, values: { 'images.0.href': text } },
		},
		{
			says: 'Cancelling a finished task is answered HTTP 200 and changes nothing',
			basis: 'page',
			check: { at: 'cancelEnded', status: 200, values: { stopped: { value: false } } },
		},
		resultNeedsNoKey,
		knownFileType,
		squarePicture,
		{
			says: 'A callback names the task in its query',
			basis: 'page',
			check: 'needs an address that the vendor can reach',
		},
	],
};
