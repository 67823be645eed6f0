import {
	additionalData,
	binaryDataReady,
	executionData,
	nanoBanana,
	nodeName,
	resultOf,
	workflowOf,
	type RunOptions,
	type RunResult,
} from './runWorkflow';

import { parse, stringify } from 'flatted';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IRunExecutionData,
	IWebhookData,
	IWebhookFunctions,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { coreVersion } from '../../faults/coreVersion';
import { moveFilesOfTrigger } from './savedExecution';
import { parseBody, webhookCall } from './webhookCall';

/** An execution that parks itself, together with the part of n8n's server that a vendor calls back. */
export interface ParkedExecution {
	/** Whether it was parked at all: one whose tasks ended at once is not. */
	readonly wasParked: boolean;
	/** As the database holds it while it is parked, for "Retry execution". */
	readonly parkedRun: IRun;
	/** When it would go on by itself; undefined where it was not parked. */
	readonly parkedUntil: Date | undefined;
	/** Where the vendor calls, without the token that only it was told. */
	readonly url: string;
	/** Whether this n8n-core puts a token into its resume URLs: the oldest does not. */
	readonly isSigned: boolean;
	/** What its input items are while it is parked. */
	readonly itemsWhileParked: readonly INodeExecutionData[];
	/** How often a callback has let it go on: more than once would run the next nodes twice. */
	readonly resumptions: () => number;
	/** The webhook calls that have not yet ended. */
	readonly underWay: () => number;
	/** What came out in the end: when it was resumed by a callback. */
	readonly resumed: Promise<RunResult>;
	/** What comes out when the time limit is reached instead. */
	timeOut(): Promise<RunResult>;
	close(): Promise<void>;
}

type Status = 'running' | 'waiting' | 'over';

interface Execution {
	readonly id: string;
	/** What the database holds of it, as text. */
	saved: string;
	status: Status;
	resumptions: number;
}

const log: readonly string[] = [];
const isSigned = !coreVersion.startsWith('1.');

/**
 * Runs Start → Nano Banana until it parks, and does what the server of n8n does around it, which n8n-core
 * has no part for: only a waiting execution can be called, the call needs the token of its resume URL, and
 * the items that the webhook brings go on in the place of the node, which does not run again.
 */
export async function startParked(options: RunOptions): Promise<ParkedExecution> {
	await binaryDataReady;
	const execution: Execution = {
		id: randomUUID(),
		saved: '',
		status: 'running',
		resumptions: 0,
	};
	let underWay = 0;
	let resumedWith: (result: RunResult) => void = () => undefined;
	const resumed = new Promise<RunResult>((resolve) => (resumedWith = resolve));
	const goOn = async (items: INodeExecutionData[][], data: IRunExecutionData): Promise<void> => {
		execution.resumptions++;
		execution.status = 'over';
		const [entry] = data.executionData?.nodeExecutionStack ?? [];
		if (entry === undefined) throw new Error('There is nothing to go on with');
		entry.node.disabled = true;
		entry.data.main = items;
		entry.metadata = Object.assign({}, entry.metadata, { forwardAllOutputs: true });
		data.waitTill = undefined as never;
		data.resultData.runData[nodeName]?.pop();
		resumedWith(resultOf(await runOn(options, execution.id, origin, data), log));
	};

	const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = parseBody(await text(request));
		const answer = (status: number): void => void response.writeHead(status).end();
		if (body === undefined) return answer(422);
		if (execution.status !== 'waiting') return answer(409);
		const data = parse(execution.saved) as IRunExecutionData;
		const { pathname, searchParams } = new URL(request.url ?? '/', origin);
		const token = searchParams.get('signature');
		const { resumeToken } = data as { resumeToken?: string };
		if (isSigned && token !== resumeToken) return answer(401);
		const [, , , suffix = ''] = pathname.split('/');
		const [webhookDescription] = nanoBanana.description.webhooks ?? [];
		if (suffix !== webhookDescription?.path) return answer(404);
		const workflow = workflowOf(options);
		const context = new WebhookContext(
			workflow,
			workflow.getNode(nodeName) as INode,
			webhookData(options, execution.id, origin, body, response, Object.fromEntries(searchParams)),
			'manual',
			{ webhookDescription } as IWebhookData,
			[],
			data,
		);
		try {
			const result = await nanoBanana.webhook.call(context as unknown as IWebhookFunctions);
			if (result.workflowData !== undefined) await goOn(result.workflowData, data);
		} catch (error) {
			// n8n ends the execution with what is thrown here, and forgets what its nodes had brought.
			execution.status = 'over';
			resumedWith({
				run: {} as IRun,
				items: [],
				errorItems: [],
				log,
				error: error as RunResult['error'],
			});
			if (!response.headersSent) answer(500);
		}
	};
	const server = createServer((request, response) => {
		underWay++;
		receive(request, response)
			.catch((error: unknown) => {
				// A test that waits for the end must not wait in vain.
				resumedWith({ run: {} as IRun, items: [], errorItems: [], log, error: error as Error });
				if (!response.headersSent) response.writeHead(599).end();
			})
			.finally(() => underWay--);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	const beginning = executionData(workflowOf(options), options.retryOf);
	(beginning as { resumeToken?: string }).resumeToken = randomUUID();
	const run = await runOn(options, execution.id, origin, beginning);
	const wasParked = run.waitTill !== undefined && run.waitTill !== null;
	if (wasParked) await moveFilesOfTrigger(run, execution.id);
	execution.saved = stringify(run.data);
	execution.status = wasParked ? 'waiting' : 'over';
	if (!wasParked) resumedWith(resultOf(run, log));
	const [parkedEntry] = run.data.executionData?.nodeExecutionStack ?? [];

	return {
		wasParked,
		parkedUntil: run.waitTill ?? undefined,
		parkedRun: run,
		url: `${origin}/webhook-waiting/${execution.id}/nano-banana`,
		isSigned,
		itemsWhileParked: parkedEntry?.data.main?.[0] ?? [],
		resumptions: () => execution.resumptions,
		underWay: () => underWay,
		resumed,
		timeOut: async () => {
			execution.status = 'over';
			const data = parse(execution.saved) as IRunExecutionData;
			return resultOf(await runOn(options, execution.id, origin, data), log);
		},
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}

async function runOn(
	options: RunOptions,
	executionId: string,
	origin: string,
	data: IRunExecutionData,
): Promise<IRun> {
	const workflow: Workflow = workflowOf(options);
	return await new WorkflowExecute(
		surroundings(options, executionId, origin),
		'manual',
		data,
	).processRunExecutionData(workflow);
}

function surroundings(
	options: RunOptions,
	executionId: string,
	origin: string,
): IWorkflowExecuteAdditionalData {
	return {
		...additionalData(options),
		executionId,
		webhookWaitingBaseUrl: `${origin}/webhook-waiting`,
		formWaitingBaseUrl: `${origin}/form-waiting`,
	};
}

function webhookData(
	options: RunOptions,
	executionId: string,
	origin: string,
	body: IDataObject,
	response: ServerResponse,
	query: IDataObject,
): IWorkflowExecuteAdditionalData {
	return {
		...surroundings(options, executionId, origin),
		currentNodeParameters: options.parameters,
		...webhookCall(body, response, query),
	};
}
