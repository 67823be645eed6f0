import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { loadImage } from '@napi-rs/canvas';
import { startSandbox, vendorIds, type Sandbox } from '../sandbox';
import { renderFlatPicture } from '../sandbox/pictures';
import { sniffMediaType } from '../sandbox/references';
import { describeBytes } from '../sandbox/requestBody';
import {
	clientOf,
	createBody,
	finishedTask,
	getTask,
	send,
	stateOf,
	submit,
	taskIdOf,
	urlsOf,
	type Answer,
} from '../sandbox/client';
import { testedVendor } from '../vendors';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

describe.each(vendorIds)('%s', (vendor) => {
	const { words: states, cost, unknownTask, errorCodeAt, tellsBlocked } = clientOf(vendor);
	const { sandbox: part } = testedVendor(vendor);
	const codeOf = (answer: Answer) =>
		errorCodeAt === undefined ? answer.status : answer.at(errorCodeAt);

	it('walks a task to its picture', async () => {
		// Long enough that a busy machine polls during each of its states.
		sandbox.settings.taskDurationMs = 1_500;
		sandbox.settings.queuedShare = 0.5;
		const id = taskIdOf(vendor, await submit(sandbox, vendor, 'a walk'));
		const words: unknown[] = [];
		let answer: Answer;
		do {
			answer = await getTask(sandbox, vendor, id);
			words.push(stateOf(vendor, answer));
			await wait(8);
		} while (stateOf(vendor, answer) !== states.done);
		expect([...new Set(words)]).toEqual([...states.inFlight, states.done]);

		const [url = ''] = urlsOf(vendor, answer);
		const { resultsOnApiHost } = part;
		expect(new URL(url).origin).toBe(resultsOnApiHost ? sandbox.url : sandbox.filesUrl);
		const file = await send(url, { key: null });
		const image = await loadImage(file.bytes);
		expect([file.status, image.width, image.height]).toEqual([200, 1376, 768]);
		expect(file.headers['content-type']).toBe(sniffMediaType(file.bytes));
		expect(file.headers['content-type']).toBe(part.ownFileType ?? 'image/png');

		const task = sandbox.ledger.task(id);
		expect(task).toMatchObject({
			vendor,
			prompt: 'a walk',
			aspectRatio: '16:9',
			state: 'succeeded',
			polls: words.length,
			downloads: 1,
		});
		expect(sandbox.ledger.charged(vendor)).toBe(cost);
		expect(sandbox.ledger.refunds).toEqual([]);
		expect(sandbox.ledger.refusedRequests).toEqual([]);
		expect(sandbox.ledger.leakedKeys).toEqual([]);
		expect(JSON.stringify(sandbox.ledger)).not.toContain('sandbox-key');
	});

	it('gives the money of a failed task back', async () => {
		sandbox.faults.add({ vendor, fault: 'taskFails' });
		const id = await finishedTask(sandbox, vendor);
		const early = sandbox.ledger.refunded(vendor);
		expect(early).toBe(part.refundsAtPoll ? 0 : cost);
		const answer = await getTask(sandbox, vendor, id);
		await getTask(sandbox, vendor, id);
		expect(stateOf(vendor, answer)).toBe(states.failed);
		expect(JSON.stringify(answer.json)).toContain('could not be generated');
		expect(sandbox.ledger.refunds).toHaveLength(1);
		expect(sandbox.ledger.netCharged(vendor)).toBe(0);
	});

	it('refuses whoever has no good key', async () => {
		const body = { body: createBody(vendor, 'nobody') };
		for (const key of [null, 'wrong', 'sandbox-blocked-key']) {
			const answer = await submit(sandbox, vendor, '', { ...body, sending: { key } });
			const blocked = key === 'sandbox-blocked-key';
			expect(codeOf(answer)).toBe(blocked && tellsBlocked ? 403 : 401);
		}
		expect(sandbox.ledger.tasks).toEqual([]);
	});

	it('says what a key check needs about an unknown task', async () => {
		const answer = await getTask(sandbox, vendor, '0'.repeat(32));
		expect(answer.status).toBe(unknownTask.status);
		if (unknownTask.code !== undefined) expect(answer.at('code')).toBe(unknownTask.code);
		const bad = await getTask(sandbox, vendor, '0'.repeat(32), { key: 'wrong' });
		expect(codeOf(bad)).toBe(401);
	});

	it('looks at its references and keeps what arrived', async () => {
		const picture = renderFlatPicture({ width: 300, height: 200 }, 'png');
		const host = createServer((_request, response) => response.end(picture));
		await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/in.png`;
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
		host.closeAllConnections();
		host.close();
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

it('can be driven from another process', async () => {
	const vendor = vendorIds.at(-1)!;
	const control = `${sandbox.url}/__sandbox__`;
	const health = await send(`${control}/health`);
	expect(health.at(`baseUrls.${vendor}`)).toBe(sandbox.baseUrl(vendor));
	await send(`${control}/settings`, { json: { taskDurationMs: 0 } });
	const fault = { fault: 'badRequest', vendor, match: { prompt: '/BAD/i' } };
	expect((await send(`${control}/faults`, { json: fault })).status).toBe(200);
	expect((await submit(sandbox, vendor, 'so bad')).status).toBe(400);
	expect((await submit(sandbox, vendor, 'fine')).status).toBe(200);
	const ledger = await send(`${control}/ledger`);
	expect(ledger.json).toMatchObject({
		tasks: [{ prompt: 'fine', state: 'succeeded' }],
		totals: { [vendor]: { charged: clientOf(vendor).cost } },
	});
	const nonsense = { fault: 'fileHtml', verb: 'submit' };
	expect((await send(`${control}/faults`, { json: nonsense })).status).toBe(400);
	await send(`${control}/reset`, { method: 'POST' });
	expect(sandbox.ledger.tasks).toEqual([]);
	expect(sandbox.settings.taskDurationMs).toBe(50);
});
