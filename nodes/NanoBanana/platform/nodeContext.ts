import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { objectOf } from '../core/tolerant';

/** The place that calls a service: a run of a node, or the answer to a callback. */
export type NodeContext = IExecuteFunctions | IWebhookFunctions;

/** Aborted when the execution is stopped; a callback belongs to no running execution. */
export function stopSignalOf(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** How often the node has run before in this execution. */
export function runIndexOf(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}

/** Whether a failed item goes on as an item and does not end the execution. */
export function continuesOnFail(context: NodeContext): boolean {
	const { onError, continueOnFail } = context.getNode();
	return onError === undefined ? continueOnFail === true : onError !== 'stopWorkflow';
}

/**
 * Whether the execution is manual. A retry of a manual execution counts as manual too. So does a
 * sub-workflow of one, if its caller is a newer version of Execute Workflow: n8n tells others nothing of
 * the mode.
 */
export function isManualExecution(context: IExecuteFunctions): boolean {
	const { additionalData } = context as { readonly additionalData?: unknown };
	const modes = [
		context.getMode(),
		context.getExecutionContext()?.source,
		objectOf(additionalData)?.rootExecutionMode,
	];
	return modes.includes('manual');
}
