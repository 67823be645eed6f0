import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

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
