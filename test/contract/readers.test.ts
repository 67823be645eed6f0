import { codeOf } from '../../nodes/NanoBanana/core/failure';
import fc from 'fast-check';

import { isTerminal } from '../../nodes/NanoBanana/core/task';
import { objectOf } from '../../nodes/NanoBanana/core/tolerant';
import type { VendorResponse } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import {
	answer,
	changed,
	memberPaths,
	readAll,
	readAt,
	readersOf,
	referenceFile,
	submitInput,
	vendorsUnder,
	wordFor,
	zodVersions,
} from './support';

const imageUrl = 'https://files.example/1.png';

/** Bodies that are no answer to anything. */
const garbage: ReadonlyArray<readonly [string, unknown]> = [
	['an HTML page', '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>'],
	['nothing', ''],
	['a blank', ' \n'],
	['half of a JSON text', '{"request_id": "abc'],
	['null', null],
	['a text', '"ok"'],
	['a number', 42],
	['true', true],
	['an empty list', []],
	['a list of an answer', [{ status: 'succeeded', data: { state: 'success' } }]],
	['an empty object', {}],
	['an empty envelope', { code: 0, success: true, data: {} }],
	['an envelope of nothing', { data: null, result: null, output: null }],
	['an envelope of text', { data: 'ok', id: [], status: {}, request_id: {} }],
	['an envelope of a list', { data: [], id: {}, status: [], error: [] }],
	[
		'objects where texts belong',
		{ data: { taskId: {}, task_id: [], id: true, state: {}, status: [] } },
	],
	['a huge nest of lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
	['a huge nest in an envelope', `{"data":${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
	['a polluting object', '{"__proto__":{"id":"a","status":"succeeded"},"constructor":{"data":1}}'],
	['null bytes', '\u0000\u0000\u0000'],
];

describe.each(zodVersions)('with %s', (zod) => {
	const loaded = vendorsUnder(zod);

	it('the registry is whole', () => {
		expect(loaded.map(({ id }) => id)).toEqual(vendors.map(({ id }) => id));
		const major = jest.requireActual<{ core?: { version: { major: number } } }>(zod).core?.version;
		expect(major?.major).toBe(zod === 'zod4' ? 4 : undefined);
	});

	describe.each(loaded.map((vendor) => [vendor.id, vendor] as const))('%s', (_id, vendor) => {
		const { facts, harness } = testedVendor(vendor.id);
		const readers = readersOf(vendor);
		const successState = wordFor(facts.states, 'succeeded');
		const submitted = harness.submitted('the id.of a task?');
		const polled = harness.poll(successState, [imageUrl]);
		const submit = (bodies: readonly unknown[], status = 200) =>
			readAll(vendor.submit(submitInput()), answered(bodies, status));
		const poll = (bodies: readonly unknown[], taskId = 'task-1') =>
			readAll(vendor.getTask(taskId), answered(bodies));

		it.each([200, 201, 202])('takes a task at HTTP %i', (status) => {
			const outcome = submit(submitted, status);
			expect(outcome).toMatchObject({
				ok: true,
				value: { vendor: vendor.id, taskId: 'the id.of a task?' },
			});
		});

		it('gives a task reference that survives JSON, so that another execution can go on', () => {
			const outcome = submit(submitted);
			expect(JSON.parse(JSON.stringify(outcome))).toStrictEqual(outcome);
		});

		it('takes no task without an id: it may exist all the same', () => {
			for (const nothing of [undefined, null, '', {}, []]) {
				const [first, ...others] = submitted;
				const body = changed(first, harness.submittedId, nothing);
				expect(submit([body, ...others])).toMatchObject({
					ok: false,
					failure: { reason: 'invalidResponse', task: 'maybe' },
				});
			}
		});

		it('takes a number for an id', () => {
			const [first, ...others] = submitted;
			const body = changed(first, harness.submittedId, 4711);
			expect(submit([body, ...others])).toMatchObject({
				ok: true,
				value: { taskId: '4711' },
			});
		});

		it.each(Object.entries(facts.states))('reads the state %s as %s', (word, state) => {
			const bodies = harness.poll(word, [imageUrl]);
			const outcome = poll(bodies);
			// Where the result is asked for by itself, only a success has one.
			const images = JSON.stringify(bodies).includes('/1.png') ? [{ url: imageUrl }] : [];
			expect(outcome).toMatchObject({
				ok: true,
				value: { taskId: 'task-1', state, vendorState: word, images },
			});
			if (state === 'succeeded') expect(images).toHaveLength(1);
			if (!outcome.ok) return;
			const isSad = state === 'failed' || state === 'canceled';
			expect(outcome.value.failure !== undefined).toBe(isSad);
			if (state === 'failed') {
				expect(outcome.value.failure).toMatchObject({
					reason: 'taskFailed',
					message: `${vendor.displayName} could not make the image: the worker gave up`,
				});
			}
			if (state === 'canceled') expect(outcome.value.failure?.reason).toBe('taskCanceled');
		});

		it.each(['ALMOST_THERE', 'SUCCEEDED!', 'constructor', '__proto__', 'toString', '7'])(
			'keeps a task in flight in the unknown state %s',
			(word) => {
				const outcome = poll(harness.poll(word, [imageUrl]));
				expect(outcome).toMatchObject({
					ok: true,
					value: { state: 'running', vendorState: word.trim() },
				});
				expect(outcome.ok && isTerminal(outcome.value.state)).toBe(false);
			},
		);

		it('shows an unknown state on one line and shortened', () => {
			const word = `<b>strange</b>\n${'x'.repeat(5000)}`;
			const outcome = poll(harness.poll(word, []));
			expect(outcome.ok && outcome.value.vendorState).toMatch(/^strange x{1,300}…$/);
		});

		it('has no state where none is given', () => {
			for (const nothing of [undefined, null, '', {}, []]) {
				const body = changed(polled[0], harness.pollState, nothing);
				const outcome = poll([body]);
				// Where an error stands beside it, that is told instead.
				expect(['invalidResponse', 'vendorUnavailable']).toContain(
					outcome.ok ? 'read as a success' : codeOf(outcome.failure),
				);
			}
		});

		it('reads a success that names no image as a success without images', () => {
			const bodies = [
				harness.poll(successState, []),
				...[undefined, null, '', {}, [], 7].map((nothing) => [
					...polled.slice(0, -1),
					changed(polled.at(-1), harness.pollImages, nothing),
				]),
			];
			for (const each of bodies) {
				expect(poll(each)).toMatchObject({
					ok: true,
					value: { state: 'succeeded', images: [] },
				});
			}
		});

		it('keeps the order of several images', () => {
			const urls = [1, 2, 3].map((number) => `https://files.example/${number}.png`);
			const outcome = poll(harness.poll(successState, urls));
			expect(outcome.ok && outcome.value.images).toEqual(urls.map((url) => ({ url })));
		});

		it('takes a task from a list of its answer', () => {
			expect(submit([submitted])).toMatchObject({
				ok: true,
				value: { taskId: 'the id.of a task?' },
			});
		});

		it('goes by the id that was asked for', () => {
			const withId = (taskId: unknown) => [
				changed(polled[0], harness.submittedId, taskId),
				...polled.slice(1),
			];
			for (const named of [undefined, null, 'TASK 1', ' task-1\n', {}]) {
				expect(poll(withId(named))).toMatchObject({
					ok: true,
					value: { state: 'succeeded', taskId: 'task-1' },
				});
			}
			for (const other of ['task-2', 4711, 'a'.repeat(200)]) {
				// It is asked again.
				expect(poll(withId(other).slice(0, 1))).toMatchObject({
					ok: false,
					failure: { reason: 'invalidResponse', task: 'maybe' },
				});
			}
		});

		it('names the cost in a unit of its own', () => {
			const costs = [submit(submitted), poll(polled)].map((outcome) =>
				outcome.ok ? outcome.value.cost : undefined,
			);
			expect(costs).toEqual([facts.costs.submit, facts.costs.poll]);
			const [atSubmit, atEnd] = costs;
			const told = atEnd && { unit: atEnd.unit, isToldBySubmit: atSubmit?.unit === atEnd.unit };
			expect(vendor.costs).toEqual(told);
		});

		it('never breaks on what it does not know', () => {
			fc.assert(
				fc.property(fc.jsonValue(), fc.string(), (value, name) => {
					for (const reader of readers) {
						const body = reader.typical;
						const known = reader.read(answer(200, body));
						expect(known.ok).toBe(true);
						expect(reader.read(answer(200, withUnknownFields(body, `x_${name}`, value)))).toEqual(
							known,
						);
					}
				}),
			);
		});

		it('takes missing, null and empty for the same', () => {
			for (const reader of readers) {
				const body = reader.typical;
				for (const path of memberPaths(body)) {
					const [missing, ...others] = [undefined, null, ''].map((nothing) =>
						reader.read(answer(200, changed(body, path, nothing))),
					);
					for (const other of others) expect(other).toEqual(missing);
				}
			}
		});

		it('survives any value in any place', () => {
			for (const reader of readers) {
				const body = reader.typical;
				fc.assert(
					fc.property(
						fc.constantFrom([], ...memberPaths(body)),
						fc.oneof(fc.jsonValue(), fc.constantFrom('{', '[]', '{"a":', -1, 1e308)),
						(path, value) => {
							expectOutcome(reader.read(answer(200, changed(body, path, value))));
						},
					),
				);
			}
		});

		it('survives any JSON at any status', () => {
			fc.assert(
				fc.property(fc.jsonValue(), fc.integer({ min: 100, max: 599 }), (value, status) => {
					for (const reader of readers) expectOutcome(reader.read(answer(status, value)));
					expect(typeof vendor.classifyError(answer(status, value)).message).toBe('string');
				}),
			);
		});

		it.each(garbage)('takes %s for no success', (_name, body) => {
			for (const reader of readers) {
				for (const status of [200, 201, 204, 302, 400, 500]) {
					const response = answer(status, body);
					const outcome = reader.read(response);
					// The status says all where no answer is to be read.
					if (reader.typical === '') {
						expect(outcome.ok).toBe(status < 300);
						continue;
					}
					// Some vendors answer any object where there was nothing left to cancel.
					const mayBeNothingToCancel =
						reader.verb === 'cancelTask' &&
						status < 300 &&
						objectOf(response.json) !== undefined &&
						facts.cancelAnswers?.some(({ outcome }) => outcome.ok && isNothing(outcome.value));
					if (!mayBeNothingToCancel) expect(outcome.ok).toBe(false);
					if (!outcome.ok) expectPresentable(outcome.failure.message);
				}
			}
		});

		it('only reads: the same answer gives the same outcome and stays as it was', () => {
			for (const reader of readers) {
				const response = deepFrozen(answer(200, reader.typical));
				expect(reader.read(response)).toEqual(reader.read(response));
			}
		});

		it('gives outcomes that survive JSON', () => {
			for (const reader of readers) {
				const outcome = reader.read(answer(200, reader.typical));
				expect(JSON.parse(JSON.stringify(outcome))).toStrictEqual(outcome);
			}
		});

		if (harness.uploaded !== undefined) {
			it('reads where an uploaded reference can be fetched', () => {
				const { uploadReference } = vendor;
				const answers = answered(harness.uploaded?.(imageUrl) ?? []);
				expect(uploadReference && readAll(uploadReference(referenceFile), answers)).toEqual({
					ok: true,
					value: { url: imageUrl },
				});
			});
		}

		if (harness.balance !== undefined) {
			it.each([0, 12, 12.5])('reads a balance of %d', (amount) => {
				const balance = vendor.getBalance?.();
				const answers = answered(harness.balance?.(amount) ?? []);
				expect(balance && readAll(balance, answers)).toMatchObject({
					ok: true,
					value: { amount, unit: 'credits' },
				});
			});
		}

		if (harness.canceled !== undefined) {
			it('reads whether a task was canceled', () => {
				const read = (status: number, body: unknown) =>
					readAt(vendor.cancelTask?.('task-1'), answer(status, body));
				expect(read(200, harness.canceled?.()[0])).toEqual({ ok: true, value: { canceled: true } });
				expect(facts.cancelAnswers?.length).toBeGreaterThan(1);
				for (const { status, body, outcome } of facts.cancelAnswers ?? []) {
					if (outcome.ok) {
						expect(read(status, body)).toEqual(outcome);
						continue;
					}
					const { code, hint } = outcome.failure;
					const told = hint === undefined ? {} : { hint: expect.stringMatching(hint) };
					expect(read(status, body)).toMatchObject({
						ok: false,
						failure: { reason: code, ...told },
					});
				}
			});
		}
	});
});

function answered(bodies: readonly unknown[], status = 200): readonly VendorResponse[] {
	return bodies.map((body) => answer(status, body));
}

function isNothing(canceled: unknown): boolean {
	return (canceled as { readonly canceled?: unknown }).canceled === false;
}

/** Adds a field to every object in a value. */
function withUnknownFields(value: unknown, name: string, unknownValue: unknown): unknown {
	if (Array.isArray(value)) {
		return value.map((entry: unknown) => withUnknownFields(entry, name, unknownValue));
	}
	if (typeof value !== 'object' || value === null) return value;
	const members = Object.entries(value).map(([key, member]) => [
		key,
		withUnknownFields(member, name, unknownValue),
	]);
	return { ...Object.fromEntries(members), [name]: unknownValue };
}

function expectOutcome(outcome: {
	readonly ok: boolean;
	readonly failure?: { readonly message: string };
	readonly value?: unknown;
}): void {
	if (outcome.ok) expect(outcome.value).toBeDefined();
	else expectPresentable(outcome.failure?.message ?? '');
}

/** One line without markup that says something. */
function expectPresentable(message: string): void {
	expect(message.length).toBeGreaterThan(10);
	expect(message.length).toBeLessThan(500);
	// eslint-disable-next-line no-control-regex -- control characters must not be there
	expect(message).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
	expect(message).not.toMatch(/<[a-z/!?][^<>]*>/i);
}

function deepFrozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null) {
		Object.values(value).forEach(deepFrozen);
		Object.freeze(value);
	}
	return value;
}
