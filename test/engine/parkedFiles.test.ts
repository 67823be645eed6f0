import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startInstance, type Instance } from './harness/instance';
import { parkingForFile } from './harness/parkingForFile';
import { picture } from './harness/pictures';
import { triggerNode } from './harness/savedExecution';
import { readBinary, withBinaryDataInMemory, type RunResult } from './harness/runWorkflow';
import { callingCases } from './harness/vendors';

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
const park = parkingForFile((started) => {
	sandbox = started;
});

const prompts = ['one', 'two', 'three'];

const parkForm = async (
	id: (typeof callingCases)[number]['id'],
	onError: 'continueErrorOutput' | 'continueRegularOutput',
) => {
	const bytes = await picture();
	const items = prompts.map((prompt) => ({
		json: { prompt },
		binary: { data: { bytes, mediaType: 'image/png', fileName: `${prompt}.png` } },
	}));
	return await park(
		id,
		{ operation: 'edit', options: { completion: 'callback' } },
		{ onError, start: triggerNode(items), restApiUrl: instance.restApiUrl },
	);
};

const failedItem = ({ items, errorItems }: RunResult) =>
	[...items, ...errorItems].find((item) => errorOf(item) !== undefined);

describe.each(callingCases)('$vendor.displayName', ({ id, vendor }) => {
	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'hands on the file of a failed item that n8n has moved meanwhile, with %s',
		async (onError) => {
			sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
			const execution = await parkForm(id, onError);
			expect(execution.wasParked).toBe(true);

			const failed = failedItem(await execution.resumed);

			expect(failed?.json.prompt).toBe('two');
			expect(failed?.binary?.data?.fileName).toBe('two.png');
			expect(await readBinary(failed?.binary?.data)).toEqual(await picture());
		},
	);

	it('so it does for an item whose submit was refused before the parking', async () => {
		sandbox.faults.add({ fault: 'insufficientCredit', verb: 'submit', match: { prompt: 'two' } });
		const execution = await parkForm(id, 'continueErrorOutput');

		const failed = failedItem(await execution.resumed);

		expect(errorOf(failed)?.code).toBe('insufficientCredit');
		expect(await readBinary(failed?.binary?.data)).toEqual(await picture());
	});

	// Whoever fetches references by itself cannot have them from memory.
	if (vendor.references.delivery !== 'url') {
		it('so it does where n8n keeps files in memory', async () => {
			await withBinaryDataInMemory(async () => {
				sandbox.faults.add({ fault: 'taskFails', match: { prompt: 'two' } });
				const bytes = await picture();
				const items = prompts.map((prompt) => ({
					json: { prompt },
					binary: { data: { bytes, mediaType: 'image/png' } },
				}));
				const execution = await park(
					id,
					{ operation: 'edit', options: { completion: 'callback' } },
					{ onError: 'continueErrorOutput', items },
				);

				const failed = failedItem(await execution.resumed);

				expect(await readBinary(failed?.binary?.data)).toEqual(bytes);
			});
		});
	}

	it('hands on no file of the input when no callback comes', async () => {
		sandbox.faults.add({ fault: 'callbackLost', times: Number.POSITIVE_INFINITY });
		const execution = await parkForm(id, 'continueErrorOutput');

		const { items, error } = await execution.timeOut();

		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(items.every(({ binary }) => binary === undefined)).toBe(true);
	});
});
