import fc from 'fast-check';

import {
	bareIds,
	isDocumentedRefusal,
	readTaken,
	type DocumentedAnswers,
} from '../../../nodes/NanoBanana/core/certain';
import type { Failure } from '../../../nodes/NanoBanana/core/failure';
import { numberOf, parseJson } from '../../../nodes/NanoBanana/core/tolerant';
import type { VendorResponse } from '../../../nodes/NanoBanana/core/vendor';

const vendor: DocumentedAnswers = {
	vendorName: 'Vendor',
	refusals: [401, 503],
	hasShape: ({ error }) => typeof error === 'string',
	taskNames: ['taskid'],
};
const withNumbers: DocumentedAnswers = { ...vendor, numberOf: ({ code }) => numberOf(code) };

function answer(status: number, body: unknown): VendorResponse {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers: {}, json: parseJson(text), text };
}

const nothing: Failure = { reason: 'invalidResponse', message: 'no task' };
const taken = (status: number, body: unknown, usual?: unknown) =>
	readTaken(vendor, answer(status, body), usual, () => nothing);

describe('a documented refusal', () => {
	it.each([
		[401, { error: 'no' }, true],
		[503, { error: 'no' }, true],
		[403, { error: 'no' }, false],
		[500, { error: 'no' }, false],
		[302, { error: 'no' }, false],
		[200, { error: 'no' }, false],
		[401, { message: 'no' }, false],
		[401, [{ error: 'no' }], false],
		[401, '<html>401</html>', false],
		[401, '', false],
		[401, { error: 'no', data: { task_id: 'img_1' } }, false],
		[401, { error: 'no', list: [{ deep: { taskId: 7 } }] }, false],
		[401, { error: 'no', data: { task_id: null, taskId: '' } }, true],
		[401, { error: 'no', data: '{"taskId":"img_1"}' }, false],
		[401, { error: 'no', data: '[{"task_id":"img_1"}]' }, false],
		[401, { error: 'no', data: { taskIds: ['img_1'] } }, false],
		[401, { error: 'no', data: { task_ids: '["img_1"]' } }, false],
		[401, { error: 'no', data: { taskIds: 3 } }, true],
		[401, { error: 'no', data: { taskIds: [] } }, true],
		[401, { error: 'no', data: '{"taskId":' }, true],
		[401, { error: 'no', prompt: '{"task_id":"of the prompt"}' }, true],
		[401, { error: 'no', data: { taskId: 0 } }, true],
		[401, { error: 'no', data: { taskId: '-1' } }, true],
		[401, { error: 'no', data: { taskId: 'null' } }, true],
		[401, { error: 'no', data: { taskId: 'None ' } }, true],
		[401, { error: 'no', data: { taskId: '00000000-0000-0000-0000-000000000000' } }, true],
		[401, { error: 'no', data: { taskId: '10' } }, false],
	])('HTTP %i %j: %p', (status, body, expected) => {
		expect(isDocumentedRefusal(vendor, answer(status, body))).toBe(expected);
	});

	it.each([
		[401, true],
		[402, true],
		[429, true],
		[455, true],
		[400, false],
		[403, false],
		[404, false],
		[422, false],
		[500, false],
		[501, false],
		[505, false],
		[-1, false],
		['401', true],
		[null, false],
	])('the number %j at HTTP 200: %p', (code, expected) => {
		expect(isDocumentedRefusal(withNumbers, answer(200, { code }))).toBe(expected);
		expect(isDocumentedRefusal(vendor, answer(200, { code }))).toBe(false);
		const named = { code, data: { taskId: 'task_1' } };
		expect(isDocumentedRefusal(withNumbers, answer(200, named))).toBe(false);
	});
});

describe('a task that is named', () => {
	it.each([
		['where the page has it', { data: { taskId: 'a' } }, 'a'],
		['beside an error', { error: 'no', taskId: 'a' }, 'a'],
		['in another spelling', { result: { TASK_ID: 'a' } }, 'a'],
		['in a list', [{ taskId: 'a' }], 'a'],
		['in a list of lists', [[], [{ task_id: 'a' }]], 'a'],
		['in JSON as a text', { data: '{"taskId":"a"}' }, 'a'],
		['in nothing but JSON as a text', JSON.stringify('{"taskId":"a"}'), 'a'],
		['in the plural', { taskIds: ['', 'a', 'b'] }, 'a'],
		['by what means none', { taskId: 0, data: { taskId: 'undefined', task_id: 'a' } }, 'a'],
		['in what is no member', JSON.parse('{"__proto__":{"taskId":"a"}}'), undefined],
		['in a list of an object', { tasks: [{ taskId: 'a' }] }, 'a'],
		['the outermost first', { data: { taskId: 'deep' }, taskId: 'a' }, 'a'],
		['by a number', { taskId: 42 }, '42'],
		['with blanks around', { taskId: ' a\n' }, 'a'],
		['within an error only', { error: { taskId: 'a' } }, undefined],
		['not at all', { data: { id: 'a' } }, undefined],
		['by nothing', { taskId: '  ' }, undefined],
	])('%s', (_where, body, expected) => {
		for (const status of [200, 202, 302, 401, 422, 500, 503]) {
			const outcome = taken(status, body);
			expect(outcome).toEqual(
				expected === undefined ? { ok: false, failure: nothing } : { ok: true, value: expected },
			);
		}
	});

	it('is taken from its usual place first', () => {
		expect(taken(200, { taskId: 'other' }, 'usual')).toEqual({ ok: true, value: 'usual' });
	});

	it('is not what means that there is none, in its usual place either', () => {
		for (const usual of [0, '0', -1, 'null', 'NONE', '00000000-0000-0000-0000-000000000000']) {
			expect(taken(200, {}, usual)).toEqual({ ok: false, failure: nothing });
		}
	});

	it.each([
		['of the answer', { id: 'a' }, 'a'],
		['of the answers', [{ id: 'a' }], 'a'],
		['of the data', { data: { id: 'a' } }, 'a'],
		['of a task', { data: { task: { id: 'a' } } }, 'a'],
		['of results', { results: [{ id: 'a' }] }, 'a'],
		['of a user', { data: { user: { id: 77 } } }, undefined],
		['of an account', { account: { id: 'acc_1' } }, undefined],
		['of nothing', { data: { id: 0 } }, undefined],
	])('has a bare id: that %s', (_where, body, expected) => {
		const names = { ...vendor, taskNames: bareIds };
		expect(readTaken(names, answer(402, body), undefined, () => nothing)).toEqual(
			expected === undefined ? { ok: false, failure: nothing } : { ok: true, value: expected },
		);
	});

	it.each([
		['a text behind the JSON', '{"data":{"taskId":"a-1"}}<!-- x -->', true],
		['a second line', '{"code":200}\n{"task_id":"a-1"}', true],
		['a text before it', '<br>Warning {"task_id": "a-1"}', true],
		['a cut', '{"taskId":"a-1","state":"wai', true],
		['JSON within JSON', '{"data":"{\\"taskId\\":\\"a-1\\"', true],
		['an error', { error: { taskId: 'a-1' } }, true],
		['a cut within the id', '{"taskId":"a-1', false],
		['another name', '{"trace":"a-1"', false],
		['nothing', '{"taskId":"","task_id":0,"x', false],
	])('is told where it is uncertain: %s', (_what, body, isTold) => {
		const unclear: Failure = { ...nothing, task: 'maybe' };
		const outcome = readTaken(vendor, answer(200, body), undefined, () => unclear);
		expect(outcome).toMatchObject({ ok: false, failure: { task: 'maybe' } });
		const told = outcome.ok ? '' : outcome.failure.message;
		expect(told.includes('"a-1"')).toBe(isTold);
		expect(told.includes('Task → Wait')).toBe(isTold);
	});

	it('is looked for in any JSON without harm', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (body) => {
				expect(typeof taken(200, body).ok).toBe('boolean');
				expect(typeof isDocumentedRefusal(vendor, answer(401, body))).toBe('boolean');
			}),
		);
		const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
		expect(taken(200, deep)).toEqual({ ok: false, failure: nothing });
	});
});
