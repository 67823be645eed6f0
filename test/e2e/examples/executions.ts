import type { Execution, N8nClient, Workflow, WorkflowNode } from '../../server/n8nClient';
import { expect } from '../checks';
import { until } from '../money/patience';

/** Runs a workflow from one of its triggers to its end. */
export async function runToEnd(
	client: N8nClient,
	workflow: Workflow,
	trigger: string,
): Promise<Execution> {
	const id = await client.runWorkflow(workflow, trigger);
	return await client.waitForExecution(id);
}

/** The execution of a workflow that somebody else has started, when it has ended. */
export async function executionOf(
	client: N8nClient,
	workflow: Workflow,
	otherThan: readonly string[] = [],
): Promise<Execution> {
	let found: string | undefined;
	await until(`an execution of "${workflow.name}"`, async () => {
		const ids = await client.listExecutions(workflow.id);
		found = ids.find((id) => !otherThan.includes(id));
		return found !== undefined;
	});
	return await client.waitForExecution(found ?? '');
}

/** A node of a workflow, which has to be there. */
export function nodeOf(workflow: Workflow, name: string): WorkflowNode {
	const node = workflow.nodes.find((candidate) => candidate.name === name);
	expect(node !== undefined, `"${workflow.name}" has no node "${name}"`);
	return node;
}
