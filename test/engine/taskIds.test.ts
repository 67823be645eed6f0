import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { startTriggerEndpoint } from './harness/triggerEndpoint';
import { until } from './harness/until';
import {
	callingCases,
	credentialFor,
	imageParameters,
	taskParameters,
	vendorCases,
} from './harness/vendors';

/** Ids are trimmed and used as they are; what cannot be used is quoted. */

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const strange = [
	'idWithBlanks',
	'idWithLineEnd',
	'idWithBlankInside',
	'idWithUmlauts',
	'idWithSlash',
	'idOf257',
	'idBeyond53Bits',
] as const;

const items = strange.map((fault) => ({ json: { prompt: `${fault}.` } }));

function arrange(id: VendorId): void {
	for (const fault of strange) {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault, match: { prompt: `${fault}.` } });
	}
}

const taskOf = (prompt: unknown) =>
	sandbox.ledger.tasks.find((task) => task.prompt === String(prompt));

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('brings the pictures of tasks with strange ids', async () => {
		arrange(id);

		const { items: made, errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' }),
			items,
			onError: 'continueErrorOutput',
		});

		expect(errorItems.map(({ json }) => [json.prompt, errorOf({ json })?.message])).toEqual([]);
		for (const { json, binary } of made) {
			expect(json.taskId).toBe(taskOf(json.prompt)?.id);
			expect(binary?.data).toBeDefined();
		}
		expect(sandbox.ledger.tasks).toHaveLength(strange.length);
	});

	it('hands them to Task → Wait', async () => {
		arrange(id);
		const submitted = await run(id, {
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { completion: 'submit' },
			}),
			items,
		});

		const { items: made, error } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: submitted.items.map(({ json }) => ({ json })),
		});

		expect(error).toBeUndefined();
		expect(made.map(({ json }) => json.taskId)).toEqual(
			submitted.items.map(({ json }) => json.taskId),
		);
	});

	it('quotes an id that cannot be used, and buys nothing again', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'idUnusable' });
		const parameters = imageParameters(id, 'generate');

		const { errorItems } = await run(id, { parameters, onError: 'continueErrorOutput' });
		expect(errorOf(errorItems[0])).toMatchObject({
			code: 'submitUnknown',
			message: expect.stringContaining('job\\u00070'),
			retryElsewhere: false,
		});

		sandbox.reset();
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'idUnusable' });
		const { error } = await run(id, { parameters, retryOnFail: true });
		expect(error?.message).toContain('job\\u00070');
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(
			new Set(
				sandbox.ledger.requestsOf('submit', id).map(({ headers }) => headers['idempotency-key']),
			).size,
		).toBe(1);
	});
});

it.each(callingCases)(
	'$vendor.displayName: the trigger takes the same ids',
	async ({ id, vendor: { id: vendorId } }) => {
		const endpoint = await startTriggerEndpoint({
			parameters: { vendor: vendorId },
			credentials: credentialFor(sandbox, id),
		});
		try {
			arrange(id);
			await run(id, {
				parameters: imageParameters(id, 'generate', {
					prompt: '={{ $json.prompt }}',
					options: { completion: 'submit', callbackUrl: endpoint.url },
				}),
				items,
			});

			await until(() => endpoint.started.length === strange.length);

			// Though a vendor may call a task by the end of its id.
			const called = endpoint.started.flat().map(({ json }) => json.taskId);
			expect(called.sort()).toEqual(sandbox.ledger.tasks.map((task) => task.id).sort());
		} finally {
			await endpoint.close();
		}
	},
);
