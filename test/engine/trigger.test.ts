import './harness/environment';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import type { Sandbox, VendorId } from '../sandbox';
import { postDelivery, postJson, submitTask } from '../sandbox/callbackClient';
import { readBinary, runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import {
	startTriggerEndpoint,
	type EndpointOptions,
	type TriggerEndpoint,
} from './harness/triggerEndpoint';
import { until } from './harness/until';
import { callingCases, credentialFor, imageParameters, taskParameters } from './harness/vendors';
import { cancelingVendor } from '../vendors/roles';
import { decodedSize, faultApplies } from '../sandbox';
import { clientOf } from '../sandbox/client';
import { testedVendor } from '../vendors';

let sandbox: Sandbox;
let endpoints: TriggerEndpoint[] = [];

afterEach(async () => {
	await Promise.all(endpoints.map((endpoint) => endpoint.close()));
	endpoints = [];
});
sandboxForFile({ taskDurationMs: 100, flatPictures: true }, (started) => {
	sandbox = started;
});

async function listen(
	id: VendorId,
	parameters: INodeParameters = {},
	more: Partial<EndpointOptions> = {},
): Promise<TriggerEndpoint> {
	const endpoint = await startTriggerEndpoint({
		parameters: { vendor: id, ...parameters },
		credentials: credentialFor(sandbox, id),
		...more,
	});
	endpoints.push(endpoint);
	return endpoint;
}

const submit = async (id: VendorId, url?: string) =>
	await submitTask(sandbox, id, 'A banana that calls back', url);

/** Submits a task, sees it end and all its deliveries handled. */
async function seeItEnd(id: VendorId, endpoint: TriggerEndpoint, deliveries = 1) {
	const task = await submit(id, endpoint.url);
	await until(() => sandbox.ledger.callbacks.length >= deliveries && endpoint.underWay() === 0);
	return task;
}

const statuses = () => sandbox.ledger.callbacks.map(({ status }) => status);

it('offers the vendors that call back, each with the credential of its own', () => {
	const { properties, credentials } = new NanoBananaTrigger().description;
	const vendor = properties.find(({ name }) => name === 'vendor');
	const ids = callingCases.map(({ id }) => id);
	const offered = vendor?.options?.map((option) => 'value' in option && option.value);
	expect(new Set(offered)).toEqual(new Set(ids));
	expect(vendor?.default).toBe(ids[0]);
	expect(vendor?.noDataExpression).toBe(true);
	expect(credentials).toEqual(
		callingCases.map(({ id, vendor: { credentialType } }) => ({
			name: credentialType,
			required: true,
			displayOptions: { hide: { vendor: ids.filter((other) => other !== id) } },
		})),
	);
});

describe.each(callingCases)('$vendor.displayName', ({ id, vendor }) => {
	it('starts the workflow with the item that Task → Wait would give', async () => {
		const endpoint = await listen(id);

		const task = await seeItEnd(id, endpoint);

		expect(statuses()).toEqual([200]);
		expect(endpoint.started).toHaveLength(1);
		expect(endpoint.started[0]).toHaveLength(1);
		const [item] = endpoint.started[0]!;
		const waited = await runWorkflow({
			parameters: taskParameters(id, 'wait', { taskId: task.id }),
			credentials: credentialFor(sandbox, id),
		});
		expect(waited.error).toBeUndefined();
		const { json } = item!;
		expect(json).toEqual(waited.items[0]?.json);
		expect(json).toMatchObject({ vendor: id, taskId: task.id, state: 'succeeded' });
		expect(item?.pairedItem).toEqual(waited.items[0]?.pairedItem);
		const size = await decodedSize(await readBinary(item?.binary?.data));
		expect(json).toMatchObject({ ...size, fileName: item?.binary?.data?.fileName });
	});

	it('obeys Download, Put Output in Field and Simplify', async () => {
		const bare = await listen(id, { download: false, options: { simplify: false } });
		await seeItEnd(id, bare);
		const [item] = bare.started[0]!;
		expect(sandbox.ledger.downloads).toHaveLength(0);
		expect(item?.binary).toBeUndefined();
		expect(item?.json).toMatchObject({ operation: 'trigger', url: expect.any(String), index: 0 });
		expect(item?.json).not.toHaveProperty('fileName');
		// What the vendor answered to the poll has a shape of its own, not that of the callback.
		expect(JSON.stringify(item?.json.raw)).toContain(`"${clientOf(id).onlyInPoll}":`);

		const named = await listen(id, { binaryField: 'picture' });
		await seeItEnd(id, named, 2);
		expect(Object.keys(named.started[0]?.[0]?.binary ?? {})).toEqual(['picture']);
		expect(named.started[0]?.[0]?.json).not.toHaveProperty('raw');
	});

	it('starts once for a task that is delivered twice', async () => {
		sandbox.faults.add({ fault: 'callbackTwice', vendor: id });
		const endpoint = await listen(id);

		await seeItEnd(id, endpoint, 2);

		expect(statuses()).toEqual([200, 200]);
		expect(endpoint.started).toHaveLength(1);
		expect(sandbox.ledger.downloads).toHaveLength(1);
	});

	it('starts once for deliveries at the same moment, and asks the vendor once', async () => {
		const endpoint = await listen(id);
		const task = await submit(id);
		await until(() => sandbox.ledger.task(task.id).state === 'succeeded');
		sandbox.faults.add({ fault: 'slowAnswer', vendor: id, verb: 'getTask', ms: 2_000 });

		const answers = await Promise.all([1, 2, 3].map(() => postDelivery(endpoint.url, id, task.id)));
		await until(() => endpoint.underWay() === 0);

		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(endpoint.started).toHaveLength(1);
		expect(sandbox.ledger.polls).toHaveLength(1);
	});

	it('believes no forged delivery and fetches nothing that it names', async () => {
		sandbox.settings.taskDurationMs = 15_000;
		sandbox.faults.add({ fault: 'callbackForged', vendor: id });
		const endpoint = await listen(id, { includeFailed: true });
		const task = await submit(id, endpoint.url);
		await until(() => sandbox.ledger.callbacks.length === 1);

		expect(sandbox.ledger.callbacks[0]).toMatchObject({ forged: true, status: 503 });
		expect(endpoint.started).toHaveLength(0);

		await until(() => sandbox.ledger.callbacks.length === 2 && endpoint.underWay() === 0);
		expect(endpoint.started).toHaveLength(1);
		expect(endpoint.started[0]?.[0]?.json).toMatchObject({ taskId: task.id });
		expect(JSON.stringify(sandbox.ledger.requests.map(({ path }) => path))).not.toContain('forged');
	});

	it('starts nothing for a task that the vendor does not know', async () => {
		sandbox.faults.add({ fault: 'callbackUnknownTask', vendor: id });
		const endpoint = await listen(id);

		const task = await seeItEnd(id, endpoint, 2);

		expect(sandbox.ledger.callbacks.map(({ taskId }) => taskId === task.id).sort()).toEqual([
			false,
			true,
		]);
		expect(statuses()).toEqual([200, 200]);
		expect(endpoint.started.map(([item]) => item?.json.taskId)).toEqual([task.id]);
	});

	it('has the vendor call again for a task of this n8n that its reads do not know yet', async () => {
		const warn = jest.spyOn(Container.get(Logger), 'warn');
		const endpoint = await listen(id);
		sandbox.settings.taskDurationMs = 60_000;
		await runWorkflow({
			parameters: imageParameters(id, 'generate', {
				options: { completion: 'submit', callbackUrl: endpoint.url },
			}),
			credentials: credentialFor(sandbox, id),
		});
		sandbox.faults.add({ fault: 'notFound', vendor: id, verb: 'getTask' });
		const ours = sandbox.ledger.tasks[0]?.id ?? '';
		const foreign = 'a'.repeat(32);

		for (const [taskId, status] of [
			[ours, 503],
			[foreign, 200],
		] as const) {
			expect(await postDelivery(endpoint.url, id, taskId)).toMatchObject({ status });
			const logged = warn.mock.calls.map(([message]) => String(message)).join('\n');
			expect(logged).toContain(`task ${taskId}, which ${vendor.displayName} does not know`);
		}
		expect(endpoint.started).toHaveLength(0);
		warn.mockRestore();
	});

	it('starts nothing for garbage and does not trouble the vendor with it', async () => {
		sandbox.faults.add({ fault: 'callbackGarbage', vendor: id });
		const endpoint = await listen(id);
		const task = await seeItEnd(id, endpoint, 2);
		expect(endpoint.started.map(([item]) => item?.json.taskId)).toEqual([task.id]);
		const polls = sandbox.ledger.requestsOf('getTask').length;

		for (const body of [{}, [], null, 'text', { request_id: { a: 1 }, data: 'x' }]) {
			expect(await postJson(endpoint.url, body)).toMatchObject({ status: 200 });
		}
		for (const taskId of ['', 'x'.repeat(1_001), 'one\nERROR two']) {
			expect(await postDelivery(endpoint.url, id, taskId)).toMatchObject({ status: 200 });
		}

		expect(endpoint.started).toHaveLength(1);
		expect(sandbox.ledger.requestsOf('getTask')).toHaveLength(polls);
	});

	it('takes a delivery that comes before its own submit was answered', async () => {
		sandbox.faults.add({ fault: 'callbackBeforeAnswer', vendor: id });
		if (faultApplies('recordInfoNull', id, 'getTask'))
			sandbox.faults.add({ fault: 'recordInfoNull', ms: 500 });
		const endpoint = await listen(id);

		const task = await seeItEnd(id, endpoint);

		expect(statuses()).toEqual([200]);
		expect(endpoint.started.map(([item]) => item?.json.taskId)).toEqual([task.id]);
	});

	it('starts nothing for a failed task, unless it is to', async () => {
		const { poll: cost } = testedVendor(id).facts.costs;
		sandbox.faults.add({ fault: 'taskFails', vendor: id });
		const without = await listen(id);
		const unwanted = await seeItEnd(id, without);
		expect(statuses()).toEqual([200]);
		expect(without.started).toHaveLength(0);
		const polls = sandbox.ledger.polls.length;
		expect(await postDelivery(without.url, id, unwanted.id)).toMatchObject({ status: 200 });
		expect(sandbox.ledger.polls).toHaveLength(polls);

		const withFailed = await listen(id, { includeFailed: true });
		const task = await seeItEnd(id, withFailed, 2);

		expect(withFailed.started).toHaveLength(1);
		expect(withFailed.started[0]?.[0]?.json).toEqual({
			error: {
				message: expect.stringContaining(vendor.displayName),
				code: 'taskFailed',
				hint: expect.any(String),
				vendor: id,
				taskId: task.id,
				resumable: false,
				retryElsewhere: true,
				attempts: [
					{
						vendor: id,
						taskId: task.id,
						code: 'taskFailed',
						message: expect.stringContaining(vendor.displayName),
					},
				],
				// Where a poll tells the cost: what the vendor has kept of a failed task.
				...(cost === undefined ? {} : { cost: { amount: 0, unit: cost.unit } }),
			},
		});
	});

	it('does not lose a task whose image cannot be fetched', async () => {
		sandbox.faults.add({ fault: 'fileGone', vendor: id });
		const endpoint = await listen(id);

		const task = await seeItEnd(id, endpoint);

		expect(statuses()).toEqual([200]);
		expect(endpoint.started[0]?.[0]?.json).toMatchObject({
			error: { code: 'downloadFailed', taskId: task.id, resumable: true },
		});
	});

	it('waits for a success that does not name its image yet', async () => {
		sandbox.faults.add({ fault: 'emptySuccess', vendor: id, times: 1 });
		const endpoint = await listen(id);

		const task = await seeItEnd(id, endpoint);

		expect(endpoint.started[0]?.[0]?.json).toMatchObject({ taskId: task.id, state: 'succeeded' });
		await decodedSize(await readBinary(endpoint.started[0]?.[0]?.binary?.data));
	});

	it('answers before it fetches the image', async () => {
		sandbox.faults.add({ fault: 'fileSlowDrip', vendor: id, ms: 100 });
		const endpoint = await listen(id);
		await submit(id, endpoint.url);

		await until(() => sandbox.ledger.callbacks.length === 1);

		expect(statuses()).toEqual([200]);
		expect(endpoint.started).toHaveLength(0);
		expect(endpoint.underWay()).toBe(1);
		await until(() => endpoint.started.length === 1);
	});

	it('asks again within the call where the vendor is in trouble for a moment', async () => {
		sandbox.faults.add({ fault: 'serverError', vendor: id, verb: 'getTask', times: 1 });
		const endpoint = await listen(id);

		await seeItEnd(id, endpoint);

		expect(statuses()).toEqual([200]);
		expect(endpoint.started).toHaveLength(1);
	});

	it('has the vendor call again where it could not be asked, and forgets such a call', async () => {
		const warn = jest.spyOn(Container.get(Logger), 'warn');
		const endpoint = await listen(id);
		const task = await submit(id);
		await until(() => sandbox.ledger.task(task.id).state === 'succeeded');
		sandbox.faults.add({ fault: 'unauthorized', vendor: id, verb: 'getTask', times: 1 });

		const refused = await postDelivery(endpoint.url, id, task.id);

		expect(refused.status).toBe(503);
		expect(endpoint.started).toHaveLength(0);
		const logged = warn.mock.calls.map(([message]) => String(message)).join('\n');
		// As far as the delivery names it.
		expect(logged).toContain(clientOf(id).nameInCallback?.(task.id) ?? task.id);
		expect(logged).toContain('refused the API key');
		expect(logged).not.toContain(sandbox.settings.apiKey);
		warn.mockRestore();

		expect(await postDelivery(endpoint.url, id, task.id)).toMatchObject({ status: 200 });
		await until(() => endpoint.underWay() === 0);
		expect(endpoint.started).toHaveLength(1);
	});

	it('answers within seconds where the vendor does not', async () => {
		sandbox.faults.add({ fault: 'hang', vendor: id, verb: 'getTask' });
		const endpoint = await listen(id);
		const startedAt = Date.now();

		const answer = await postDelivery(endpoint.url, id, 'a-task');

		expect(answer.status).toBe(503);
		expect(Date.now() - startedAt).toBeLessThan(9_000);
		expect(endpoint.started).toHaveLength(0);
	});

	it('asks no vendor without a key, and has it call again', async () => {
		const endpoint = await listen(
			id,
			{},
			{ credentials: credentialFor(sandbox, id, { apiKey: '' }) },
		);

		expect((await postDelivery(endpoint.url, id, 'a-task')).status).toBe(503);
		expect(endpoint.started).toHaveLength(0);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});
});

describe('the memory of deliveries', () => {
	const id = cancelingVendor;

	async function finishedTask(): Promise<string> {
		const { id: taskId } = await submit(id);
		await until(() => sandbox.ledger.task(taskId).state === 'succeeded');
		return taskId;
	}
	async function deliver(endpoint: TriggerEndpoint, taskId: string): Promise<void> {
		expect((await postDelivery(endpoint.url, id, taskId)).status).toBe(200);
		await until(() => endpoint.underWay() === 0);
	}

	it('lasts over a restart, in the static data of the workflow', async () => {
		const database = { staticData: {} };
		const taskId = await finishedTask();
		const before = await listen(id, { download: false }, { database });
		await deliver(before, taskId);
		expect(before.started).toHaveLength(1);

		// Another node id: what the process remembers of the first one does not help this one.
		const after = await listen(id, { download: false }, { database });
		await deliver(after, taskId);

		expect(after.started).toHaveLength(0);
	});

	it('lasts where n8n has lost the static data', async () => {
		const database = { staticData: {} };
		const taskId = await finishedTask();
		const endpoint = await listen(id, { download: false }, { database });
		await deliver(endpoint, taskId);
		database.staticData = {};

		await deliver(endpoint, taskId);

		expect(endpoint.started).toHaveLength(1);
	});

	it('keeps the entries of calls that ran at the same moment', async () => {
		const database: { staticData: IDataObject } = { staticData: {} };
		const taskIds = await Promise.all([finishedTask(), finishedTask(), finishedTask()]);
		const endpoint = await listen(id, {}, { database });

		await Promise.all(taskIds.map((taskId) => deliver(endpoint, taskId)));

		expect(endpoint.started).toHaveLength(3);
		const saved = JSON.stringify(database.staticData);
		for (const taskId of taskIds) expect(saved).toContain(taskId);
	});

	it('does not grow without end', async () => {
		const old = Array.from({ length: 600 }, (_, index) => `old-${index}`);
		const name = 'node:Nano Banana Trigger';
		const database = { staticData: { [name]: { startedTaskIds: old } } };
		const taskId = await finishedTask();
		const endpoint = await listen(id, { download: false }, { database });

		await deliver(endpoint, taskId);

		const kept = database.staticData[name].startedTaskIds;
		expect(kept).toHaveLength(500);
		expect(kept.slice(-2)).toEqual(['old-599', taskId]);
	});

	it('does not keep a person from testing with the same delivery again', async () => {
		const taskId = await finishedTask();
		const endpoint = await listen(id, { download: false }, { isTest: true });

		await deliver(endpoint, taskId);
		await deliver(endpoint, taskId);

		expect(endpoint.started).toHaveLength(2);
	});
});
