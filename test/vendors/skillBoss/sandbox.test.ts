import { startSandbox, type Sandbox } from '../../sandbox';
import { finishedTask, getTask, send, submit, taskIdOf, untilEnded } from '../../sandbox/client';
import { setTimeout as wait } from 'node:timers/promises';
import { startCallbackReceiver } from '../../sandbox/callbackReceiver';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

it('names the request in its headers', async () => {
	const answer = await submit(sandbox, 'skillBoss');
	expect(answer.at('request_id')).toMatch(/^[0-9a-f]{32}$/);
	expect(answer.headers['x-request-id']).toBe(answer.at('request_id'));
	expect(answer.headers['x-record-id']).toBeTruthy();
	const status = await send(answer.text('status_url'));
	expect(status.status).toBe(200);
});

it('cancels only what still waits', async () => {
	sandbox.settings.taskDurationMs = 2_000;
	const cancel = (id: string) =>
		send(`${sandbox.baseUrl('skillBoss')}/v1/run/cancel/${id}`, { method: 'POST' });
	const first = taskIdOf('skillBoss', await submit(sandbox, 'skillBoss'));
	expect(await cancel(first)).toMatchObject({ status: 200, json: { cancelled: true } });
	expect((await getTask(sandbox, 'skillBoss', first)).at('status')).toBe('CANCELLED');
	expect(sandbox.ledger.netCharged('skillBoss')).toBe(0);

	const second = taskIdOf('skillBoss', await submit(sandbox, 'skillBoss'));
	while ((await getTask(sandbox, 'skillBoss', second)).at('status') === 'IN_QUEUE') await wait(20);
	expect((await cancel(second)).status).toBe(409);
	await untilEnded(sandbox, second);
	expect(await cancel(second)).toMatchObject({ status: 200, json: { cancelled: false } });
	expect((await cancel('0'.repeat(32))).status).toBe(404);
	expect(sandbox.ledger.cancels.map((each) => each.result)).toEqual([
		'canceled',
		'workerStarted',
		'alreadyTerminal',
		'unknownTask',
	]);
});

it('refuses private webhooks where it is told to', async () => {
	sandbox.settings.allowPrivateCallbacks = false;
	for (const callbackUrl of ['http://example.com/', 'https://127.0.0.1/', 'https://[::1]/']) {
		const answer = await submit(sandbox, 'skillBoss', 'x', { callbackUrl });
		expect(answer.status).toBe(400);
	}
});

it('calls back, once more where they were not taken', async () => {
	const receiver = await startCallbackReceiver(500);
	const { url: callbackUrl, received, arrival } = receiver;
	sandbox.settings.callbackRetryMs = 20;
	const id = await finishedTask(sandbox, 'skillBoss', 'called', { callbackUrl });
	await arrival(2);
	expect(received).toHaveLength(2);
	expect(received[0]).toEqual({
		request_id: id,
		status: 'OK',
		payload: { generated_images: [{ url: expect.stringContaining(id) }] },
		error: null,
	});
	await wait(50);
	expect(sandbox.ledger.callbacks).toMatchObject([{ attempt: 1 }, { attempt: 2, status: 500 }]);
	receiver.close();
});
