import './harness/environment';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox';
import { TestCredentialsHelper } from './harness/credentialsHelper';
import { errorOf } from './harness/errorJson';
import { startRelay, type Relay } from './harness/relay';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;

afterEach(async () => {
	jest.restoreAllMocks();
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 400, flatPictures: true }, (started) => {
	sandbox = started;
});

/** The headers in which the vendor was sent a key, whatever scheme it has. */
const keysSent = () =>
	(relay?.requests ?? []).map(({ headers }) =>
		Object.values(headers).filter((value) => /key|spoiled/.test(String(value))),
	);

function expectTheKeyAlone(): void {
	expect(keysSent().length).toBeGreaterThan(0);
	for (const sent of keysSent()) expect(sent).toEqual([expect.stringMatching(/^\w+ sandbox-key$/)]);
}

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it.each([
		['the key', { apiKey: 'the-new-key' }],
		['the base URL', { baseUrl: 'http://127.0.0.1:9/elsewhere' }],
		['both', { apiKey: 'the-new-key', baseUrl: 'http://127.0.0.1:9/elsewhere' }],
	])(
		'goes on with the credential as it was when %s is changed during the run',
		async (_what, change) => {
			const credentials: Record<string, ICredentialDataDecryptedObject> = {};
			relay = await startRelay(sandbox, () => {
				// n8n decrypts what the database holds at that moment.
				credentials[vendor.credentialType] = { ...credentials[vendor.credentialType], ...change };
				return undefined;
			});
			Object.assign(credentials, credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }));

			const { items, error } = await runWorkflow({
				parameters: imageParameters(id, 'generate'),
				items: [{ json: { n: 1 } }, { json: { n: 2 } }],
				credentials,
			});

			expect(error).toBeUndefined();
			expect(items.map(({ binary }) => binary !== undefined)).toEqual([true, true]);
			expect(keysSent().length).toBeGreaterThanOrEqual(4);
			expectTheKeyAlone();
		},
	);

	it('takes no harm from what n8n writes into the credential of a request', async () => {
		// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own object below
		const { authenticate } = TestCredentialsHelper.prototype;
		jest.spyOn(TestCredentialsHelper.prototype, 'authenticate').mockImplementation(async function (
			this: TestCredentialsHelper,
			data,
			type,
			request,
		) {
			const answer = await authenticate.call(this, data, type, request);
			data.apiKey = 'spoiled';
			data.baseUrl = 'spoiled';
			return answer;
		});
		relay = await startRelay(sandbox);
		const { items } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
		});

		expect(items[0]?.binary).toBeDefined();
		expectTheKeyAlone();
	});

	it.each([
		['was deleted', 'Credential with ID "7" does not exist for type "x".', /"Shop" was deleted/],
		[
			'is gone in another version’s words',
			'Credential with ID "7" was not found.',
			/"Shop" was deleted/,
		],
		[
			'cannot be decrypted',
			'Credentials could not be decrypted.',
			/"Shop" could not be opened: Cred/,
		],
	])('names a credential that %s, and spends nothing', async (_what, thrown, message) => {
		jest
			.spyOn(TestCredentialsHelper.prototype, 'getDecrypted')
			.mockRejectedValue(new Error(thrown));
		const credentials = credentialFor(sandbox, id);
		for (const parameters of [
			imageParameters(id, 'generate'),
			taskParameters(id, 'wait', { taskId: 'a' }),
		]) {
			const { errorItems } = await runWorkflow({
				parameters,
				credentials,
				credentialName: 'Shop',
				onError: 'continueErrorOutput',
			});
			const error = errorOf(errorItems[0]);
			expect(error).toMatchObject({ code: 'authentication' });
			expect(error?.message).toMatch(message);
			expect(error?.hint).toMatch(/credential/);
		}
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it.each([
		['Bearer before it', (key: string) => `Bearer ${key}`],
		['its header before it', (key: string) => `authorization: bearer ${key}`],
		['quotes around it', (key: string) => `"${key}"`],
		['quotes, blanks and line ends around it', (key: string) => ` \r\n“Bearer ${key}”\u00a0\n`],
		['an invisible character behind it', (key: string) => `${key}\u200b`],
	])('understands a key with %s', async (_name, paste) => {
		relay = await startRelay(sandbox);
		const credentials = credentialFor(sandbox, id, {
			apiKey: paste('sandbox-key'),
			baseUrl: relay.baseUrl(id),
		});
		const { items } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials,
		});

		expect(items[0]?.binary).toBeDefined();
		expectTheKeyAlone();
	});

	it.each([
		['sandbox-key\nsandbox-key', /line break/],
		['sandbox key', /a space or an invisible character in it \(U\+0020\)/],
		['sandbox\u200bkey', /a space or an invisible character in it \(U\+200B\)/],
		['sändbox-key', /keys cannot have: U\+00E4/],
		['sk-…1234', /partly hidden/],
		['sk-****1234', /partly hidden/],
		['https://vendor.example/keys', /a URL in place of the API key/],
		['Bearer', /no API key/],
		['""', /no API key/],
		['x'.repeat(5_000), /5000 characters/],
	])('refuses the key %j by its slip, and does not repeat it', async (apiKey, message) => {
		const { error } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id, { apiKey }),
		});

		expect(error?.message).toMatch(message);
		expect(error?.message).toContain(`${vendor.displayName} credential`);
		if (apiKey.length > 6) expect(`${error?.message}${error?.description}`).not.toContain(apiKey);
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it.each(['/', '?', '/?', '#', '\\', '/\\ \n', '"'])(
		'understands a base URL that ends in %j',
		async (end) => {
			const { items } = await runWorkflow({
				parameters: imageParameters(id, 'generate'),
				credentials: credentialFor(sandbox, id, { baseUrl: ` ${sandbox.baseUrl(id)}${end}` }),
			});

			expect(items[0]?.binary).toBeDefined();
		},
	);

	it.each([
		['api.vendor.example', /is not a valid URL: it does not begin with https/],
		['ftp://api.vendor.example', /is not a valid URL: it does not begin with https/],
		[
			'https://api vendor.example',
			/is not a valid URL: it has a space or an invisible character in it/,
		],
		['https://', /is not a valid URL/],
		['https://api.vendor.example?tenant=1', /has a query in it/],
		['https://api.vendor.example/?x#y', /has a query in it/],
		['https://api.vendor.example#top', /has a fragment in it/],
		['https://me@api.vendor.example', /has a user name or a password in it/],
		['https://me:secret@api.vendor.example', /has a user name or a password in it/],
		['  ', /is empty/],
	])('refuses the base URL %j by its slip', async (baseUrl, message) => {
		const { error } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id, { baseUrl }),
		});

		expect(error?.message).toMatch(message);
		expect(error?.message).toContain(`The base URL in the ${vendor.displayName} credential`);
		expect(error?.message).not.toContain('secret');
	});
});
