import type { VendorId } from '../../sandbox';
import { nodeType } from '../../server/demoWorkflow';
import type { WorkflowNode } from '../../server/n8nClient';
import type { BenchStage } from './benchStage';

export const imageNode = 'Nano Banana';

/** A trigger that answers when the last node has ended. */
export function webTrigger(path: string): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		webhookId: crypto.randomUUID(),
		name: 'Start',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: {
			path,
			httpMethod: 'POST',
			responseMode: 'lastNode',
			responseData: 'noData',
			options: {},
		},
	};
}

/** Makes one item of each entry that the trigger was sent. */
export function oneItemEach(): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name: 'One item each',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: 'body.items', options: {} },
	};
}

/** The node under test, with the prompt of each item. */
export function makeImages(
	{ nodes, credentialIds }: BenchStage,
	vendor: VendorId,
	maxTasksAtOnce: number,
	parameters: Readonly<Record<string, unknown>> = {},
): WorkflowNode {
	const credential = nodes.find((node) => node.vendor === vendor);
	if (credential === undefined) throw new Error(`There is no credential for ${vendor}`);
	const { credentialType, credentialName } = credential;
	const id = credentialIds.get(credentialType) ?? null;
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
			options: { maxTasksAtOnce },
			...parameters,
		},
		credentials: { [credentialType]: { id, name: credentialName } },
	};
}
