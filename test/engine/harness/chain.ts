import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import type { SavedWorkflow } from '../../saved-workflows/files';
import type { VendorId } from '../../sandbox';
import { imageParameters, taskParameters, vendorCases } from './vendors';

export interface ChainOptions {
	readonly vendors: readonly VendorId[];
	readonly operation?: 'generate' | 'edit';
	/** Of every node of the chain. */
	readonly parameters?: INodeParameters;
	readonly onError?: 'continueErrorOutput' | 'continueRegularOutput';
	/** An IF between two vendors lets through what may be retried elsewhere. */
	readonly hasIf?: boolean;
}

/** What the IF behind a vendor is called. */
export function ifAfter(vendor: VendorId): string {
	return `May ${vendor} be left?`;
}

/** Start → a node for each vendor, named by its id, on the way on which failed items go. */
export function chainWorkflow(options: ChainOptions): SavedWorkflow {
	const { vendors, onError = 'continueErrorOutput', hasIf = false } = options;
	const failedOutput = onError === 'continueErrorOutput' ? 1 : 0;
	const connections: IConnections = {
		Start: { main: [[{ node: vendors[0] as string, type: 'main', index: 0 }]] },
	};
	for (const [position, vendor] of vendors.entries()) {
		const next = vendors[position + 1];
		if (next === undefined) break;
		const between = hasIf ? ifAfter(vendor) : next;
		const outputs = Array.from({ length: failedOutput + 1 }, (_, output) =>
			output === failedOutput ? [{ node: between, type: 'main' as const, index: 0 }] : [],
		);
		connections[vendor] = { main: outputs };
		if (hasIf) connections[between] = { main: [[{ node: next, type: 'main', index: 0 }]] };
	}
	return {
		name: 'Chain',
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.manualTrigger', {}),
			...vendors.map((vendor) => vendorNode(vendor, options, onError)),
			...(hasIf ? vendors.slice(0, -1).map(ifNode) : []),
		],
		connections,
		settings: { executionOrder: 'v1' },
	};
}

function vendorNode(vendor: VendorId, options: ChainOptions, onError: INode['onError']): INode {
	const { operation = 'generate', parameters } = options;
	const type = vendorCases.find(({ id }) => id === vendor)?.vendor.credentialType ?? '';
	return {
		...nodeOf(
			vendor,
			'n8n-nodes-nano-banana-vendors.nanoBanana',
			imageParameters(vendor, operation, { prompt: '={{ $json.prompt }}', ...parameters }),
		),
		credentials: { [type]: { id: type, name: type } },
		...(onError === undefined ? {} : { onError }),
	};
}

function ifNode(vendor: VendorId): INode {
	return nodeOf(ifAfter(vendor), 'n8n-nodes-base.if', {
		conditions: {
			combinator: 'and',
			conditions: [
				{
					leftValue: '={{ $json.error.retryElsewhere }}',
					rightValue: '',
					operator: { type: 'boolean', operation: 'true', singleValue: true },
				},
			],
		},
	});
}

/** Start → an order that nobody waits for → Task → Wait, at one vendor. */
export function orderAndWait(vendor: VendorId): SavedWorkflow {
	const order = vendorNode(
		vendor,
		{ vendors: [], parameters: { options: { completion: 'submit' } } },
		undefined,
	);
	const wait = { ...order, id: 'wait', name: 'Wait', parameters: taskParameters(vendor, 'wait') };
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	return {
		name: 'Order and wait',
		nodes: [nodeOf('Start', 'n8n-nodes-base.manualTrigger', {}), order, wait],
		connections: { Start: to(order.name), [order.name]: to(wait.name) },
		settings: { executionOrder: 'v1' },
	};
}

function nodeOf(name: string, type: string, parameters: INodeParameters): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters };
}
