import './harness/environment';

import type { ICredentialType } from 'n8n-workflow';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApikleyApi } from '../../credentials/ApikleyApi.credentials';
import { ApiMallApi } from '../../credentials/ApiMallApi.credentials';
import { NanoBananaProCloudApi } from '../../credentials/NanoBananaProCloudApi.credentials';
import { RunbaseApi } from '../../credentials/RunbaseApi.credentials';
import { SkillBossApi } from '../../credentials/SkillBossApi.credentials';
import { startSandbox, type Sandbox, type VendorId } from '../sandbox';
import { removeStorage } from './harness/runWorkflow';
import { testCredential } from './harness/testCredential';

const types: ReadonlyArray<readonly [VendorId, string, ICredentialType]> = [
	['skillBoss', 'SkillBoss', new SkillBossApi()],
	['apikley', 'Apikley', new ApikleyApi()],
	['nanoBananaProCloud', 'nanobananapro.cloud', new NanoBananaProCloudApi()],
	['apiMall', 'API Mall', new ApiMallApi()],
	['runbase', 'Runbase', new RunbaseApi()],
];

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
	await removeStorage();
});

describe.each(types)('%s', (id, name, type) => {
	const test = async (changes: { apiKey?: string; baseUrl?: string } = {}) =>
		await testCredential(type, {
			apiKey: sandbox.settings.apiKey,
			baseUrl: sandbox.baseUrl(id),
			...changes,
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
		// Two of them answer as to a wrong key; their words then tell in the oldest n8n alone.
		const answersAsToWrongKey = id === 'apikley' || (id === 'nanoBananaProCloud' && !isOldest);
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
			message: `What answered at the base URL is not ${name}, so the key was not checked. Check the base URL.`,
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

	it.each<[VendorId, number, unknown]>([
		['skillBoss', 404, { detail: 'Not found' }],
		['skillBoss', 404, { error: { message: 'Unknown request', code: 'not_found' } }],
		['nanoBananaProCloud', 400, { code: 400, message: 'task not found' }],
		['nanoBananaProCloud', 500, { error: 'Downstream query failure' }],
		['nanoBananaProCloud', 200, { code: 1, message: 'task not found', data: null }],
		['runbase', 404, { error: 'Run not found' }],
	])('%s: %i %j does not speak against the key', async (id, status, body) => {
		const type = types.find(([vendor]) => vendor === id)![2];
		const baseUrl = await json(status, body);
		expect((await testCredential(type, { apiKey: 'key', baseUrl })).status).toBe('OK');
	});

	it.each<[VendorId, number, unknown, RegExp]>([
		['skillBoss', 401, { error: 'Unauthorized' }, /refused the API key/],
		['skillBoss', 401, { detail: 'Invalid API key' }, /refused the API key/],
		['apikley', 401, { code: 401, msg: 'x' }, /refused the API key/],
		['apikley', 200, { code: 402, msg: 'x' }, /no credit left/],
		['apikley', 200, { code: 455, msg: 'x' }, /not available right now/],
		['apikley', 200, { hello: 'world' }, /is not Apikley/],
		['nanoBananaProCloud', 200, { code: 401, message: 'x' }, /refused the API key/],
		['nanoBananaProCloud', 200, { code: 1, message: 'Not authenticated' }, /refused the API key/],
		['apiMall', 200, { success: false, error: { code: 'odd' } }, /is wrong or blocked/],
		['apiMall', 404, { message: 'Not Found' }, /is not API Mall/],
		['runbase', 403, { error: { code: 'ip_not_allowed' } }, /has blocked it.*IP addresses/],
		['runbase', 403, { error: { code: 'api_key_spend_limit_exceeded' } }, /has blocked it.*spend/],
		['runbase', 404, { message: 'Not Found' }, /is not Runbase/],
	])('%s: %i %j', async (id, status, body, message) => {
		const type = types.find(([vendor]) => vendor === id)![2];
		const baseUrl = await json(status, body);
		const result = await testCredential(type, { apiKey: 'key', baseUrl });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
	});
});
