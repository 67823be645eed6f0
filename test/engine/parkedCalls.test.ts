import './harness/environment';

import { setTimeout as sleep } from 'node:timers/promises';

import type { Sandbox, VendorId } from '../sandbox';
import { postDelivery } from '../sandbox/callbackClient';
import { TestCredentialsHelper } from './harness/credentialsHelper';
import { errorOf } from './harness/errorJson';
import { items, parkingForFile, prompts, taskDurationMs } from './harness/parkingForFile';
import { until } from './harness/until';
import { callingCases } from './harness/vendors';
import { testedVendor } from '../vendors';

let sandbox: Sandbox;

const park = parkingForFile((started) => {
	sandbox = started;
});

const submits = (id: VendorId) => sandbox.ledger.requestsOf('submit', id);
const taskOf = (prompt: string) => sandbox.ledger.tasks.find((task) => task.prompt === prompt)!;
const statuses = () => sandbox.ledger.callbacks.map(({ status }) => status);

afterEach(() => {
	jest.restoreAllMocks();
});

describe.each(callingCases)('$vendor.displayName', ({ id }) => {
	it('goes on once, whatever else is delivered', async () => {
		const faults = ['callbackTwice', 'callbackForged', 'callbackUnknownTask', 'callbackGarbage'];
		for (const fault of faults) {
			sandbox.faults.add({ fault: fault as 'callbackTwice', times: 3 });
		}
		const execution = await park(id);
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		await sleep(2 * taskDurationMs);
		await until(() => execution.underWay() === 0);
		expect(execution.resumptions()).toBe(1);
		// One picture for each task; the forged address was not asked for its own.
		expect(sandbox.ledger.downloads.map(({ taskId }) => taskId).sort()).toEqual(
			prompts.map((one) => taskOf(one).id).sort(),
		);
		expect(submits(id)).toHaveLength(3);
	});

	it.each([
		[
			'was deleted',
			() => Promise.reject(new Error('Credential with ID "7" does not exist for type "x".')),
			/credential .* was deleted/,
		],
		[
			'leads to another address',
			() => Promise.resolve({ apiKey: 'sandbox-key', baseUrl: 'http://127.0.0.1:9' }),
			/base URL .* has changed/,
		],
	])('says so with its tasks when the credential %s meanwhile', async (_what, read, message) => {
		const execution = await park(id, {}, { onError: 'continueErrorOutput' });
		const polls = sandbox.ledger.requestsOf('getTask', id).length;
		jest.spyOn(TestCredentialsHelper.prototype, 'getDecrypted').mockImplementation(read);
		const { errorItems } = await execution.resumed;

		expect(errorItems.map((item) => errorOf(item)?.taskId)).toEqual(
			prompts.map((prompt) => taskOf(prompt).id),
		);
		for (const item of errorItems) {
			expect(errorOf(item)).toMatchObject({ resumable: true, retryElsewhere: false });
			expect(errorOf(item)?.message).toMatch(message);
		}
		expect(sandbox.ledger.requestsOf('getTask', id)).toHaveLength(polls);
	});

	it('goes on when calls come together and the vendor shows the end a second later', async () => {
		sandbox.faults.add({ fault: 'stateBehind', match: { prompt: 'two' } });
		const execution = await park(id);
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(prompts);
		expect(execution.resumptions()).toBe(1);
	});

	it('goes on with the only call that comes, though the vendor shows that end a moment later', async () => {
		sandbox.settings.taskDurationMs = ({ prompt }) => taskDurationMs * (prompt === 'one' ? 1 : 2);
		sandbox.faults.add({ fault: 'callbackLost', match: { prompt: 'one' } });
		sandbox.faults.add({ fault: 'stateBehind', ms: 800, match: { prompt: 'two' } });
		const execution = await park(id, {}, { items: items.slice(0, 2) });
		const { items: resumed } = await execution.resumed;
		expect(resumed.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
		// Nobody had to call again.
		expect(statuses().filter((status) => status !== undefined)).toEqual([200]);
	});

	it('asks for no more than the first task that has not ended', async () => {
		const many = Array.from({ length: 30 }, (_, index) => ({ json: { prompt: `p${index}` } }));
		sandbox.settings.taskDurationMs = { min: 8_000, max: 24_000 };
		const execution = await park(id, {}, { items: many });
		const { items: resumed } = await execution.resumed;
		expect(resumed).toHaveLength(30);
		const polls = sandbox.ledger.requestsOf('getTask', id).length;
		// Each callback asks for its own task and mostly one more, the end and the parking for all once.
		expect(polls).toBeLessThanOrEqual(4 * many.length);
	});

	it('leaves a call that comes long after the time limit to n8n, which goes on by itself', async () => {
		const execution = await park(id, { options: { timeout: 200 } });
		const polls = sandbox.ledger.requestsOf('getTask', id).length;
		const now = Date.now.bind(Date);
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 231_000);
		try {
			await until(() => sandbox.ledger.callbacks.length === 3 && execution.underWay() === 0);
		} finally {
			clock.mockRestore();
		}
		expect(statuses()).toEqual([200, 200, 200]);
		expect(sandbox.ledger.requestsOf('getTask', id)).toHaveLength(polls);
		expect(execution.resumptions()).toBe(0);
	});

	it('is called by a path of its own, which no other waiting node answers to', async () => {
		const execution = await park(id);
		const paths = sandbox.ledger.tasks.map(
			({ callbackUrl }) => new URL(callbackUrl ?? '').pathname,
		);
		expect(new Set(paths)).toEqual(new Set([new URL(execution.url).pathname]));
		expect(paths[0]).toMatch(/^\/webhook-waiting\/[\w-]+\/nano-banana$/);
		await execution.resumed;
	});

	it('stays parked when a stranger calls', async () => {
		// Longer than the node doubts the vendor's reads.
		sandbox.settings.taskDurationMs = 15_000;
		const execution = await park(id);
		const { status } = await postDelivery(execution.url, id, taskOf('one').id);
		// Without the token of the resume URL nobody gets as far as the node; where there is none, the
		// vendor is asked, says that the task goes on, and may call again when it does not.
		expect(status).toBe(execution.isSigned ? 401 : 503);
		expect(execution.resumptions()).toBe(0);
		await execution.resumed;
		expect(execution.resumptions()).toBe(1);
	});

	it('tells the vendor to call again when it could not be asked itself', async () => {
		const execution = await park(id, {}, { items: items.slice(0, 1) });
		sandbox.faults.add({ fault: 'unauthorized', verb: 'getTask', times: 1 });
		await until(() => sandbox.ledger.callbacks.length === 1);
		expect(statuses()).toEqual([503]);
		// Where the vendor does not, the timeout comes.
		const callsAgain = testedVendor(id).sandbox.callbackRetries !== undefined;
		const { items: after } = callsAgain ? await execution.resumed : await execution.timeOut();
		expect(after[0]?.json).toMatchObject({ taskId: taskOf('one').id });
		expect(after[0]?.binary?.data !== undefined).toBe(callsAgain);
	});
});
