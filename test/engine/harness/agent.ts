import {
	additionalData,
	binaryDataReady,
	executionData,
	nodeName,
	startNode,
	type RunOptions,
} from './runWorkflow';

import { WorkflowExecute } from 'n8n-core';
import {
	deepCopy,
	NodeConnectionTypes,
	Workflow,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeType,
	type IRun,
} from 'n8n-workflow';

import { NanoBanana } from '../../../nodes/NanoBanana/NanoBanana.node';
import { asSavedExecution } from './savedExecution';

/** Calls the tool with what a model would say, and answers with what the model is told. */
export type CallTool = (words: IDataObject) => Promise<string>;

export interface AgentOptions extends Pick<
	RunOptions,
	'parameters' | 'credentials' | 'onError' | 'retryOnFail'
> {
	/** What the model does with the tool. */
	readonly talk: (call: CallTool) => Promise<void>;
	/** An execution that failed, started again with "Retry". */
	readonly retryOf?: IRun;
}

export interface AgentResult {
	readonly run: IRun;
	/** What came of each run of the tool in n8n's own list, in order: each try is one. */
	readonly tries: readonly string[];
	readonly error: Error | undefined;
}

interface Tool {
	invoke(words: IDataObject): Promise<string>;
}

/**
 * Runs Start → Agent, with the node as the agent's tool, in the real engine. The agent gets its tool from
 * n8n-core and calls it as LangChain does: n8n-core itself runs the node, again where Retry On Fail says
 * so, and counts up the run index at each try.
 */
export async function runAgent(options: AgentOptions): Promise<AgentResult> {
	await binaryDataReady;
	const workflow = agentWorkflow(options);
	const data =
		options.retryOf === undefined
			? executionData(workflow, undefined)
			: asSavedExecution(options.retryOf, workflow);
	const run = await new WorkflowExecute(
		additionalData(options),
		options.retryOf === undefined ? 'manual' : 'retry',
		data,
	).processRunExecutionData(workflow);
	const { runData, error } = run.data.resultData;
	return {
		run,
		tries: (runData[nodeName] ?? []).map(({ executionStatus }) => executionStatus ?? ''),
		error: runData.Agent?.at(-1)?.error ?? error,
	};
}

function agentWorkflow({ parameters, credentials, onError, retryOnFail, talk }: AgentOptions) {
	const types: Record<string, INodeType> = {
		'test.start': startNode([{ json: { chatInput: 'A lamp, please' } }]),
		'test.agent': agentNode(talk),
		'n8n-nodes-nano-banana-vendors.nanoBananaTool': toolOf(new NanoBanana()),
	};
	const nodeOf = (type: string): INodeType => types[type] as INodeType;
	const node = (name: string, type: string): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	});
	const credentialsOfNode = Object.keys(credentials).map(
		(type) => [type, { id: type, name: type }] as const,
	);
	return new Workflow({
		id: 'test-workflow',
		name: 'Test',
		active: false,
		nodes: [
			node('Start', 'test.start'),
			node('Agent', 'test.agent'),
			{
				...node(nodeName, 'n8n-nodes-nano-banana-vendors.nanoBananaTool'),
				parameters,
				credentials: Object.fromEntries(credentialsOfNode),
				...(onError === undefined ? {} : { onError }),
				...(retryOnFail === true ? { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } : {}),
			},
		],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			[nodeName]: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		nodeTypes: { getByName: nodeOf, getByNameAndVersion: nodeOf, getKnownTypes: () => ({}) },
		settings: { executionOrder: 'v1' },
	});
}

function agentNode(talk: AgentOptions['talk']): INodeType {
	return {
		description: {
			displayName: 'Agent',
			name: 'agent',
			group: ['transform'],
			version: 1,
			description: 'Calls its tool as the test says',
			defaults: { name: 'Agent' },
			inputs: ['main', 'ai_tool'],
			outputs: ['main'],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const tools = (await this.getInputConnectionData('ai_tool', 0)) as Tool[];
			const [tool] = tools;
			if (tool === undefined) throw new Error('The agent has no tool');
			await talk(async (words) => await tool.invoke(words));
			return [[{ json: {} }]];
		},
	};
}

/** What n8n's server makes of a node that is usable as a tool, as far as n8n-core looks at it. */
function toolOf(node: INodeType): INodeType {
	const description = deepCopy(node.description);
	return Object.assign(Object.create(node) as INodeType, {
		description: {
			...description,
			name: `${description.name}Tool`,
			displayName: `${description.displayName} Tool`,
			inputs: [],
			outputs: [NodeConnectionTypes.AiTool],
		},
	});
}
