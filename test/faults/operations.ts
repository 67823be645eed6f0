import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { startParked, type ParkedExecution } from '../engine/harness/parkedExecution';
import {
	runWorkflow,
	type RunOptions,
	type RunResult,
	type TestItem,
} from '../engine/harness/runWorkflow';
import { startTriggerEndpoint } from '../engine/harness/triggerEndpoint';
import { credentialFor, imageParameters, taskParameters } from '../engine/harness/vendors';
import type { Sandbox, VendorId } from '../sandbox';
import { pollInterval } from './patience';
import type { OperationName } from './rules';

/** What the operations of one cell have in common. */
export interface Stage {
	readonly sandbox: Sandbox;
	readonly vendor: VendorId;
	readonly apiKey: string;
	readonly isRetried: boolean;
	readonly parameters: INodeParameters;
	readonly timeoutSeconds: number;
	/** Where the vendor fetches reference images from this n8n. */
	readonly restApiUrl: string;
	readonly reference: Buffer;
	/** Every run of the cell, in order. */
	readonly runs: RunResult[];
}

/** Enough for any task of a cell to be over. */
const taskIsOverMs = 300;

export const operations: Readonly<Record<OperationName, (stage: Stage) => Promise<RunResult>>> = {
	generate: async (stage) => await runImage(stage, 'generate', [{ json: {} }]),

	edit: async (stage) =>
		await runImage(stage, 'edit', [
			{ json: {}, binary: { data: { bytes: stage.reference, mediaType: 'image/png' } } },
		]),

	submitThenWait: async (stage) => {
		const submitted = await runImage(stage, 'generate', [{ json: {} }], 'submit');
		return submitted.items.length === 0 ? submitted : await waitFor(stage, submitted.items);
	},

	taskGet: async (stage) => {
		const submitted = await runImage(stage, 'generate', [{ json: {} }], 'submit');
		await wait(taskIsOverMs);
		return await runTask(stage, 'get', submitted.items);
	},

	taskCancel: async (stage) => {
		// Still in the queue, so that it can be canceled.
		Object.assign(stage.sandbox.settings, { taskDurationMs: 600_000, queuedShare: 1 });
		const submitted = await runImage(stage, 'generate', [{ json: {} }], 'submit');
		return await runTask(stage, 'cancel', submitted.items);
	},

	getBalance: async (stage) =>
		await run(stage, {
			parameters: { vendor: stage.vendor, resource: 'account', operation: 'getBalance' },
		}),

	park: async (stage) => {
		const parked = await startParked(
			optionsOf(stage, imageRun(stage, 'generate', [{ json: {} }], 'callback')),
		);
		try {
			const result = (await withinPatience(parked, stage)) ?? noted(stage, await parked.timeOut());
			if (parked.resumptions() > 1) throw new Error('the execution went on twice');
			return await withPicture(stage, result);
		} finally {
			await parked.close();
		}
	},

	trigger: async (stage) => {
		const { vendor, sandbox, apiKey } = stage;
		const endpoint = await startTriggerEndpoint({
			parameters: { vendor },
			credentials: credentialFor(sandbox, vendor, { apiKey }),
		});
		try {
			const submitted = await runImage(stage, 'generate', [{ json: {} }], 'submit', {
				callbackUrl: endpoint.url,
			});
			await until(() => endpoint.started.length > 0, patienceMs);
			// What is delivered once more must not start the workflow again.
			await until(() => endpoint.started.length > 1, taskIsOverMs);
			if (endpoint.started.length > 1) throw new Error('the workflow was started twice');
			const [items = submitted.items] = endpoint.started;
			return await withPicture(stage, noted(stage, { ...submitted, items }));
		} finally {
			await endpoint.close();
		}
	},
};

/** Where nobody called back, the item has the task, and the user goes on with it. */
async function withPicture(stage: Stage, result: RunResult): Promise<RunResult> {
	const hasPicture = result.items.some(({ binary }) => binary?.data !== undefined);
	return hasPicture || result.items.length === 0 ? result : await waitFor(stage, result.items);
}

async function withinPatience(
	{ resumed, underWay }: ParkedExecution,
	stage: Stage,
): Promise<RunResult | undefined> {
	let result = await Promise.race([resumed, wait(patienceMs)]);
	// The time limit is not reached while pictures are on their way.
	if (result === undefined && underWay() > 0) {
		await until(() => underWay() === 0, longestDownloadMs);
		result = await Promise.race([resumed, wait(0)]);
	}
	return result === undefined ? undefined : noted(stage, result);
}

async function until(isSo: () => boolean, patientForMs: number): Promise<void> {
	const deadline = Date.now() + patientForMs;
	while (!isSo() && Date.now() < deadline) await wait(20);
}

function noted(stage: Stage, result: RunResult): RunResult {
	stage.runs.push(result);
	return result;
}

/** How long a callback is waited for that will never come. */
const patienceMs = 20_000;

/** Three tries of a transfer that hangs. */
const longestDownloadMs = 40_000;

/** Task → Wait, for the task that an item (or the item of an error) names. */
export async function waitFor(
	stage: Stage,
	items: readonly INodeExecutionData[],
): Promise<RunResult> {
	return await runTask(stage, 'wait', items);
}

type Run = Pick<RunOptions, 'parameters' | 'items'>;

function imageRun(
	stage: Stage,
	operation: 'generate' | 'edit',
	items: readonly TestItem[],
	completion: 'wait' | 'submit' | 'callback' = 'wait',
	options: INodeParameters = {},
): Run {
	const changes = {
		...stage.parameters,
		options: { completion, timeout: stage.timeoutSeconds, pollInterval, ...options },
	};
	return { parameters: imageParameters(stage.vendor, operation, changes), items };
}

async function runImage(
	stage: Stage,
	...of: Tail<Parameters<typeof imageRun>>
): Promise<RunResult> {
	return await run(stage, imageRun(stage, ...of));
}

type Tail<List extends unknown[]> = List extends [unknown, ...infer Others] ? Others : never;

async function runTask(
	stage: Stage,
	operation: 'get' | 'wait' | 'cancel',
	items: readonly INodeExecutionData[],
): Promise<RunResult> {
	const options = operation === 'wait' ? { timeout: stage.timeoutSeconds, pollInterval } : {};
	return await run(stage, {
		parameters: taskParameters(stage.vendor, operation, { options }),
		items: items.map(({ json }) => ({ json })),
	});
}

async function run(stage: Stage, given: Run): Promise<RunResult> {
	return noted(stage, await runWorkflow(optionsOf(stage, given)));
}

function optionsOf(stage: Stage, given: Run): RunOptions {
	const { sandbox, vendor, apiKey, restApiUrl, isRetried } = stage;
	return {
		...given,
		credentials: credentialFor(sandbox, vendor, { apiKey }),
		restApiUrl,
		...(isRetried ? { retryOnFail: true } : { onError: 'continueErrorOutput' }),
	};
}
