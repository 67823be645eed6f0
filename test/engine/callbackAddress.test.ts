import './harness/environment';

import dns from 'node:dns';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, credentialFor, imageParameters } from './harness/vendors';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** A name that counts as public; here it leads to the sandbox, so that whatever is sent is seen. */
const publicHost = 'api.example.com';

beforeAll(() => {
	const lookup = dns.lookup.bind(dns) as (...asked: unknown[]) => void;
	jest.spyOn(dns, 'lookup').mockImplementation((host: string, ...others: unknown[]) => {
		lookup(host === publicHost ? '127.0.0.1' : host, ...others);
	});
});
afterAll(() => {
	jest.restoreAllMocks();
});

describe.each(callingCases)('$vendor.displayName at a public address', ({ id, vendor }) => {
	const credentials = () => {
		const url = new URL(sandbox.baseUrl(id));
		url.hostname = publicHost;
		return credentialFor(sandbox, id, { baseUrl: url.href });
	};
	const generate = async (completion: string, callbackUrl?: string) =>
		await runWorkflow({
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { completion, ...(callbackUrl === undefined ? {} : { callbackUrl }) },
			}),
			credentials: credentials(),
			items: [{ json: { prompt: 'one' } }, { json: { prompt: 'two' } }],
			onError: 'continueErrorOutput',
		});

	it.each([
		// The harness tells n8n that it is reached at 127.0.0.1.
		['a parked run', 'callback', undefined],
		['a submit', 'submit', 'http://127.0.0.1:5678/webhook/one'],
		['a submit', 'submit', 'https://n8n.local/webhook/one'],
		['a submit', 'submit', 'https://192.168.1.20/webhook/one'],
	] as const)(
		'is sent nothing of %s (%s) that it could call at a private address only: %s',
		async (_what, completion, callbackUrl) => {
			const { run, items, errorItems } = await generate(completion, callbackUrl);

			expect(sandbox.ledger.requests).toEqual([]);
			expect(run.waitTill).toBeUndefined();
			expect(items).toEqual([]);
			expect(errorItems.map(({ json }) => json.prompt)).toEqual(['one', 'two']);
			for (const item of errorItems) {
				expect(errorOf(item)).toMatchObject({
					code: 'invalidRequest',
					message: expect.stringContaining('could not call back') as string,
					resumable: false,
					retryElsewhere: true,
				});
			}
		},
	);

	it('is sent what it can call', async () => {
		sandbox.faults.add({ fault: 'callbackLost', times: Number.POSITIVE_INFINITY });
		const callbackUrl = 'https://n8n.example.com/webhook/one';
		const { items, errorItems } = await generate('submit', callbackUrl);

		expect(errorItems).toEqual([]);
		expect(items).toHaveLength(2);
		expect(sandbox.ledger.tasks.map((task) => task.callbackUrl)).toEqual([
			callbackUrl,
			callbackUrl,
		]);
	});

	it('is sent an address without https only where it calls such a one', async () => {
		sandbox.faults.add({ fault: 'callbackLost', times: Number.POSITIVE_INFINITY });
		const { errorItems } = await generate('submit', 'http://n8n.example.com/webhook/one');

		const isRefused = vendor.callback?.needsHttps === true;
		expect(errorItems).toHaveLength(isRefused ? 2 : 0);
		expect(sandbox.ledger.requests).toHaveLength(isRefused ? 0 : 2);
	});
});
