import { startSandbox, type Sandbox } from '../../sandbox';
import { createBody, finishedTask, getTask, send, submit } from '../../sandbox/client';
import { renderFlatPicture } from '../../sandbox/pictures';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const withKey = (key: string) => ({ sending: { headers: { 'idempotency-key': key } } });

it('creates once under one key, side by side and one after the other', async () => {
	const answers = await Promise.all(
		[1, 2, 3].map(() => submit(sandbox, 'apiMall', 'once', withKey('k1'))),
	);
	answers.push(await submit(sandbox, 'apiMall', 'once', withKey('k1')));
	expect(new Set(answers.map((answer) => answer.at('data.task_id'))).size).toBe(1);
	expect(sandbox.ledger.charged('apiMall')).toBe(8);
	const other = await submit(sandbox, 'apiMall', 'another', withKey('k1'));
	expect(other).toMatchObject({ status: 409, json: { success: false } });
	expect(sandbox.ledger.refusedRequests).toEqual([]);
});

it('keeps a task whose answer was lost, for the same key', async () => {
	sandbox.faults.add({ vendor: 'apiMall', fault: 'droppedAfterTaken', times: 1 });
	await expect(submit(sandbox, 'apiMall', 'lost', withKey('k2'))).rejects.toThrow();
	const answer = await submit(sandbox, 'apiMall', 'lost', withKey('k2'));
	expect(sandbox.ledger.tasks.map((task) => task.id)).toEqual([answer.at('data.task_id')]);
});

it('makes several images, for as many times the price', async () => {
	const body = { ...createBody('apiMall', 'four'), num_images: 4 };
	const id = await finishedTask(sandbox, 'apiMall', '', { body });
	const answer = await getTask(sandbox, 'apiMall', id);
	expect(answer.at('data.output.resultUrls')).toHaveLength(4);
	expect(answer.at('data.credits_used')).toBe(32);
	sandbox.faults.add({ vendor: 'apiMall', fault: 'fewerImages' });
	const fewer = await getTask(sandbox, 'apiMall', id);
	expect(fewer.at('data.output.resultUrls')).toHaveLength(3);
	expect(sandbox.ledger.netCharged('apiMall')).toBe(24);
});

it('limits the tasks in flight where it is told to', async () => {
	sandbox.settings.taskDurationMs = 60_000;
	sandbox.settings.tasksAtOnce.apiMall = 1;
	expect((await submit(sandbox, 'apiMall')).status).toBe(200);
	expect((await submit(sandbox, 'apiMall')).status).toBe(429);
	expect(sandbox.ledger.peakTasksInFlight('apiMall')).toBe(1);
});

it('gives out a place to put a file, where the key has no business', async () => {
	const picture = renderFlatPicture({ width: 64, height: 64 }, 'png');
	const ticket = await send(`${sandbox.baseUrl('apiMall')}/api/v1/files/upload-url`, {
		json: { filename: 'a.png', content_type: 'image/png', file_size: picture.length },
	});
	const put = (key: string | null) =>
		send(ticket.text('upload_url'), {
			method: 'PUT',
			bytes: picture,
			key,
			headers: { 'content-type': 'image/png' },
		});
	expect((await put('sandbox-key')).status).toBe(400);
	expect(sandbox.ledger.leakedKeys).toHaveLength(1);
	expect((await put(null)).status).toBe(200);
	const file = await send(ticket.text('public_url'), { key: null });
	expect(file.bytes.equals(picture)).toBe(true);
});

it('is out of money when the balance is used up', async () => {
	sandbox.settings.balances.apiMall = 15;
	expect((await submit(sandbox, 'apiMall')).at('data.remaining_credits')).toBe(7);
	expect((await submit(sandbox, 'apiMall')).status).toBe(402);
	expect(sandbox.ledger.charged('apiMall')).toBe(8);
});
