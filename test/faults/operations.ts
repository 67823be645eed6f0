import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import {
	runWorkflow,
	type RunOptions,
	type RunResult,
	type TestItem,
} from '../engine/harness/runWorkflow';
import { credentialFor, imageParameters, taskParameters } from '../engine/harness/vendors';
import type { Sandbox, VendorId } from '../sandbox';
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
};

/** Task → Wait, for the task that an item (or the item of an error) names. */
export async function waitFor(
	stage: Stage,
	items: readonly INodeExecutionData[],
): Promise<RunResult> {
	return await runTask(stage, 'wait', items);
}

async function runImage(
	stage: Stage,
	operation: 'generate' | 'edit',
	items: readonly TestItem[],
	completion: 'wait' | 'submit' = 'wait',
): Promise<RunResult> {
	const changes = { ...stage.parameters, completion, options: { timeout: stage.timeoutSeconds } };
	return await run(stage, {
		parameters: imageParameters(stage.vendor, operation, changes),
		items,
	});
}

async function runTask(
	stage: Stage,
	operation: 'get' | 'wait' | 'cancel',
	items: readonly INodeExecutionData[],
): Promise<RunResult> {
	const options = operation === 'wait' ? { timeout: stage.timeoutSeconds } : {};
	return await run(stage, {
		parameters: taskParameters(stage.vendor, operation, { options }),
		items: items.map(({ json }) => ({ json })),
	});
}

async function run(
	stage: Stage,
	options: Pick<RunOptions, 'parameters' | 'items'>,
): Promise<RunResult> {
	const { sandbox, vendor, apiKey, restApiUrl, isRetried } = stage;
	const result = await runWorkflow({
		...options,
		credentials: credentialFor(sandbox, vendor, { apiKey }),
		restApiUrl,
		...(isRetried ? { retryOnFail: true } : { onError: 'continueErrorOutput' }),
	});
	stage.runs.push(result);
	return result;
}
