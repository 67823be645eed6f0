import { codeOf } from '../../nodes/NanoBanana/core/failure';
import fc from 'fast-check';

import { isTerminal } from '../../nodes/NanoBanana/core/task';
import { objectOf } from '../../nodes/NanoBanana/core/tolerant';
import type { ImageVendor, VendorResponse } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import {
	answer,
	changed,
	memberPaths,
	readersOf,
	submitInput,
	vendorsUnder,
	zodVersions,
} from './support';

const imageUrl = 'https://files.example/1.png';
const task = { taskId: 'task-1' };

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
	['a list of an answer', [{ id: 'a', request_id: 'a', status: 'succeeded', data: { id: 'a' } }]],
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
		const submitted = harness.submitted('the id/of a task?');
		const looked = harness.look(successState, [imageUrl]);

		/** Typical answers of all verbs. */
		const typical: Readonly<Record<string, unknown>> = {
			submit: submitted,
			getTask: looked,
			uploadReference: harness.uploaded?.(imageUrl),
			getBalance: harness.balance?.(12.5),
			cancelTask: harness.canceled?.(),
		};

		it.each([200, 201, 202])('takes a task at HTTP %i', (status) => {
			const outcome = vendor.submit.read(answer(status, submitted), submitInput());
			expect(outcome).toMatchObject({
				ok: true,
				value: { vendor: vendor.id, taskId: 'the id/of a task?' },
			});
		});

		it('gives a task reference that survives JSON, so that another execution can go on', () => {
			const outcome = vendor.submit.read(answer(200, submitted), submitInput());
			expect(JSON.parse(JSON.stringify(outcome))).toStrictEqual(outcome);
		});

		it('takes no task without an id: it may exist all the same', () => {
			for (const nothing of [undefined, null, '', {}, []]) {
				const body = changed(submitted, harness.submittedId, nothing);
				expect(vendor.submit.read(answer(200, body), submitInput())).toMatchObject({
					ok: false,
					failure: { reason: 'invalidResponse', task: 'maybe' },
				});
			}
		});

		it('takes a number for an id', () => {
			const body = changed(submitted, harness.submittedId, 4711);
			expect(vendor.submit.read(answer(200, body), submitInput())).toMatchObject({
				ok: true,
				value: { taskId: '4711' },
			});
		});

		it.each(Object.entries(facts.states))('reads the state %s as %s', (word, state) => {
			const outcome = vendor.getTask.read(answer(200, harness.look(word, [imageUrl])), task);
			expect(outcome).toMatchObject({
				ok: true,
				value: { taskId: 'task-1', state, vendorState: word, images: [{ url: imageUrl }] },
			});
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

		it.each([
			'ALMOST_THERE',
			'Succeeded ',
			'SUCCEEDED!',
			'constructor',
			'__proto__',
			'toString',
			'7',
		])('keeps a task in flight in the unknown state %s', (word) => {
			const outcome = vendor.getTask.read(answer(200, harness.look(word, [imageUrl])), task);
			expect(outcome).toMatchObject({
				ok: true,
				value: { state: 'running', vendorState: word.trim() },
			});
			expect(outcome.ok && isTerminal(outcome.value.state)).toBe(false);
		});

		it('shows an unknown state on one line and shortened', () => {
			const word = `<b>strange</b>\n${'x'.repeat(5000)}`;
			const outcome = vendor.getTask.read(answer(200, harness.look(word, [])), task);
			expect(outcome.ok && outcome.value.vendorState).toMatch(/^strange x{1,300}…$/);
		});

		it('has no state where none is given', () => {
			for (const nothing of [undefined, null, '', {}, []]) {
				const body = changed(looked, harness.lookState, nothing);
				const outcome = vendor.getTask.read(answer(200, body), task);
				// Where an error stands beside it, that is told instead.
				expect(['invalidResponse', 'vendorUnavailable']).toContain(
					outcome.ok ? 'read as a success' : codeOf(outcome.failure),
				);
			}
		});

		it('reads a success that names no image as a success without images', () => {
			const bodies = [
				harness.look(successState, []),
				...[undefined, null, '', {}, [], 7].map((nothing) =>
					changed(looked, harness.lookImages, nothing),
				),
			];
			for (const body of bodies) {
				expect(vendor.getTask.read(answer(200, body), task)).toMatchObject({
					ok: true,
					value: { state: 'succeeded', images: [] },
				});
			}
		});

		it('keeps the order of several images', () => {
			const urls = [1, 2, 3].map((number) => `https://files.example/${number}.png`);
			const outcome = vendor.getTask.read(answer(200, harness.look(successState, urls)), task);
			expect(outcome.ok && outcome.value.images).toEqual(urls.map((url) => ({ url })));
		});

		it('goes by the id that was asked for', () => {
			const outcome = vendor.getTask.read(answer(200, looked), { taskId: 'asked for' });
			expect(outcome.ok && outcome.value.taskId).toBe('asked for');
		});

		it('names the cost in a unit of its own', () => {
			const costs = [
				vendor.submit.read(answer(200, submitted), submitInput()),
				vendor.getTask.read(answer(200, looked), task),
			].map((outcome) => (outcome.ok ? outcome.value.cost : undefined));
			expect(costs).toEqual([facts.costs.submit, facts.costs.look]);
			// What a limit on the cost is kept by.
			expect(costs[0]?.unit).toBe(vendor.submitCostUnit);
		});

		it('never breaks on what it does not know', () => {
			fc.assert(
				fc.property(fc.jsonValue(), fc.string(), (value, name) => {
					for (const reader of readers) {
						const body = typical[reader.verb];
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
				const body = typical[reader.verb];
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
				const body = typical[reader.verb];
				fc.assert(
					fc.property(
						fc.constantFrom(...memberPaths(body)),
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
				const response = deepFrozen(answer(200, typical[reader.verb]));
				expect(reader.read(response)).toEqual(reader.read(response));
			}
		});

		it('gives outcomes that survive JSON', () => {
			for (const reader of readers) {
				const outcome = reader.read(answer(200, typical[reader.verb]));
				expect(JSON.parse(JSON.stringify(outcome))).toStrictEqual(outcome);
			}
		});

		if (harness.uploaded !== undefined) {
			it('reads where an uploaded reference can be fetched', () => {
				expect(upload(vendor, answer(200, harness.uploaded?.(imageUrl)))).toEqual({
					ok: true,
					value: { url: imageUrl },
				});
			});
		}

		if (harness.balance !== undefined) {
			it.each([0, 12, 12.5])('reads a balance of %d', (amount) => {
				expect(
					vendor.getBalance?.read(answer(200, harness.balance?.(amount)), undefined),
				).toMatchObject({ ok: true, value: { amount, unit: 'credits' } });
			});
		}

		if (harness.canceled !== undefined) {
			it('reads whether a task was canceled', () => {
				const read = (status: number, body: unknown) =>
					vendor.cancelTask?.read(answer(status, body), task);
				expect(read(200, harness.canceled?.())).toEqual({ ok: true, value: { canceled: true } });
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

function wordFor(states: Readonly<Record<string, string>>, state: string): string {
	return Object.keys(states).find((word) => states[word] === state) ?? '';
}

function isNothing(canceled: unknown): boolean {
	return (canceled as { readonly canceled?: unknown }).canceled === false;
}

function upload(vendor: ImageVendor, response: VendorResponse): unknown {
	return vendor.uploadReference?.read(response, {
		fileName: 'a.png',
		mediaType: 'image/png',
		bytes: new Uint8Array(),
	});
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
	expect(message).not.toMatch(/<[^<>]*>/);
}

function deepFrozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null) {
		Object.values(value).forEach(deepFrozen);
		Object.freeze(value);
	}
	return value;
}
