import {
	additionalData,
	binaryDataReady,
	executionData,
	nanoBanana,
	startNode,
	type RunOptions,
} from './runWorkflow';

import { WorkflowExecute } from 'n8n-core';
import { Workflow, type INodeExecutionData, type INodeType } from 'n8n-workflow';

import type { SavedWorkflow } from '../../saved-workflows/files';
import { standInFor } from './standIns';

/** What one node of a saved workflow brought. */
export interface SavedNodeResult {
	readonly items: readonly INodeExecutionData[];
	/** Items of its second output. */
	readonly otherItems: readonly INodeExecutionData[];
	readonly error: Error | undefined;
}

/** Loads a workflow as n8n loads a saved one, and runs all of it in the real engine. */
export async function runSaved(
	saved: SavedWorkflow,
	options: Pick<RunOptions, 'credentials' | 'restApiUrl' | 'items' | 'whileRunning'>,
): Promise<ReadonlyMap<string, SavedNodeResult>> {
	await binaryDataReady;
	const start = startNode(options.items ?? [{ json: {} }]);
	const nodeOf = (type: string): INodeType => {
		if (type === 'n8n-nodes-base.manualTrigger') return start;
		if (type === 'n8n-nodes-nano-banana-vendors.nanoBanana') return nanoBanana;
		const standIn = standInFor(type);
		if (standIn !== undefined) return standIn;
		throw new Error(`No node of the type ${type}`);
	};
	const workflow = new Workflow({
		id: 'saved',
		name: saved.name,
		active: false,
		// Loading fills in today's defaults: the caller's copy stays as it was saved.
		nodes: structuredClone(saved.nodes),
		connections: saved.connections,
		nodeTypes: { getByName: nodeOf, getByNameAndVersion: nodeOf, getKnownTypes: () => ({}) },
		...(saved.settings === undefined ? {} : { settings: saved.settings }),
	});
	const executing = new WorkflowExecute(
		additionalData(options),
		'manual',
		executionData(workflow, undefined),
	).processRunExecutionData(workflow);
	options.whileRunning?.(() => executing.cancel());
	const { data } = await executing;
	return new Map(
		saved.nodes.map(({ name }) => {
			const run = data.resultData.runData[name]?.at(-1);
			const error = run?.error ?? (run === undefined ? data.resultData.error : undefined);
			const [items, otherItems] = run?.data?.main ?? [];
			return [name, { items: items ?? [], otherItems: otherItems ?? [], error }];
		}),
	);
}
