import './environment';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { BinaryDataService, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	type IBinaryData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { NanoBanana } from '../../../nodes/NanoBanana/NanoBanana.node';
import { TestCredentialsHelper } from './credentialsHelper';

/** An input item of a test; its files are put into n8n's real binary storage. */
export interface TestItem {
	readonly json: IDataObject;
	readonly binary?: Readonly<
		Record<
			string,
			{ readonly bytes: Buffer; readonly mediaType: string; readonly fileName?: string }
		>
	>;
}

export interface RunOptions {
	readonly parameters: INodeParameters;
	readonly credentials: Readonly<Record<string, ICredentialDataDecryptedObject>>;
	/** What the user has called the credential; its type where it is absent. */
	readonly credentialName?: string;
	readonly items?: readonly TestItem[];
	/** For tests of what the process remembers of one workflow. */
	readonly workflowId?: string;
	/** The node that hands on the items, where it is not an ordinary one. */
	readonly start?: INodeType;
	/** Awaited whenever n8n decrypts the credential, for tests of what happens meanwhile. */
	readonly whileDecrypting?: () => Promise<void>;
	readonly onError?: INode['onError'];
	readonly retryOnFail?: boolean;
	/** Runs the node under the name that n8n gives it for agents. */
	readonly asTool?: boolean;
	readonly settings?: IWorkflowSettings;
	/** Where n8n believes that it can be reached, for signed URLs. */
	readonly restApiUrl?: string;
	/** An earlier run of the same node, whose saved context is there again ("Retry execution"). */
	readonly retryOf?: IRun;
	/** `manual` where it is absent. */
	readonly mode?: WorkflowExecuteMode;
	/** For a sub-workflow: the mode of the first execution, where n8n tells it. */
	readonly rootExecutionMode?: WorkflowExecuteMode;
	/** What the database holds of the workflow beside its nodes. */
	readonly staticData?: IDataObject;
	/** Called with the running execution, for tests of Stop. */
	readonly whileRunning?: (stop: () => void) => void;
}

export interface RunResult {
	readonly run: IRun;
	/** Items of the node's first output, as the next node gets them. */
	readonly items: INodeExecutionData[];
	/** Items of its error output. */
	readonly errorItems: INodeExecutionData[];
	/** What the node wrote into n8n's log. */
	readonly log: readonly string[];
	/** What n8n would write into the database after a production execution; undefined where nothing changed. */
	readonly savedStaticData?: IDataObject | undefined;
	/** What the node threw. */
	readonly error: (Error & { description?: string | null | undefined }) | undefined;
}

export const nodeName = 'Nano Banana';
/** As n8n has it: one instance of each class that it has loaded. */
export const nanoBanana = new NanoBanana();
/** The logs of the runs under way: n8n has one logger for all of them. */
const openLogs = new Set<string[]>();
const logger = Container.get(Logger);
const writeInfo = logger.info.bind(logger);
logger.info = (message, metadata) => {
	for (const log of openLogs) log.push(`${message} ${JSON.stringify(metadata)}`);
	writeInfo(message, metadata);
};

/** Must have come about before a run. */
export const binaryDataReady = Container.get(BinaryDataService).init();

/** Runs Start → Nano Banana in the real engine and answers with what came out. */
export async function runWorkflow(options: RunOptions): Promise<RunResult> {
	await binaryDataReady;
	const workflow = workflowOf(options);
	const executing = new WorkflowExecute(
		additionalData(options),
		options.mode ?? 'manual',
		executionData(workflow, options.retryOf),
	).processRunExecutionData(workflow);
	const log: string[] = [];
	openLogs.add(log);
	options.whileRunning?.(() => executing.cancel());
	const result = resultOf(await executing, log);
	const { staticData } = workflow;
	return {
		...result,
		savedStaticData: staticData.__dataChanged === true ? asSaved(staticData) : undefined,
	};
}

/** As it comes back from the database. */
function asSaved<Value>(value: Value): Value {
	return JSON.parse(JSON.stringify(value)) as Value;
}

/** Start → Nano Banana, as n8n loads it. */
export function workflowOf(options: RunOptions): Workflow {
	return new Workflow({
		id: options.workflowId ?? 'test-workflow',
		name: 'Test',
		active: false,
		nodes: nodesOf(options),
		connections: {
			Start: { main: [[{ node: nodeName, type: 'main', index: 0 }]] },
		},
		nodeTypes: nodeTypesWith(options.start ?? startNode(options.items ?? [{ json: {} }])),
		staticData: asSaved(options.staticData ?? {}),
		settings: { executionOrder: 'v1', ...options.settings },
	});
}

/** What came out of the node in its last run. */
export function resultOf(run: IRun, log: readonly string[]): RunResult {
	const taskData = run.data.resultData.runData[nodeName]?.at(-1);
	const outputs = taskData?.data?.main ?? [];
	return {
		run,
		items: outputs[0] ?? [],
		errorItems: outputs[1] ?? [],
		log,
		error: taskData?.error ?? run.data.resultData.error,
	};
}

/** The bytes of a file that the node put into n8n's storage. */
export async function readBinary(data: IBinaryData | undefined): Promise<Buffer> {
	if (data === undefined) throw new Error('The item has no such binary field');
	return await Container.get(BinaryDataService).getAsBuffer(data);
}

/** Keeps binary data in memory, as an n8n set to "default" does, while the work runs. */
export async function withBinaryDataInMemory<Value>(work: () => Promise<Value>): Promise<Value> {
	await binaryDataReady;
	const service = Container.get(BinaryDataService) as unknown as { mode: string };
	const before = service.mode;
	service.mode = 'default';
	try {
		return await work();
	} finally {
		service.mode = before;
	}
}

/** Awaits `pause` before n8n's storage hands out a file, while the work runs. */
export async function whileReadingFiles<Value>(
	pause: () => Promise<void>,
	work: () => Promise<Value>,
): Promise<Value> {
	await binaryDataReady;
	const service = Container.get(BinaryDataService);
	const getAsStream = service.getAsStream.bind(service);
	const getAsBuffer = service.getAsBuffer.bind(service);
	service.getAsStream = async (...args) => {
		await pause();
		return await getAsStream(...args);
	};
	service.getAsBuffer = async (...args) => {
		await pause();
		return await getAsBuffer(...args);
	};
	try {
		return await work();
	} finally {
		Object.assign(service, { getAsStream, getAsBuffer });
	}
}

function nodesOf(options: RunOptions): INode[] {
	const credentials = Object.keys(options.credentials).map(
		(type) => [type, { id: type, name: options.credentialName ?? type }] as const,
	);
	return [
		{
			id: 'start',
			name: 'Start',
			type: 'test.start',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'node',
			name: nodeName,
			type: `n8n-nodes-nano-banana-vendors.nanoBanana${options.asTool === true ? 'Tool' : ''}`,
			typeVersion: 1,
			position: [200, 0],
			parameters: options.parameters,
			credentials: Object.fromEntries(credentials),
			...(options.onError === undefined ? {} : { onError: options.onError }),
			...(options.retryOnFail === true
				? { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 }
				: {}),
		},
	];
}

/** Hands the test's items on, with their files in the real storage. */
export function startNode(items: readonly TestItem[]): INodeType {
	return {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['input'],
			version: 1,
			description: 'Hands on the items of the test',
			defaults: { name: 'Start' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const prepared = items.map(async ({ json, binary }, item): Promise<INodeExecutionData> => {
				const files = Object.entries(binary ?? {}).map(
					async ([field, { bytes, mediaType, fileName }]) =>
						[field, await this.helpers.prepareBinaryData(bytes, fileName, mediaType)] as const,
				);
				return {
					json,
					pairedItem: { item },
					...(binary === undefined ? {} : { binary: Object.fromEntries(await Promise.all(files)) }),
				};
			});
			return [await Promise.all(prepared)];
		},
	};
}

function nodeTypesWith(start: INodeType) {
	const nodeOf = (type: string): INodeType => (type === 'test.start' ? start : nanoBanana);
	return {
		getByName: nodeOf,
		getByNameAndVersion: nodeOf,
		getKnownTypes: () => ({}),
	};
}

/** What a server would hand the engine beside the workflow. */
export function additionalData(
	options: Pick<RunOptions, 'credentials' | 'restApiUrl' | 'whileDecrypting' | 'rootExecutionMode'>,
): IWorkflowExecuteAdditionalData {
	const workflowData = { id: 'test-workflow', name: 'Test', nodes: [], connections: {} };
	// Only what the engine and the node ask for: the rest belongs to a server.
	return {
		credentialsHelper: new TestCredentialsHelper(options.credentials, options.whileDecrypting),
		executionId: '1',
		rootExecutionMode: options.rootExecutionMode,
		currentNodeExecutionIndex: 0,
		restApiUrl: options.restApiUrl ?? 'http://127.0.0.1:5678/rest',
		instanceBaseUrl: 'http://127.0.0.1:5678/',
		webhookBaseUrl: 'http://127.0.0.1:5678/webhook',
		webhookWaitingBaseUrl: 'http://127.0.0.1:5678/webhook-waiting',
		webhookTestBaseUrl: 'http://127.0.0.1:5678/webhook-test',
		formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
		variables: {},
		hooks: new ExecutionLifecycleHooks('manual', '1', workflowData as never),
		logAiEvent: () => undefined,
		getRunnerStatus: () => ({ available: true }),
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** An execution that begins at the node Start. */
export function executionData(workflow: Workflow, retryOf: IRun | undefined): IRunExecutionData {
	const node = workflow.getNode('Start') as INode;
	return {
		version: 1,
		startData: {},
		resultData: { runData: {} },
		executionData: {
			contextData: asSaved(retryOf?.data.executionData?.contextData ?? {}),
			runtimeData: retryOf?.data.executionData?.runtimeData,
			nodeExecutionStack: [{ node, data: { main: [[{ json: {} }]] }, source: null }],
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
		},
	} as unknown as IRunExecutionData;
}
