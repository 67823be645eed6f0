import type { VendorId } from '../../sandbox';
import { nodeType } from '../../server/demoWorkflow';
import type { WorkflowInput, WorkflowNode } from '../../server/n8nClient';

/** The name of the node that makes the images. */
export const imageNode = 'Nano Banana';
export const taskNode = 'Fetch the image';
export const startNode = 'Start';

/** What n8n itself knows of a node beside its parameters. */
export interface NodeSettings {
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	executeOnce?: boolean;
	onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
}

export type CredentialReferences = NonNullable<WorkflowNode['credentials']>;

const distance = 220;

/** Puts nodes in a row, each connected to the next. */
export function inARow(
	name: string,
	nodes: readonly WorkflowNode[],
	settings: Readonly<Record<string, unknown>> = {},
): WorkflowInput {
	return {
		name,
		nodes: nodes.map((node, position) => ({ ...node, position: [position * distance, 0] })),
		connections: Object.fromEntries(
			nodes.slice(1).map((node, position) => {
				const from = nodes[position]?.name ?? '';
				return [from, { main: [[{ node: node.name, type: 'main', index: 0 }]] }];
			}),
		),
		settings: { executionOrder: 'v1', ...settings },
		pinData: {},
	};
}

/** Puts nodes in a row and others beside one another after its last. */
export function fannedOut(
	name: string,
	row: readonly WorkflowNode[],
	last: readonly WorkflowNode[],
): WorkflowInput {
	const workflow = inARow(name, row);
	const targets = last.map((node) => ({ node: node.name, type: 'main', index: 0 }));
	return {
		...workflow,
		nodes: [
			...workflow.nodes,
			...last.map((node, position) => ({
				...node,
				position: [row.length * distance, position * distance],
			})),
		],
		connections: { ...workflow.connections, [row.at(-1)?.name ?? '']: { main: [targets] } },
	};
}

/** A trigger by hand and two nodes of n8n that make one item of each prompt. */
export function itemsOf(prompts: readonly string[]): WorkflowNode[] {
	return [handTrigger(), ...promptItems(prompts)];
}

export function handTrigger(): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name: startNode,
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
}

/** A trigger by a web request, whose execution is one of production. */
export function webTrigger(path: string): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		webhookId: crypto.randomUUID(),
		name: startNode,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { path, options: {} },
	};
}

export function promptItems(prompts: readonly string[]): WorkflowNode[] {
	const items = prompts.map((prompt, index) => ({ prompt, number: index + 1 }));
	return [
		{
			id: crypto.randomUUID(),
			name: 'Prompts',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} },
		},
		{
			id: crypto.randomUUID(),
			name: 'One item each',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'items', options: {} },
		},
	];
}

/** The node under test, which makes the image of each item's prompt. */
export function makeImages(
	vendor: VendorId,
	credentials: CredentialReferences,
	parameters: Readonly<Record<string, unknown>> = {},
	settings: NodeSettings = {},
): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name: imageNode,
		type: nodeType,
		typeVersion: 1,
		parameters: {
			vendor,
			resource: 'image',
			operation: 'generate',
			prompt: '={{ $json.prompt }}',
			...parameters,
		},
		credentials,
		...settings,
	};
}

/** The node under test, which waits for a task and fetches its image. */
export function fetchImage(
	vendor: VendorId,
	credentials: CredentialReferences,
	parameters: Readonly<Record<string, unknown>> = {},
): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name: taskNode,
		type: nodeType,
		typeVersion: 1,
		parameters: { vendor, resource: 'task', operation: 'wait', ...parameters },
		credentials,
	};
}

/** A pause of n8n's own, in which the execution stays in memory. */
export function pause(seconds: number): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		webhookId: crypto.randomUUID(),
		name: 'Pause',
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		parameters: { resume: 'timeInterval', amount: seconds, unit: 'seconds' },
	};
}
