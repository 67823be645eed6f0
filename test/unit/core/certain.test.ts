import fc from 'fast-check';

import {
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
		['in a list', [{ taskId: 'a' }], undefined],
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
