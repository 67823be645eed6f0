import './harness/environment';

import type { Exchange } from '../../nodes/NanoBanana/core/vendor';
import type { TaskReference } from '../../nodes/NanoBanana/core/task';
import type { Sandbox } from '../sandbox';
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
const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const sendingOnce = vendorCases.filter(({ vendor }) => !vendor.submitIsIdempotent);

describe.each(sendingOnce)('$vendor.displayName', ({ id, vendor }) => {
	it.each(['Stop', 'the end of its patience'])(
		'tells the task that the half of an answer names, until %s',
		async (ending) => {
			let stop: (() => void) | undefined;
			relay = await startRelay(sandbox, (answer, { count }, response) => {
				if (count > 1) return undefined;
				const taskId = sandbox.ledger.tasks[0]?.id ?? '';
				const text = answer.text.slice(0, answer.text.indexOf(taskId) + taskId.length + 2);
				response.writeHead(answer.status, { 'content-type': 'application/json' });
				response.write(text, () => (ending === 'Stop' ? stop?.() : undefined));
				return 'sent';
			});
			const {
				error,
				log,
				errorItems,
				run: result,
			} = await runWorkflow({
				parameters: imageParameters(id, 'generate'),
				credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
				onError: ending === 'Stop' ? 'stopWorkflow' : 'continueErrorOutput',
				whileRunning: (stopRun) => {
					stop = stopRun;
				},
			});

			const taskId = sandbox.ledger.tasks[0]?.id ?? '';
			expect(taskId).not.toBe('');
			const context = result.data.executionData?.contextData;
			expect(JSON.stringify([error?.message, errorItems, context, log])).toContain(taskId);
			if (ending !== 'Stop') expect(errorOf(errorItems[0])?.code).toBe('submitUnknown');
			expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
		},
	);

	it.each([
		['to a host that refuses connections', 'http://127.0.0.1:9/next'],
		['to an address that must not be asked', 'http://169.254.169.254/next'],
	])('does not take a later request %s for one that was never sent', async (_name, url) => {
		const before = { submit: vendor.submit };
		const bent: typeof vendor.submit = (input) => {
			const first = before.submit(input);
			const next: Exchange<TaskReference> = {
				request: { method: 'PUT', url },
				read: (answer) => first.read(answer),
			};
			return { request: first.request, read: () => next };
		};
		Object.assign(vendor, { submit: bent });
		try {
			const { errorItems } = await run(id, {
				parameters: imageParameters(id, 'generate'),
				onError: 'continueErrorOutput',
			});
			expect(errorOf(errorItems[0])).toMatchObject({
				code: 'submitUnknown',
				retryElsewhere: false,
			});
			expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
		} finally {
			Object.assign(vendor, before);
		}
	});
});
