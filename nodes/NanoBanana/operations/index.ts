import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { textOf } from '../core/tolerant';
import { isAgentTool, itemForAgent } from '../platform/agentTool';
import { showStopped } from '../platform/stoppedTasks';
import { vendors } from '../vendors';
import { getBalance } from './account';
import { edit, generate } from './image';
import type { Operation } from './operation';
import { cancel, get, wait } from './task';

/** All operations. The first one of a resource is its default. */
export const operations: readonly Operation[] = [generate, edit, wait, get, cancel, getBalance];

/** Finds the vendor and the operation that the node is set to, and runs it over all items. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const [vendorId, resource, name] = ['vendor', 'resource', 'operation'].map(
		(parameter) => textOf(context.getNodeParameter(parameter, 0, '')) ?? '',
	);
	const vendor = vendors.find(({ id }) => id === vendorId);
	const operation = operations.find(
		(candidate) => candidate.resource === resource && candidate.operation === name,
	);
	if (vendor === undefined || operation === undefined || !operation.isOfferedBy(vendor)) {
		const what = vendor === undefined ? `The vendor "${vendorId}"` : `${resource} → ${name}`;
		const where = vendor === undefined ? 'in this version of the node' : `at ${vendor.displayName}`;
		throw new NodeOperationError(context.getNode(), `${what} is not offered ${where}`, {
			description: 'Open the node and choose the vendor and the operation again.',
		});
	}
	if (context.getInputData().length === 0) return [[]];
	const items = await operation.execute(context, vendor);
	showStopped(context, items);
	return [isAgentTool(context) ? items.map((item) => itemForAgent(context, item)) : items];
}
