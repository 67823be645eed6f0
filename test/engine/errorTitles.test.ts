import './harness/environment';

import { faultApplies, type Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startRelay, type Relay } from './harness/relay';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;

afterEach(async () => {
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** Texts that n8n would put one of its own in the place of. */
const texts = [
	'reference image could not be fetched: ENOTFOUND',
	'upstream: connect econnrefused 10.0.0.1',
	'EACCES or EPERM in the sandbox of the model',
	'the request to the model timed out (ETIMEDOUT)',
	'getaddrinfo failed for your image',
];

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	const failWith = async (text: string, onError?: 'continueErrorOutput') => {
		relay = await startRelay(sandbox, (answer) => ({
			...answer,
			status: 400,
			text: JSON.stringify({
				code: 400,
				success: false,
				message: text,
				error: { code: 'bad_request', message: text },
			}),
		}));
		return await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
			...(onError === undefined ? {} : { onError }),
		});
	};

	it.each(texts)('is quoted in the title, not n8n’s own words: %s', async (text) => {
		const { error, run } = await failWith(text);

		expect(error?.message).toContain(vendor.displayName);
		expect(error?.message).toContain(text);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(run.data.resultData.error?.message).toBe(error?.message);
		expect((error as { messages?: unknown } | undefined)?.messages).toEqual([]);
	});

	it('is quoted in the error item, too', async () => {
		const { errorItems } = await failWith(texts[0] as string, 'continueErrorOutput');

		expect(errorOf(errorItems[0])?.message).toContain(texts[0]);
	});
});

it('does not let a vendor’s word pass for a Stop of the user', async () => {
	const canceling = vendorCases.filter(({ id }) => faultApplies('taskCanceled', id, 'submit'));
	expect(canceling).not.toEqual([]);
	for (const { id } of canceling) {
		sandbox.faults.add({ fault: 'taskCanceled', vendor: id });
		const { run, error } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id),
		});

		expect(error?.message).toMatch(/cancel/);
		expect(run.status).toBe('error');
	}
});
