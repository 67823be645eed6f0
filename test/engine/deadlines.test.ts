import './harness/environment';

import type { ServerResponse } from 'node:http';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { picture } from './harness/pictures';
import { startRelay, type Relay } from './harness/relay';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import {
	credentialFor,
	imageParameters,
	requestLimits,
	setRequestLimit,
	taskParameters,
	vendorCases,
} from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;
const dripping = new Set<NodeJS.Timeout>();

afterEach(async () => {
	jest.restoreAllMocks();
	for (const timer of dripping) clearInterval(timer);
	dripping.clear();
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 200, flatPictures: true }, (started) => {
	sandbox = started;
});

/** Sends the text a byte every 200 ms, for ever: each byte begins every time-out of silence anew. */
function drip(response: ServerResponse, text: string): 'sent' {
	response.writeHead(200, { 'content-type': 'application/json' });
	let sent = 0;
	const timer = setInterval(() => response.write(text[sent++] ?? ' '), 200);
	dripping.add(timer);
	response.on('close', () => clearInterval(timer));
	return 'sent';
}

/** How long a call took by a clock that no test sets. */
async function timed<Value>(work: () => Promise<Value>): Promise<[Value, number]> {
	const startedAt = performance.now();
	const value = await work();
	return [value, performance.now() - startedAt];
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each([
		['Generate', 'A poll of the run', false],
		['Task → Wait', 'A poll of a later step', true],
	])('%s: a poll that drips does not hold the timeout', async (_name, _what, isLater) => {
		relay = await startRelay(sandbox, (answer, { count }, response) =>
			count === 1 && !isLater ? answer : drip(response, answer.text),
		);
		const options = { timeout: 3, pollInterval: 0.2 };
		const [{ errorItems }, tookMs] = await timed(() =>
			runWorkflow({
				parameters: isLater
					? taskParameters(id, 'wait', { taskId: 'some-task', options })
					: imageParameters(id, 'generate', { options }),
				credentials: credentialFor(sandbox, id, { baseUrl: relay?.baseUrl(id) ?? '' }),
				onError: 'continueErrorOutput',
			}),
		);

		expect(errorOf(errorItems[0])).toMatchObject({ code: 'timeout', resumable: true });
		// What is left of 3 s, and a last poll of 2 s; n8n's own time-outs would take 30 s and more.
		expect(tookMs).toBeLessThan(25_000);
	});
});

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each([
		['back', -200_000],
		['forward', 200_000],
		['back by a day', -86_400_000],
	])('a clock that is set %s in the middle of a run changes no pause', async (_name, byMs) => {
		const real = Date.now.bind(Date);
		sandbox.settings.taskDurationMs = 0;
		relay = await startRelay(sandbox, (answer, { count }) => {
			if (count === 2) jest.spyOn(Date, 'now').mockImplementation(() => real() + byMs);
			// Two pauses begin after the clock was set, at least.
			return count === 2 || count === 3 ? { ...answer, status: 502, text: '' } : answer;
		});
		const [{ items, error }, tookMs] = await timed(() =>
			runWorkflow({
				parameters: imageParameters(id, 'generate', { options: { pollInterval: 1, timeout: 100 } }),
				credentials: credentialFor(sandbox, id, { baseUrl: relay?.baseUrl(id) ?? '' }),
			}),
		);

		expect(error).toBeUndefined();
		expect(items[0]?.binary).toBeDefined();
		// Either way wrong, it would take as long as the clock was set; a busy machine takes some seconds.
		expect(tookMs).toBeLessThan(60_000);
	});
});

describe.each(vendorCases.filter(({ id }) => requestLimits.get(id) !== undefined))(
	'$vendor.displayName limits the requests of a key',
	({ id, vendor }) => {
		afterEach(() => setRequestLimit(vendor, undefined));

		it('orders end at their timeout where no poll gets a turn', async () => {
			const orders = 2;
			setRequestLimit(vendor, { requests: orders, perMs: 60_000 });
			const [{ errorItems }, tookMs] = await timed(() =>
				runWorkflow({
					parameters: imageParameters(id, 'generate', { options: { timeout: 3 } }),
					items: Array.from({ length: orders }, () => ({ json: {} })),
					credentials: credentialFor(sandbox, id),
					onError: 'continueErrorOutput',
				}),
			);

			expect(errorItems).toHaveLength(orders);
			for (const item of errorItems) {
				expect(errorOf(item)).toMatchObject({ code: 'timeout', resumable: true });
			}
			expect(sandbox.ledger.tasks).toHaveLength(orders);
			expect(tookMs).toBeLessThan(25_000);
		});
	},
);

describe.each(vendorCases.filter(({ vendor }) => vendor.uploadReference !== undefined))(
	'$vendor.displayName, which stores reference files,',
	({ id, vendor }) => {
		afterEach(() => setRequestLimit(vendor, undefined));

		it('has no place taken by what does not go to its API', async () => {
			// One is for the file, the other is the submit: what goes to a signed address needs none.
			setRequestLimit(vendor, { requests: 2, perMs: 60_000 });
			const [{ items }, tookMs] = await timed(async () =>
				runWorkflow({
					parameters: imageParameters(id, 'edit', { options: { completion: 'submit' } }),
					items: [
						{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } },
					],
					credentials: credentialFor(sandbox, id),
				}),
			);

			expect(items).toHaveLength(1);
			expect(sandbox.ledger.tasks).toHaveLength(1);
			expect(tookMs).toBeLessThan(30_000);
		});
	},
);
