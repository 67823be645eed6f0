import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox, VendorId } from '../../sandbox';
import { startParked, type ParkedExecution } from './parkedExecution';
import type { RunOptions } from './runWorkflow';
import { sandboxForFile } from './sandboxForFile';
import { credentialFor, imageParameters } from './vendors';

/** Long enough for an execution to be parked before its first task ends. */
export const taskDurationMs = 2_000;

export const prompts = ['one', 'two', 'three'];
export const items = prompts.map((prompt) => ({ json: { prompt, sku: `sku ${prompt}` } }));

/** Starts an execution of three items that parks itself; it is closed after the test. */
export type Park = (
	id: VendorId,
	parameters?: INodeParameters,
	more?: Partial<RunOptions>,
) => Promise<ParkedExecution>;

/** As `sandboxForFile`, for tests of parked executions. */
export function parkingForFile(onStarted: (sandbox: Sandbox) => void): Park {
	let sandbox: Sandbox;
	let executions: ParkedExecution[] = [];
	afterEach(async () => {
		await Promise.all(executions.map((execution) => execution.close()));
		executions = [];
	});
	sandboxForFile({ taskDurationMs, flatPictures: true, allowPrivateCallbacks: true }, (started) => {
		sandbox = started;
		onStarted(started);
	});
	return async (id, { options, ...parameters } = {}, more = {}) => {
		const execution = await startParked({
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				...parameters,
				options: { completion: 'callback', ...(options as INodeParameters | undefined) },
			}),
			credentials: credentialFor(sandbox, id),
			items,
			...more,
		});
		executions.push(execution);
		return execution;
	};
}
