import './harness/environment';

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { vendors } from '../../nodes/NanoBanana/vendors';
import { startSandbox, type Sandbox } from '../sandbox';
import { testedVendor, testedVendors } from '../vendors';
import { authenticated } from '../vendors/authenticate';
import { testCredential } from './harness/testCredential';

const types = testedVendors.map(({ facts, credential }) => {
	const name = vendors.find(({ id }) => id === facts.id)?.displayName ?? '';
	return [facts.id, name, credential] as const;
});

/** n8n 1.121 cannot tell the status of an answer that it accepted. */
const isOldest = require.resolve('n8n-core').includes('oldest');

let sandbox: Sandbox;
const servers: Server[] = [];

/** A host that answers what it likes; answers with its origin. */
async function serve(answer: RequestListener): Promise<string> {
	const server = createServer(answer);
	servers.push(server);
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answering(status: number, mediaType: string, body: string): Promise<string> {
	return serve((_request, response) => {
		response.writeHead(status, { 'content-type': mediaType }).end(body);
	});
}

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => {
	expect(sandbox.ledger.leakedKeys).toEqual([]);
	sandbox.reset();
	for (const server of servers.splice(0)) {
		server.close();
		server.closeAllConnections();
	}
});
afterAll(async () => {
	await sandbox.close();
});

describe.each(types)('%s', (id, name, type) => {
	const test = async (changes: { apiKey?: string; baseUrl?: string } = {}) =>
		await testCredential(type, {
			apiKey: sandbox.settings.apiKey,
			baseUrl: sandbox.baseUrl(id),
			...changes,
		});

	it('sends the key in the vendor’s own header and nowhere else, without blanks around it', async () => {
		const { keyHeader } = testedVendor(id).sandbox;
		const { name: header, prefix } = keyHeader ?? { name: 'authorization', prefix: 'Bearer ' };
		const request = { headers: { accept: 'application/json' }, url: 'https://vendor.example/' };
		const sent = await authenticated(type, { apiKey: ' key-1\n', baseUrl: '' }, request);
		const headers = Object.entries(sent.headers).map(([key, value]) => [key.toLowerCase(), value]);
		expect({ ...sent, headers: Object.fromEntries(headers) }).toEqual({
			...request,
			headers: { ...request.headers, [header]: `${prefix}key-1` },
		});
	});

	it('connects with a good key, and spends nothing', async () => {
		expect(await test()).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(sandbox.ledger.tasks).toEqual([]);
		expect(sandbox.ledger.charges).toEqual([]);
	});

	it.each(['/', '//', ' \n', '?', '/?', '#', '\\', '/ "'])(
		'takes a base URL with %j at its end',
		async (end) => {
			expect((await test({ baseUrl: `${sandbox.baseUrl(id)}${end}` })).status).toBe('OK');
		},
	);

	it.each([
		['Bearer before it', (key: string) => `Bearer ${key}`],
		['the name of the header before it', (key: string) => `Authorization: Bearer ${key}`],
		['quotes around it', (key: string) => `"${key}"`],
		['quotes of a text program around it', (key: string) => ` “Bearer ${key}”\n`],
		['blanks and line ends around it', (key: string) => `\r\n\t ${key}\u00a0\u200b\n`],
	])('takes a key with %s', async (_name, paste) => {
		expect((await test({ apiKey: paste(sandbox.settings.apiKey) })).status).toBe('OK');
	});

	it.each(['?tenant=1', '#top'])('sends no key to a base URL with %s', async (end) => {
		let asked = 0;
		const host = await serve((_request, response) => {
			asked++;
			response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
		});
		const { status, message } = await test({ baseUrl: host + end });
		expect(status).toBe('Error');
		expect(message).toMatch(/invalid.url/i);
		expect(asked).toBe(0);
	});

	it('sends no key to a base URL with a user name', async () => {
		const baseUrl = sandbox.baseUrl(id).replace('//', '//me:secret@');
		const { status, message } = await test({ baseUrl });
		expect(status).toBe('Error');
		expect(message).toMatch(/invalid.url/i);
	});

	it('says that a bad key was refused', async () => {
		const { status, message } = await test({ apiKey: 'another-key' });
		expect(status).toBe('Error');
		expect(message).toContain(`${name} refused the API key.`);
	});

	it('says that a blocked key is blocked, where the vendor says so', async () => {
		const { status, message } = await test({ apiKey: sandbox.settings.blockedApiKey });
		expect(status).toBe('Error');
		// Some answer as to a wrong key; the words of some then tell in the oldest n8n alone.
		const { blockedIsWrong } = testedVendor(id).facts.keyTest;
		const answersAsToWrongKey =
			blockedIsWrong === 'always' || (blockedIsWrong === 'newest' && !isOldest);
		expect(message).toContain(
			answersAsToWrongKey ? 'refused the API key' : 'knows the API key, but has blocked it',
		);
	});

	it('says that a host is down', async () => {
		const { status, message } = await test({ baseUrl: 'http://127.0.0.1:9' });
		expect(status).toBe('Error');
		expect(message).toMatch(/ECONNREFUSED|refused the connection/);
	});

	it.each([
		['a page', 404, 'text/html', '<!DOCTYPE html><title>Not found</title>'],
		['a page that welcomes', 200, 'text/html', '\n<html></html>'],
		['plain text', 404, 'text/plain', '404 page not found'],
		['nothing', 404, 'text/plain', ''],
	])('is not taken in by %s of another host', async (_name, status, mediaType, body) => {
		const result = await test({ baseUrl: await answering(status, mediaType, body) });
		expect(result).toEqual({
			status: 'Error',
			message: `The server at the base URL is not ${name}, so the key was not checked. Check the base URL.`,
		});
	});

	it('does not carry the key along a redirect', async () => {
		let followed = 0;
		const elsewhere = await serve((_request, response) => {
			followed++;
			response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
		});
		const baseUrl = await serve((_request, response) => {
			response.writeHead(307, { location: elsewhere }).end();
		});
		expect((await test({ baseUrl })).status).toBe('Error');
		expect(followed).toBe(0);
	});

	it('does not take a vendor that is down for a good key', async () => {
		const result = await test({ baseUrl: await answering(503, 'text/html', '<html></html>') });
		expect(result.status).toBe('Error');
		if (!isOldest) expect(result.message).toContain(`${name} is not available right now`);
	});
});

describe('answers that the sandbox does not give', () => {
	const json = (status: number, body: unknown) =>
		answering(status, 'application/json', JSON.stringify(body));

	it.each(
		testedVendors.flatMap(({ facts, credential }) =>
			facts.keyTest.good.map(([status, body]) => [facts.id, status, body, credential] as const),
		),
	)('%s: %i %j does not speak against the key', async (_id, status, body, type) => {
		const baseUrl = await json(status, body);
		expect((await testCredential(type, { apiKey: 'key', baseUrl })).status).toBe('OK');
	});

	it.each(
		testedVendors.flatMap(({ facts, credential }) =>
			facts.keyTest.bad.map(
				([status, body, says]) => [facts.id, status, body, says, credential] as const,
			),
		),
	)('%s: %i %j', async (_id, status, body, says, type) => {
		const result = await testCredential(type, { apiKey: 'key', baseUrl: await json(status, body) });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(says);
	});
});
