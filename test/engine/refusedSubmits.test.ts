import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { countingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const itemsOf = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ json: { prompt: `Banana ${index}` } }));

it('finds out how many tasks at once API Mall takes, and makes all images', async () => {
	sandbox.settings.tasksAtOnce = { [countingVendor]: 5 };
	sandbox.settings.taskDurationMs = 1_000;

	const { items, error } = await runWorkflow({
		parameters: imageParameters(countingVendor, 'generate', { prompt: '={{ $json.prompt }}' }),
		credentials: credentialFor(sandbox, countingVendor),
		items: itemsOf(12),
	});

	expect(error).toBeUndefined();
	expect(items.map(({ json }) => json.prompt)).toEqual(itemsOf(12).map(({ json }) => json.prompt));
	expect(sandbox.ledger.charges).toHaveLength(12);
	// Those of the first burst that were too many; afterwards each one waits for one of ours to end.
	const refused = sandbox.ledger.requestsOf('submit', countingVendor).length - 12;
	expect(refused).toBeLessThanOrEqual(7 + 2);
});

it.each(vendorCases)(
	'$vendor.displayName: a refusal for longer than the time limit ends the other items at once, unbought',
	async ({ id }) => {
		sandbox.faults.add({
			...{ vendor: id, verb: 'submit', fault: 'rateLimitedRetrySeconds' },
			...{ seconds: 3_600, times: 1 },
		});

		const { items, errorItems } = await runWorkflow({
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { maxTasksAtOnce: 1 },
			}),
			credentials: credentialFor(sandbox, id),
			items: itemsOf(3),
			onError: 'continueErrorOutput',
		});

		expect(items).toHaveLength(0);
		expect(errorItems.map(({ json }) => json.prompt)).toEqual(['Banana 0', 'Banana 1', 'Banana 2']);
		for (const item of errorItems) {
			expect(errorOf(item)).toMatchObject({ code: 'rateLimited', retryElsewhere: true });
			expect(errorOf(item)?.hint).toMatch(/^The vendor asks you to wait 3\d{3} s\. /);
		}
		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(0);
	},
);
