import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { objectOf } from '../core/tolerant';
import type { NodeContext } from './nodeContext';

/**
 * Whether an AI agent calls the node. n8n then runs it under its name with "Tool" at the end, the same
 * in all versions: `isToolExecution()` says no where the agent lets the engine run its tools.
 */
export function isAgentTool(context: NodeContext): boolean {
	return context.getNode().type.endsWith('Tool');
}

/**
 * Whether failures go to the agent as JSON, so that it can read the hint and decide. After a thrown error
 * n8n 2 tells the agent the message alone, and n8n 1 ends the workflow. The user can still choose "Stop
 * Workflow" in the settings of the tool.
 */
export function reportsToAgent(context: NodeContext): boolean {
	return isAgentTool(context) && context.getNode().onError !== 'stopWorkflow';
}

/** The fields of an item that an agent can use, in this order. The rest only fills the model's context. */
const kept = [
	'state',
	'vendor',
	'taskId',
	'taskIds',
	'aspectRatio',
	'url',
	'signedUrl',
	'fileName',
	'width',
	'height',
	'images',
	'balance',
	'text',
	'cost',
	'warnings',
] as const;
const keptOfImage = ['aspectRatio', 'url', 'signedUrl', 'fileName', 'width', 'height'] as const;
const keptOfError = [
	'code',
	'message',
	'hint',
	'taskId',
	'taskIds',
	'aspectRatio',
	'resumable',
	'retryElsewhere',
] as const;

/**
 * An item as an agent gets it: small JSON without nulls. n8n gives an agent no files, so each stored image
 * has a signed URL of this n8n if n8n can make one.
 */
export function itemForAgent(context: NodeContext, item: INodeExecutionData): INodeExecutionData {
	const { json } = item;
	const error = objectOf(json.error);
	if (error !== undefined) return { ...item, json: { error: errorForAgent(error) } };
	if (Array.isArray(json.images)) {
		const images = json.images.flatMap((entry) => {
			const image = objectOf(entry);
			if (image === undefined) return [];
			const signedUrl = signedUrlOf(context, item, image.binaryField);
			return pick({ ...image, signedUrl }, keptOfImage);
		});
		return { ...item, json: pick({ ...json, images }, kept) };
	}
	const [field] = Object.keys(item.binary ?? {});
	return { ...item, json: pick({ ...json, signedUrl: signedUrlOf(context, item, field) }, kept) };
}

function errorForAgent(error: Readonly<Record<string, unknown>>): IDataObject {
	const picked = pick(error, keptOfError);
	// An agent's call is one item, so the number that n8n's messages give it says nothing.
	return typeof picked.message === 'string'
		? { ...picked, message: picked.message.replace(/ \[item \d+\]$/, '') }
		: picked;
}

/** In-memory storage has no URLs, and says so by an error. */
function signedUrlOf(
	context: NodeContext,
	{ binary }: INodeExecutionData,
	field: unknown,
): string | undefined {
	const stored = typeof field === 'string' ? binary?.[field] : undefined;
	if (stored?.id === undefined) return undefined;
	try {
		return context.helpers.createBinarySignedUrl(stored);
	} catch {
		return undefined;
	}
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): IDataObject {
	return Object.fromEntries(
		names
			.filter((name) => from[name] !== undefined && from[name] !== null)
			.map((name) => [name, from[name]]),
	) as IDataObject;
}
