import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { loadImage } from '@napi-rs/canvas';
import { FormData } from 'undici';
import { startSandbox, vendorIds, type Sandbox, type VendorId } from '../sandbox';
import { renderFlatPicture } from '../sandbox/pictures';
import { sniffMediaType } from '../sandbox/references';
import { describeBytes } from '../sandbox/requestBody';
import {
	createBody,
	finishedTask,
	getTask,
	send,
	stateOf,
	submit,
	taskIdOf,
	untilEnded,
	urlsOf,
	valueAt,
	type Answer,
} from './sandboxCalls';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const inFlight: Record<VendorId, string[]> = {
	skillBoss: ['IN_QUEUE', 'IN_PROGRESS'],
	apikley: ['waiting', 'queuing', 'generating'],
	nanoBananaProCloud: ['running'],
	apiMall: ['pending', 'processing'],
	runbase: ['pending', 'processing'],
};
const done: Record<VendorId, string> = {
	skillBoss: 'COMPLETED',
	apikley: 'success',
	nanoBananaProCloud: 'succeeded',
	apiMall: 'completed',
	runbase: 'succeeded',
};
const failed: Record<VendorId, string> = {
	skillBoss: 'FAILED',
	apikley: 'fail',
	nanoBananaProCloud: 'failed',
	apiMall: 'failed',
	runbase: 'failed',
};
const cost: Record<VendorId, number> = {
	skillBoss: 134,
	apikley: 4.5,
	nanoBananaProCloud: 20,
	apiMall: 8,
	runbase: 40_000,
};

describe.each(vendorIds)('%s', (vendor) => {
	it('walks a task to its picture', async () => {
		// Long enough that a busy machine looks during each of its states.
		sandbox.settings.taskDurationMs = 1_500;
		sandbox.settings.queuedShare = 0.5;
		const id = taskIdOf(vendor, await submit(sandbox, vendor, 'a walk'));
		const words: unknown[] = [];
		let answer: Answer;
		do {
			answer = await getTask(sandbox, vendor, id);
			words.push(stateOf(vendor, answer));
			await wait(8);
		} while (stateOf(vendor, answer) !== done[vendor]);
		expect([...new Set(words)]).toEqual([...inFlight[vendor], done[vendor]]);

		const [url = ''] = urlsOf(vendor, answer);
		expect(new URL(url).origin).toBe(vendor === 'runbase' ? sandbox.url : sandbox.filesUrl);
		const file = await send(url, { key: null });
		const image = await loadImage(file.bytes);
		expect([file.status, image.width, image.height]).toEqual([200, 1376, 768]);
		expect(file.headers['content-type']).toBe(sniffMediaType(file.bytes));
		expect(file.headers['content-type']).toBe(vendor === 'apiMall' ? 'image/webp' : 'image/png');

		const task = sandbox.ledger.task(id);
		expect(task).toMatchObject({
			vendor,
			prompt: 'a walk',
			aspectRatio: '16:9',
			state: 'succeeded',
			polls: words.length,
			downloads: 1,
		});
		expect(sandbox.ledger.charged(vendor)).toBe(cost[vendor]);
		expect(sandbox.ledger.refunds).toEqual([]);
		expect(sandbox.ledger.refusedRequests).toEqual([]);
		expect(sandbox.ledger.leakedKeys).toEqual([]);
		expect(JSON.stringify(sandbox.ledger)).not.toContain('sandbox-key');
	});

	it('gives the money of a failed task back', async () => {
		sandbox.faults.add({ vendor, fault: 'taskFails' });
		const id = await finishedTask(sandbox, vendor);
		const early = sandbox.ledger.refunded(vendor);
		expect(early).toBe(vendor === 'nanoBananaProCloud' ? 0 : cost[vendor]);
		const answer = await getTask(sandbox, vendor, id);
		await getTask(sandbox, vendor, id);
		expect(stateOf(vendor, answer)).toBe(failed[vendor]);
		expect(JSON.stringify(answer.json)).toContain('could not be generated');
		expect(sandbox.ledger.refunds).toHaveLength(1);
		expect(sandbox.ledger.netCharged(vendor)).toBe(0);
	});

	it('refuses whoever has no good key', async () => {
		const body = { body: createBody(vendor, 'nobody') };
		for (const key of [null, 'wrong', 'sandbox-blocked-key']) {
			const answer = await submit(sandbox, vendor, '', { ...body, sending: { key } });
			const blocked = key === 'sandbox-blocked-key';
			const has403 = ['skillBoss', 'apiMall', 'runbase'].includes(vendor);
			const code = vendor === 'apikley' ? answer.at('code') : answer.status;
			expect(code).toBe(blocked && has403 ? 403 : 401);
		}
		expect(sandbox.ledger.tasks).toEqual([]);
	});

	it('says what a key check needs about an unknown task', async () => {
		const answer = await getTask(sandbox, vendor, '0'.repeat(32));
		const seen = [answer.status, answer.at('code')];
		if (vendor === 'apikley') expect(seen).toEqual([200, 422]);
		else if (vendor === 'nanoBananaProCloud') expect(seen).toEqual([200, -22]);
		else expect(answer.status).toBe(404);
		const bad = await getTask(sandbox, vendor, '0'.repeat(32), { key: 'wrong' });
		expect(vendor === 'apikley' ? bad.at('code') : bad.status).toBe(401);
	});

	it('looks at its references and keeps what arrived', async () => {
		const picture = await renderFlatPicture({ width: 300, height: 200 }, 'png');
		const upload = await send(`${sandbox.baseUrl('apiMall')}/api/v1/files/base64`, {
			json: { data: picture.toString('base64'), filename: 'in.png' },
		});
		const url = upload.text('url');
		const id = await finishedTask(sandbox, vendor, 'an edit', { references: [url, url] });
		expect(sandbox.ledger.task(id)).toMatchObject({
			mode: 'edit',
			references: [
				{ source: 'url', url, mediaType: 'image/png', width: 300, ...describeBytes(picture) },
				{ source: 'url', url },
			],
		});
		const page = `${sandbox.url}/__sandbox__/health`;
		await submit(sandbox, vendor, 'no image', { references: [page] });
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(/is not a JPEG, PNG or WebP/);
	});

	it('notices a key where results lie', async () => {
		const id = await finishedTask(sandbox, vendor);
		const [url = ''] = urlsOf(vendor, await getTask(sandbox, vendor, id));
		await send(url);
		await send(`${url}?token=sandbox-key`, { key: null });
		expect(sandbox.ledger.leakedKeys).toMatchObject([
			{ detail: 'Authorization: Bearer <the key>' },
			{ detail: 'the key in the URL' },
		]);
	});
});

describe('SkillBoss', () => {
	it('names the request in its headers', async () => {
		const answer = await submit(sandbox, 'skillBoss');
		expect(answer.at('request_id')).toMatch(/^[0-9a-f]{32}$/);
		expect(answer.headers['x-request-id']).toBe(answer.at('request_id'));
		expect(answer.headers['x-record-id']).toBeTruthy();
		const status = await send(answer.text('status_url'));
		expect(status.status).toBe(200);
	});

	it('cancels only what still waits', async () => {
		sandbox.settings.taskDurationMs = 20_000;
		const cancel = (id: string) =>
			send(`${sandbox.baseUrl('skillBoss')}/v1/run/cancel/${id}`, { method: 'POST' });
		const first = taskIdOf('skillBoss', await submit(sandbox, 'skillBoss'));
		expect(await cancel(first)).toMatchObject({ status: 200, json: { cancelled: true } });
		expect((await getTask(sandbox, 'skillBoss', first)).at('status')).toBe('CANCELLED');
		expect(sandbox.ledger.netCharged('skillBoss')).toBe(0);

		const second = taskIdOf('skillBoss', await submit(sandbox, 'skillBoss'));
		while ((await getTask(sandbox, 'skillBoss', second)).at('status') === 'IN_QUEUE')
			await wait(20);
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
});

describe('callbacks', () => {
	let receiver: Server;
	let received: unknown[];
	let status = 200;
	let callbackUrl: string;
	beforeEach(async () => {
		received = [];
		status = 200;
		receiver = createServer((request, response) => {
			let text = '';
			request.on('data', (piece) => (text += piece));
			request.on('end', () => {
				received.push(JSON.parse(text) as unknown);
				response.writeHead(status).end();
			});
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
		callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
	});
	afterEach(() => {
		receiver.closeAllConnections();
		receiver.close();
	});
	const arrival = async (count: number) => {
		for (let look = 0; look < 200 && received.length < count; look++) await wait(10);
	};

	it('come from SkillBoss, once more where they were not taken', async () => {
		status = 500;
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
	});

	it('come from Apikley in the shape of its record', async () => {
		sandbox.faults.add({ vendor: 'apikley', fault: 'taskFails', match: { prompt: /^bad/ } });
		const good = await finishedTask(sandbox, 'apikley', 'good', { callbackUrl });
		await arrival(1);
		const bad = await finishedTask(sandbox, 'apikley', 'bad', { callbackUrl });
		await arrival(2);
		expect(received).toMatchObject([
			{ code: 200, data: { taskId: good, state: 'success' } },
			{ code: 501, data: { taskId: bad, state: 'fail', failCode: '501' } },
		]);
		expect(valueAt(received[0], 'data.resultJson')).toMatch(/^\{"resultUrls":\["http[^,]+"\]\}$/);
	});

	it('can come before the create is answered', async () => {
		sandbox.faults.add({ vendor: 'apikley', fault: 'callbackBeforeAnswer' });
		await submit(sandbox, 'apikley', 'early', { callbackUrl });
		expect(received).toHaveLength(1);
	});
});

describe('Apikley', () => {
	it('takes an upload as multipart and says what is left', async () => {
		const picture = await renderFlatPicture({ width: 64, height: 64 }, 'jpeg');
		const form = new FormData();
		form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), 'ref.jpg');
		form.append('uploadPath', 'images');
		const url = `${sandbox.baseUrl('apikley')}/file-upload/api/file-stream-upload`;
		const answer = await send(url, { form });
		expect(answer.json).toMatchObject({ success: true, code: 200 });
		const file = await send(answer.text('data.downloadUrl'), { key: null });
		expect(file.bytes.equals(picture)).toBe(true);
		expect(sandbox.ledger.uploads).toMatchObject([{ vendor: 'apikley', how: 'multipart' }]);

		await submit(sandbox, 'apikley');
		const credit = await send(`${sandbox.baseUrl('apikley')}/api/v1/chat/credit`);
		expect(credit.json).toEqual({ code: 200, msg: 'success', data: 99_995.5 });
	});
});

describe('nanobananapro.cloud', () => {
	const formOf = (fields: Record<string, string>) => {
		const form = new FormData();
		const all = { prompt: 'x', model: 'nano-banana', mode: 'image-to-image', isPublic: 'false' };
		for (const [name, value] of Object.entries({ ...all, ...fields })) form.append(name, value);
		return form;
	};
	const url = () => `${sandbox.baseUrl('nanoBananaProCloud')}/api/v1/image/nano-banana`;

	it('takes files as multipart and then does not read URLs', async () => {
		const picture = await renderFlatPicture({ width: 64, height: 64 }, 'webp');
		const form = formOf({ imageUrl: 'https://example.com/never-read.png' });
		for (const name of ['a.webp', 'b.webp']) {
			form.append('imageFile', new Blob([new Uint8Array(picture)], { type: 'image/webp' }), name);
		}
		const answer = await send(url(), { form });
		expect(answer.json).toMatchObject({ code: 0, message: 'ok', data: { credits_cost: 15 } });
		expect(sandbox.ledger.tasks[0]).toMatchObject({
			references: [
				{ source: 'multipart', fileName: 'a.webp', mediaType: 'image/webp' },
				{ source: 'multipart', fileName: 'b.webp' },
			],
			ignoredReferences: ['https://example.com/never-read.png'],
		});
	});

	it('refuses multipart without files and what would be public', async () => {
		await send(url(), { form: formOf({}) });
		const { isPublic: _isPublic, ...open } = createBody('nanoBananaProCloud', 'x') as {
			isPublic?: boolean;
		};
		await send(url(), { json: open });
		await send(url(), { json: { ...open, isPublic: true } });
		const reasons = sandbox.ledger.refusedRequests.map((refused) => refused.reason);
		expect(reasons).toEqual([
			'multipart/form-data is for requests with files',
			'isPublic is not false: it was left out',
			'isPublic is not false: true',
		]);
	});
});

describe('API Mall', () => {
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
		sandbox.settings.apiMallTasksAtOnce = 1;
		expect((await submit(sandbox, 'apiMall')).status).toBe(200);
		expect((await submit(sandbox, 'apiMall')).status).toBe(429);
		expect(sandbox.ledger.peakTasksInFlight('apiMall')).toBe(1);
	});

	it('gives out a place to put a file, where the key has no business', async () => {
		const picture = await renderFlatPicture({ width: 64, height: 64 }, 'png');
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
});

describe('Runbase', () => {
	it('limits requests where it is told to', async () => {
		sandbox.settings.runbaseRequestLimit = { requests: 2, windowMs: 10_000 };
		const id = taskIdOf('runbase', await submit(sandbox, 'runbase'));
		expect((await getTask(sandbox, 'runbase', id)).status).toBe(200);
		const third = await getTask(sandbox, 'runbase', id);
		expect(third).toMatchObject({ status: 429, json: { error: { code: 'RATE_LIMITED' } } });
	});

	it.each([
		[{}, 'missing_model'],
		[{ model: 'google/nano-banana-pro' }, 'missing_input'],
		[{ model: 'google/veo', input: { prompt: 'x' } }, 'model_not_found'],
		[{ model: 'google/nano-banana-pro', input: {} }, 'invalid_input'],
		[{ model: 'google/nano-banana', input: { prompt: 'x', resolution: '1K' } }, 'invalid_input'],
	])('refuses %j as %s', async (body, code) => {
		const answer = await submit(sandbox, 'runbase', '', { body });
		expect(answer).toMatchObject({ status: 400, json: { error: { code } } });
	});
});

it('is out of money when the balance is used up', async () => {
	sandbox.settings.balances.apiMall = 15;
	expect((await submit(sandbox, 'apiMall')).at('data.remaining_credits')).toBe(7);
	expect((await submit(sandbox, 'apiMall')).status).toBe(402);
	expect(sandbox.ledger.charged('apiMall')).toBe(8);
});

it('can be driven from another process', async () => {
	const control = `${sandbox.url}/__sandbox__`;
	const health = await send(`${control}/health`);
	expect(health.at('baseUrls.runbase')).toBe(sandbox.baseUrl('runbase'));
	await send(`${control}/settings`, { json: { taskDurationMs: 0 } });
	const fault = { fault: 'badRequest', vendor: 'runbase', match: { prompt: '/BAD/i' } };
	expect((await send(`${control}/faults`, { json: fault })).status).toBe(200);
	expect((await submit(sandbox, 'runbase', 'so bad')).status).toBe(400);
	expect((await submit(sandbox, 'runbase', 'fine')).status).toBe(200);
	const ledger = await send(`${control}/ledger`);
	expect(ledger.json).toMatchObject({
		tasks: [{ prompt: 'fine', state: 'succeeded' }],
		totals: { runbase: { charged: 40_000 } },
	});
	const nonsense = { fault: 'conflict', vendor: 'runbase' };
	expect((await send(`${control}/faults`, { json: nonsense })).status).toBe(400);
	await send(`${control}/reset`, { method: 'POST' });
	expect(sandbox.ledger.tasks).toEqual([]);
	expect(sandbox.settings.taskDurationMs).toBe(50);
});
