import './harness/environment';

import type { INodeParameters } from 'n8n-workflow';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Sandbox, VendorId } from '../sandbox';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import {
	runWorkflow,
	whileReadingFiles,
	type RunOptions,
	type TestItem,
} from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { until } from './harness/until';
import { credentialFor, imageParameters, setRequestLimit, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
sandboxForFile({ taskDurationMs: 60_000, flatPictures: true }, (started) => {
	sandbox = started;
});

const submits = () => sandbox.ledger.requests.filter(({ verb }) => verb === 'submit');
/** Long enough for whatever was being prepared to leave. */
const afterwards = async () => await sleep(1_200);

const photoItem = async (): Promise<TestItem> => ({
	json: {},
	binary: { data: { bytes: await picture(), mediaType: 'image/png' } },
});

/** Runs one item and stops when it is time. */
async function stopWhen(
	id: VendorId,
	parameters: INodeParameters,
	isTime: () => boolean,
	more: Partial<RunOptions> = {},
): Promise<void> {
	await runWorkflow({
		parameters,
		credentials: credentialFor(sandbox, id),
		restApiUrl: instance.restApiUrl,
		whileRunning: (stop) => {
			void until(isTime).then(stop);
		},
		...more,
	});
	await afterwards();
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each(['generate', 'edit'] as const)(
		'%s: sends no submit for which the credential was being decrypted',
		async (operation) => {
			const workflow = async (whileDecrypting: () => Promise<void>): Promise<RunOptions> => ({
				parameters: imageParameters(id, operation),
				credentials: credentialFor(sandbox, id),
				items: [await photoItem()],
				restApiUrl: instance.restApiUrl,
				whileDecrypting,
			});
			// How often it is decrypted up to the submit is nobody's business: the last time is meant.
			sandbox.settings.taskDurationMs = 10;
			let upToSubmit = 0;
			await runWorkflow(
				await workflow(async () => {
					if (submits().length === 0) upToSubmit++;
					await Promise.resolve();
				}),
			);
			expect(upToSubmit).toBeGreaterThan(0);
			sandbox.ledger.clear();

			let stop: () => void = () => undefined;
			let decryptions = 0;
			await runWorkflow({
				...(await workflow(async () => {
					if (++decryptions === upToSubmit) stop();
					await sleep(300);
				})),
				whileRunning: (stopIt) => (stop = stopIt),
			});
			await afterwards();

			expect(decryptions).toBeGreaterThanOrEqual(upToSubmit);
			expect(submits()).toEqual([]);
		},
	);

	it('sends no submit that waits for a refusal for speed to pass', async () => {
		sandbox.faults.add({ verb: 'submit', fault: 'rateLimitedRetrySeconds', seconds: 1, times: 1 });
		await stopWhen(id, imageParameters(id, 'generate'), () => submits().length === 1);
		expect(submits()).toHaveLength(1);
	});

	it('sends no submit that waits for its turn in the limit of the key', async () => {
		const vendor = vendorCases.find((entry) => entry.id === id)?.vendor;
		if (vendor === undefined) throw new Error('No such vendor');
		setRequestLimit(vendor, { requests: 1, perMs: 900 });
		try {
			await stopWhen(id, imageParameters(id, 'generate'), () => submits().length === 1, {
				items: [{ json: {} }, { json: {} }, { json: {} }],
			});
		} finally {
			setRequestLimit(vendor, undefined);
		}
		expect(submits()).toHaveLength(1);
	});

	it.each(['generate', 'edit'] as const)(
		'sends no %s of an item that comes after the one that it is busy with',
		async (operation) => {
			const item = await photoItem();
			await stopWhen(
				id,
				imageParameters(id, operation, { options: { maxTasksAtOnce: 1 } }),
				() => submits().length === 1,
				{ items: [item, item] },
			);
			expect(submits()).toHaveLength(1);
		},
	);
});

it.each(vendorCases.filter(({ vendor }) => vendor.uploadReference !== undefined))(
	'$vendor.displayName: sends no submit whose file was being uploaded',
	async ({ id }) => {
		sandbox.faults.add({ vendor: id, verb: 'upload', fault: 'slowAnswer', ms: 600 });
		const uploading = () => sandbox.ledger.requests.some(({ verb }) => verb === 'upload');
		await stopWhen(id, imageParameters(id, 'edit'), uploading, { items: [await photoItem()] });
		expect(submits()).toEqual([]);
	},
);

it.each(vendorCases.filter(({ vendor }) => vendor.references.delivery === 'inline'))(
	'$vendor.displayName: sends no submit for which a reference was being fetched',
	async ({ id }) => {
		const bytes = await picture();
		let fetches = 0;
		const server = createServer((_request, response) => {
			fetches++;
			setTimeout(() => response.writeHead(200, { 'content-type': 'image/png' }).end(bytes), 600);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;

		await stopWhen(
			id,
			imageParameters(id, 'edit', { referenceUrls: `http://127.0.0.1:${port}/photo.png` }),
			() => fetches > 0,
			{ items: [await photoItem()] },
		);
		server.close();

		expect(fetches).toBe(1);
		expect(submits()).toEqual([]);
	},
);

it.each(vendorCases.filter(({ vendor }) => vendor.references.delivery !== 'url'))(
	'$vendor.displayName: sends no submit for which a file was being read from n8n',
	async ({ id }) => {
		const item = await photoItem();
		const workflow = (): RunOptions => ({
			parameters: imageParameters(id, 'edit'),
			credentials: credentialFor(sandbox, id),
			items: [item],
		});
		// How often it is read up to the submit is nobody's business: the last time is meant.
		sandbox.settings.taskDurationMs = 10;
		let upToSubmit = 0;
		await whileReadingFiles(
			async () => {
				if (submits().length === 0) upToSubmit++;
				await Promise.resolve();
			},
			async () => await runWorkflow(workflow()),
		);
		expect(upToSubmit).toBeGreaterThan(0);
		sandbox.ledger.clear();

		let stop: () => void = () => undefined;
		let reads = 0;
		await whileReadingFiles(
			async () => {
				if (++reads === upToSubmit) stop();
				await sleep(300);
			},
			async () => {
				await runWorkflow({ ...workflow(), whileRunning: (stopIt) => (stop = stopIt) });
				await afterwards();
			},
		);

		expect(reads).toBeGreaterThanOrEqual(upToSubmit);
		expect(submits()).toEqual([]);
	},
);
