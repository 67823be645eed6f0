import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const cases = vendorCases.flatMap(({ id, vendor: { pages } }) => [
	{ id, when: 'without credit', apiKey: 'sandbox-key', url: pages.account, words: 'Your account' },
	{ id, when: 'with a wrong key', apiKey: 'wrong', url: pages.apiKeys, words: 'Your API keys' },
]);

it.each(cases)('$id $when sends the user to $url', async ({ id, apiKey, url, words }) => {
	if (apiKey === 'sandbox-key') sandbox.faults.add({ fault: 'insufficientCredit' });
	const options = {
		parameters: imageParameters(id, 'generate'),
		credentials: credentialFor(sandbox, id, { apiKey }),
	};
	const stopped = await runWorkflow(options);
	const continued = await runWorkflow({ ...options, onError: 'continueRegularOutput' });

	expect(stopped.error?.description).toContain(
		`${words}: <a href="${url}" target="_blank">${url}</a>`,
	);
	const hint = errorOf(continued.items[0])?.hint;
	expect(hint).toContain(`${words}: ${url}`);
	expect(hint).not.toContain('<');
});

it.each(vendorCases)('$id has no link where a page does not help', async ({ id }) => {
	const { error } = await runWorkflow({
		parameters: imageParameters(id, 'generate', { prompt: '={{ "" }}' }),
		credentials: credentialFor(sandbox, id),
	});
	expect(error?.description).toBeDefined();
	expect(error?.description).not.toContain('<a ');
});
