import type { LivePart } from '../../live/types';
import { askedPng, number, resultNeedsNoKey, squarePicture, text } from '../../live/assumptions';

export const live: LivePart = {
	unknownTaskId: 'task_nano-banana-pro_1000000000000',
	cost: 'not published on the vendor’s page. The credits that are left are asked for before',
	fields: {
		balance: ['code', 'msg', 'data'],
		submit: ['code', 'msg', 'data.taskId', 'data.recordId'],
		poll: [
			'code',
			'message',
			'data.taskId',
			'data.model',
			'data.state',
			'data.param',
			'data.resultJson',
			'data.failCode',
			'data.failMsg',
			'data.creditsConsumed',
			'data.createTime',
			'data.updateTime',
			'data.completeTime',
		],
		error: ['code', 'msg', 'data'],
	},
	finding: {
		fault: 'resultJsonObject',
		line: /data\.resultJson is \{.* instead of an object as JSON text/,
	},
	assumptions: [
		{
			says: 'The balance is answered with code 200 and a number in data',
			basis: 'doc',
			check: { at: 'balance', values: { code: { value: 200 }, data: number } },
		},
		{
			says: 'A made-up key is answered with code 401 in the body',
			basis: 'page',
			check: { at: 'madeUpKey', values: { code: { value: 401 } } },
		},
		{
			says: 'The HTTP status of an error is 200 all the same',
			basis: 'clone',
			check: { at: 'madeUpKey', status: 200 },
		},
		{
			says: 'A made-up task ID is answered with code 422, "recordInfo is null"',
			basis: 'clone',
			check: {
				at: 'unknownTask',
				values: { code: { value: 422 }, msg: { value: 'recordInfo is null' } },
			},
		},
		{
			says: 'A submit answers HTTP 200, code 200 and data.taskId',
			basis: 'page',
			check: {
				at: 'submit',
				status: 200,
				values: { code: { value: 200 }, 'data.taskId': text },
			},
		},
		{
			says: 'A submit also names data.recordId',
			basis: 'clone',
			check: { at: 'submit', values: { 'data.recordId': text } },
		},
		{
			says: 'A poll works by GET /api/v1/jobs/recordInfo, and says waiting, queuing or generating',
			basis: 'doc',
			check: {
				at: 'pollInFlight',
				status: 200,
				values: {
					code: { value: 200 },
					'data.state': { pattern: /^(waiting|queuing|generating)$/ },
				},
			},
		},
		{
			says: 'A poll that comes too early is answered with code 422 or 404',
			basis: 'clone',
			check: { at: 'pollRefused', values: { code: { pattern: /^(422|404)$/ } } },
		},
		{
			says: 'A success has the state success and data.resultJson as JSON text',
			basis: 'doc',
			check: {
				at: 'pollSucceeded',
				values: {
					'data.state': { value: 'success' },
					'data.resultJson': { kind: 'jsonText' },
				},
			},
		},
		{
			says: 'data.param is what the task was made with, as JSON text',
			basis: 'doc',
			check: { at: 'pollSucceeded', values: { 'data.param': { kind: 'jsonText' } } },
		},
		{
			says: 'The cost comes with the last poll, as data.creditsConsumed',
			basis: 'clone',
			check: { at: 'pollSucceeded', values: { 'data.creditsConsumed': number } },
		},
		{
			says: 'The times of a task are milliseconds since the epoch',
			basis: 'doc',
			check: {
				at: 'pollSucceeded',
				values: {
					'data.createTime': { pattern: /^\d{13}$/ },
					'data.completeTime': { pattern: /^\d{13}$/ },
				},
			},
		},
		resultNeedsNoKey,
		askedPng,
		squarePicture,
		{
			says: 'A result URL lives about 24 hours',
			basis: 'doc',
			check: 'needs a poll a day later',
		},
		{
			says: 'A failed task has the state fail, and its callback code 501',
			basis: 'clone',
			check: 'needs a task that fails',
		},
		{
			says: 'A callback has the shape of the answer to a poll; whether it is signed is unknown',
			basis: 'unknown',
			check: 'needs an address that the vendor can reach',
		},
		{
			says: 'An upload answers data.downloadUrl, and the file lives 3 days',
			basis: 'clone',
			check: 'the check uploads nothing',
		},
		{
			says: 'At most 20 creations in 10 seconds',
			basis: 'clone',
			check: 'the check makes one image only',
		},
	],
};
