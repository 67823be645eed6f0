import './harness/environment';

import { faultApplies, type FaultName, type Sandbox, type VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters, vendorCases } from './harness/vendors';

/** "I do not know this task", and states in other words, of a task that is paid for. */

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const early: readonly FaultName[] = [
	'notFound',
	'validation',
	'notFoundHtml',
	'wordsOfUnknownTask',
	'unknownForNow',
	'goneForNow',
	'recordInfoNull',
	'recordInfoNotFound',
];

const states: readonly FaultName[] = ['stateInOtherCase', 'unknownStateWithImages'];

const faultsAt = (id: VendorId, faults: readonly FaultName[]) =>
	faults.filter((fault) => faultApplies(fault, id, 'getTask'));

function arrange(id: VendorId, faults: readonly FaultName[], times: number) {
	return faultsAt(id, faults).map((fault) => {
		const prompt = `${fault}.`;
		const isTimed = /ForNow$|^recordInfo/.test(fault);
		sandbox.faults.add({
			...{ vendor: id, verb: 'getTask', fault, match: { prompt }, ms: 3_000 },
			...(isTimed ? {} : { times }),
		});
		return { json: { prompt } };
	});
}

const generate = (id: VendorId, options = {}) =>
	imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}', options });

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('goes on asking for a task that is unknown at the first polls', async () => {
		const items = arrange(id, early, 2);

		const { items: made, errorItems } = await run(id, {
			parameters: generate(id),
			items,
			onError: 'continueErrorOutput',
		});

		expect(errorItems.map(({ json }) => [json.prompt, errorOf({ json })?.message])).toEqual([]);
		expect(made).toHaveLength(items.length);
	});

	it('does so in a step of its own, too', async () => {
		const items = arrange(id, early, 2);
		const submitted = await run(id, {
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { completion: 'submit' },
			}),
			items,
		});

		const { items: made, errorItems } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: submitted.items.map(({ json }) => ({ json })),
			onError: 'continueErrorOutput',
		});

		expect(errorItems.map(({ json }) => [json.prompt, errorOf({ json })?.message])).toEqual([]);
		expect(made).toHaveLength(items.length);
	});

	it('says of a task that one poll does not find that it may be fetched later', async () => {
		const items = arrange(id, ['notFound', 'validation', 'notFoundHtml'], 1_000);
		const submitted = await run(id, {
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { completion: 'submit' },
			}),
			items,
		});

		const { errorItems } = await run(id, {
			parameters: taskParameters(id, 'get'),
			items: submitted.items.map(({ json }) => ({ json })),
			onError: 'continueErrorOutput',
		});

		expect(errorItems).toHaveLength(items.length);
		for (const item of errorItems) {
			expect(errorOf(item)).toMatchObject({
				code: 'notFound',
				resumable: true,
				retryElsewhere: false,
			});
		}
	});

	it('brings the picture whatever word stands for its state', async () => {
		const items = arrange(id, states, 1_000);

		const { items: made, errorItems } = await run(id, {
			parameters: generate(id, { timeout: 30 }),
			items,
			onError: 'continueErrorOutput',
		});

		expect(errorItems.map(({ json }) => [json.prompt, errorOf({ json })?.message])).toEqual([]);
		expect(
			made.map(({ json, binary }) => [json.prompt, json.state, 'data' in (binary ?? {})]),
		).toEqual(items.map(({ json }) => [json.prompt, 'succeeded', true]));
	});
});

it('gives a task up that stays unknown after its first minute, and says that it may be fetched', async () => {
	const results = await Promise.all(
		vendorCases
			.filter(({ id }) => faultApplies('notFound', id, 'getTask'))
			.map(async ({ id }) => {
				sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'notFound' });
				const startedAt = Date.now();
				const { errorItems } = await run(id, {
					parameters: generate(id, { timeout: 150 }),
					items: [{ json: { prompt: 'lost' } }],
					onError: 'continueErrorOutput',
				});
				return { tookMs: Date.now() - startedAt, error: errorOf(errorItems[0]) };
			}),
	);

	for (const { tookMs, error } of results) {
		expect(error).toMatchObject({ code: 'notFound', resumable: true, retryElsewhere: false });
		expect(tookMs).toBeGreaterThan(60_000);
		expect(tookMs).toBeLessThan(150_000);
	}
});
