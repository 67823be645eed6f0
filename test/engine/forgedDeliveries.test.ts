import './harness/environment';

import { setTimeout as sleep } from 'node:timers/promises';

import { expectedTaskIds } from '../../nodes/NanoBanana/platform/deliveryGate';
import type { Sandbox } from '../sandbox';
import { postDelivery, submitTask } from '../sandbox/callbackClient';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { startTriggerEndpoint, type TriggerEndpoint } from './harness/triggerEndpoint';
import { until } from './harness/until';
import { callingCases, credentialFor, imageParameters } from './harness/vendors';

let sandbox: Sandbox;
let endpoint: TriggerEndpoint;

afterEach(async () => {
	await endpoint.close();
});
sandboxForFile({ taskDurationMs: 100, flatPictures: true }, (started) => {
	sandbox = started;
});

describe.each(callingCases)('$vendor.displayName', ({ id }) => {
	beforeEach(async () => {
		endpoint = await startTriggerEndpoint({
			parameters: { vendor: id },
			credentials: credentialFor(sandbox, id),
		});
	});
	const forge = async (taskId: string) => await postDelivery(endpoint.url, id, taskId);
	const flood = async (calls: number) =>
		await Promise.all(
			Array.from({ length: calls }, async (_call, n) => await forge(`${n}`.padStart(32, 'f'))),
		);
	const asked = () => sandbox.ledger.requestsOf('getTask', id).length;

	it('asks the vendor for a small part of 500 forged deliveries, and has the others call again', async () => {
		const answers = await flood(500);

		expect(asked()).toBeLessThan(100);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
		expect(endpoint.started).toEqual([]);
	});

	it('asks no more often where the vendor refuses to be asked', async () => {
		sandbox.faults.add({ fault: 'unauthorized', vendor: id, verb: 'getTask' });
		const answers = await flood(500);

		expect(asked()).toBeLessThan(100);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
	});

	it('expects a delivery only of what was ordered with an address to call back', async () => {
		for (const callbackUrl of ['', endpoint.url]) {
			const { items } = await runWorkflow({
				parameters: imageParameters(id, 'generate', {
					options: { completion: 'submit', callbackUrl },
				}),
				credentials: credentialFor(sandbox, id),
			});
			const isExpected = expectedTaskIds().includes(items[0]?.json.taskId as string);
			expect(isExpected).toBe(callbackUrl !== '');
		}
	});

	it('does not ask again for an unknown task that is forged again and again', async () => {
		await forge('f'.repeat(32));
		const before = asked();
		const answers = [];
		for (let n = 0; n < 50; n++) answers.push(await forge('f'.repeat(32)));

		expect(asked()).toBe(before);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
	});

	it('still starts for what this n8n has ordered itself', async () => {
		const flooding = flood(300);
		await runWorkflow({
			parameters: imageParameters(id, 'generate', {
				options: { completion: 'submit', callbackUrl: endpoint.url },
			}),
			credentials: credentialFor(sandbox, id),
		});
		await until(() => endpoint.started.length === 1);
		await flooding;

		expect(endpoint.started[0]?.[0]?.json).toMatchObject({ taskId: sandbox.ledger.tasks[0]?.id });
	});

	it('still starts for what another n8n has ordered, when the vendor calls again', async () => {
		const task = await submitTask(sandbox, id, 'A banana among forged ones');
		await until(() => sandbox.ledger.tasks[0]?.state === 'succeeded');
		const flooding = flood(300);
		for (let calls = 0; endpoint.started.length === 0 && calls < 40; calls++) {
			await forge(task.id);
			await sleep(500);
		}
		await flooding;

		expect(endpoint.started).toHaveLength(1);
	});

	it('takes a hundred real deliveries at the same moment', async () => {
		const tasks = await Promise.all(
			Array.from({ length: 100 }, async (_task, n) => await submitTask(sandbox, id, `Number ${n}`)),
		);
		await until(() => sandbox.ledger.tasks.every(({ state }) => state === 'succeeded'));
		// On a busy machine the last ones wait too long. The vendor calls these again.
		let waiting = tasks.map(({ id: taskId }) => taskId);
		for (let calls = 0; waiting.length > 0 && calls < 10; calls++) {
			const answers = await Promise.all(waiting.map(async (taskId) => await forge(taskId)));
			waiting = waiting.filter((_taskId, position) => answers[position]?.status !== 200);
		}
		await until(() => endpoint.underWay() === 0);

		expect(waiting).toEqual([]);
		expect(endpoint.started).toHaveLength(100);
	});
});
