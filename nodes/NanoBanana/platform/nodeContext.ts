import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

/** Where a service may be called from: a run of a node, or the answer to a callback. */
export type NodeContext = IExecuteFunctions | IWebhookFunctions;

/** Aborted when the execution is stopped; a callback belongs to no running execution. */
export function stopSignalOf(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}
