import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { listOf } from '../core/tolerant';
import type { NodeContext } from './nodeContext';

/**
 * The tasks that stopped runs of this process have left at the vendors, by workflow and node. A stopped
 * node passes nothing on and n8n shows no error of it, so the next run of the node must name them.
 */
const stoppedTasks = new Map<string, Map<string, string>>();

const maxNodes = 200;
const maxTasksOfNode = 50;

function nameOf(context: NodeContext): string {
	return JSON.stringify([context.getWorkflow().id, context.getNode().id]);
}

/** Remembers charged tasks of a run that was stopped; of too many the oldest are dropped. */
export function rememberStopped(
	context: NodeContext,
	vendorName: string,
	taskIds: readonly string[],
): void {
	if (taskIds.length === 0) return;
	const name = nameOf(context);
	const tasks = stoppedTasks.get(name) ?? new Map<string, string>();
	for (const taskId of taskIds) tasks.set(taskId, vendorName);
	letGoOldest(tasks, maxTasksOfNode);
	stoppedTasks.delete(name);
	stoppedTasks.set(name, tasks);
	letGoOldest(stoppedTasks, maxNodes);
}

/** Forgets a task that turned out to cost nothing. */
export function forgetStopped(context: NodeContext, taskId: string): void {
	stoppedTasks.get(nameOf(context))?.delete(taskId);
}

/**
 * Names, above the output, the tasks that earlier runs of the node have left, except those that this run
 * passes on, and forgets them all. Must be called where nothing can fail any more: n8n shows no hint of a
 * failed run.
 */
export function showStopped(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
): void {
	const name = nameOf(context);
	const tasks = stoppedTasks.get(name);
	stoppedTasks.delete(name);
	const handedOn = new Set(
		items.flatMap(({ json }) => [json.taskId, ...listOf(json.taskIds)] as unknown[]),
	);
	const left = [...(tasks ?? [])].filter(([taskId]) => !handedOn.has(taskId));
	if (left.length === 0) return;
	const vendors = [...new Set(left.map(([, vendorName]) => vendorName))];
	const lists = vendors.map((vendor) => {
		const ids = left.flatMap(([taskId, vendorName]) => (vendorName === vendor ? taskId : []));
		return `${vendor}: ${ids.join(', ')}`;
	});
	context.addExecutionHints({
		message: `An earlier run of this node was stopped after it had submitted tasks. They may be charged. Task → Wait downloads their images. ${lists.join('. ')}`,
		type: 'warning',
		location: 'outputPane',
	});
}

function letGoOldest(entries: Map<string, unknown>, max: number): void {
	for (const key of [...entries.keys()].slice(0, Math.max(0, entries.size - max))) {
		entries.delete(key);
	}
}
