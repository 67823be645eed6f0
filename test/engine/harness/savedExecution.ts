import {
	additionalData,
	binaryDataReady,
	nodeName,
	resultOf,
	startNode,
	workflowOf,
	type RunOptions,
	type RunResult,
	type TestItem,
} from './runWorkflow';

import { Container } from '@n8n/di';
import { parse, stringify } from 'flatted';
import { BinaryDataService, WorkflowExecute } from 'n8n-core';
import type {
	IBinaryData,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	IRun,
	IRunExecutionData,
	Workflow,
} from 'n8n-workflow';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where n8n keeps the files of a trigger until the execution has a number. */
const temporaryFolder = '/executions/temp/';

/** As a Webhook, Form or Telegram trigger hands its files on: stored before the execution has begun. */
export function triggerNode(items: readonly TestItem[]): INodeType {
	const start = startNode(items);
	return {
		...start,
		async execute(this: IExecuteFunctions) {
			const output = (await start.execute?.call(this)) as INodeExecutionData[][];
			await Promise.all(filesIn(output).map((data) => move(data, temporaryFolder)));
			return output;
		},
	};
}

/**
 * What n8n does with the files of a trigger when it saves a production execution, whether it has ended or
 * is parked: they move to the folder of the execution, and the ids in what its nodes have brought follow.
 * Written after `restoreBinaryDataId`, which lives in the server.
 */
export async function moveFilesOfTrigger(run: IRun, executionId = '1'): Promise<void> {
	const outputs = Object.values(run.data.resultData.runData).flatMap((runs) =>
		runs.flatMap(({ data }) => data?.main ?? []),
	);
	const temporary = filesIn(outputs).filter(({ id }) => id?.includes(temporaryFolder));
	await Promise.all(temporary.map((data) => move(data, `/executions/${executionId}/`)));
}

/** What the database holds of an execution that has failed, as "Retry" begins with it. */
export function asSavedExecution({ data }: IRun, currentWorkflow?: Workflow): IRunExecutionData {
	const saved = parse(stringify(data)) as IRunExecutionData;
	delete (saved.resultData as { error?: unknown }).error;
	const runs = saved.resultData.runData[saved.resultData.lastNodeExecuted ?? ''];
	if (runs?.at(-1)?.error !== undefined) runs.pop();
	for (const entry of saved.executionData?.nodeExecutionStack ?? []) {
		const node = currentWorkflow?.getNode(entry.node.name);
		if (node) entry.node = node;
	}
	return saved;
}

/** "Retry with currently saved workflow": the node runs again with the input that it had. */
export async function retryExecution(options: RunOptions, failed: IRun): Promise<RunResult> {
	await binaryDataReady;
	const workflow = workflowOf(options);
	const run = await new WorkflowExecute(
		{ ...additionalData(options), executionId: '2' },
		'retry',
		asSavedExecution(failed, workflow),
	).processRunExecutionData(workflow);
	return resultOf(run, []);
}

/**
 * The same of an execution that was parked and that its callback has ended with an error. n8n has put one
 * empty item of nobody in the place of the node's input then, and keeps the node's context.
 */
export async function retryAfterCallback(options: RunOptions, parked: IRun): Promise<RunResult> {
	await binaryDataReady;
	const workflow = workflowOf(options);
	const node = workflow.getNode(nodeName);
	if (node === null) throw new Error('The workflow has no such node');
	const data = asSavedExecution(parked, workflow);
	delete (data as { waitTill?: unknown }).waitTill;
	data.resultData = { runData: {} };
	if (data.executionData === undefined) throw new Error('Nothing was saved');
	data.executionData.nodeExecutionStack = [
		{ node, data: { main: [[{ json: {} }]] }, source: null },
	];
	const run = await new WorkflowExecute(
		{ ...additionalData(options), executionId: '2' },
		'retry',
		data,
	).processRunExecutionData(workflow);
	return resultOf(run, []);
}

const anHourMs = 60 * 60 * 1000;

/** The same execution as if it had been saved so many hours earlier. */
export function aged(run: IRun, hours: number): IRun {
	const now = Date.now();
	const { executionData } = run.data;
	const contextData = JSON.stringify(executionData?.contextData ?? {}).replace(
		/(?<![\w.])1\d{12}(?![\w.])/g,
		(time) =>
			Math.abs(Number(time) - now) < 240 * anHourMs
				? String(Number(time) - hours * anHourMs)
				: time,
	);
	const older = { ...executionData, contextData: JSON.parse(contextData) as object };
	return {
		...run,
		data: { ...run.data, executionData: older } as unknown as IRunExecutionData,
	};
}

/** Each file once, however many items carry it. */
function filesIn(outputs: ReadonlyArray<readonly INodeExecutionData[] | null>): IBinaryData[] {
	const files = outputs
		.flatMap((items) => items ?? [])
		.flatMap(({ binary }) => Object.values(binary ?? {}));
	return [...new Set(files)];
}

/**
 * To the folder of another execution. By hand: n8n itself moves files only out of the temporary folder, and
 * the oldest one removes that folder with all that is in it as soon as the first file has left it.
 */
async function move(data: IBinaryData, folder: string): Promise<void> {
	const id = data.id ?? '';
	const target = id.replace(/\/executions\/[^/]+\//, folder);
	const service = Container.get(BinaryDataService);
	const [from, to] = [service.getPath(id), service.getPath(target)];
	await mkdir(dirname(to), { recursive: true });
	await rename(from, to);
	await rename(`${from}.metadata`, `${to}.metadata`);
	data.id = target;
}
