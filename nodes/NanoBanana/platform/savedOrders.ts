import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readOrder, savedForm, type Order } from '../core/order';
import type { TaskPlace } from '../core/place';
import { objectOf } from '../core/tolerant';
import { canonicalBaseUrl } from '../core/urls';
import type { ImageVendor } from '../core/vendor';
import { isAgentTool } from './agentTool';
import { runIndexOf, type NodeContext } from './nodeContext';

/**
 * The orders of this execution, kept in the node's context: n8n hands that to every further run of the
 * node (Retry On Fail, continue with a first item that failed) and saves it with the execution ("Retry
 * execution", parked executions). An order found there is picked up instead of being bought again.
 */
export interface SavedOrders {
	find(key: string): Order | undefined;
	/** Saves what a next try has to know of it. */
	save(order: Order): void;
}

export const ordersKey = 'orders';

export function openSavedOrders(context: NodeContext): SavedOrders {
	if (!('getContext' in context)) return { find: () => undefined, save: () => undefined };
	const nodeContext = context.getContext('node');
	const saved = (objectOf(nodeContext[ordersKey]) ?? {}) as Record<string, unknown>;
	nodeContext[ordersKey] = saved as IDataObject;
	return {
		find: (key) => readOrder(saved[key]),
		save(order) {
			// An order that was found by its id has been bought elsewhere.
			if (order.asked === null) return;
			const form = savedForm(order);
			if (form !== undefined) saved[order.key] = form;
		},
	};
}

/**
 * Parameters that the vendor sees. A change of any other (file name, output, timeout, polling) does not
 * make another order.
 */
const parametersOfOrder = [
	'vendor',
	'resource',
	'operation',
	'model',
	'prompt',
	'referenceBinaryFields',
	'referenceUrls',
	'aspectRatio',
	'resolution',
	'outputFormat',
	'numberOfImages',
] as const;
/** Each of several ratios is an order of its own, which its key says. */
const optionsOfOrder = ['customModel'] as const;

/** Tells orders by what was asked: never by where n8n keeps a file, nor by the number of a try. */
export function openOrderKeys(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	baseUrl: string,
): (itemIndex: number, place: TaskPlace) => Promise<string> {
	const credentialId = context.getNode().credentials?.[vendor.credentialType]?.id ?? null;
	const hashes = new Map<number, Promise<string>>();
	const hashOfItem = (itemIndex: number): Promise<string> => {
		const known = hashes.get(itemIndex);
		if (known !== undefined) return known;
		const hash = hashOf([
			credentialId,
			canonicalBaseUrl(baseUrl),
			unevaluatedParameters(context),
			inputOf(context.getInputData()[itemIndex]),
		]);
		hashes.set(itemIndex, hash);
		return hash;
	};
	return async (itemIndex, { firstImageIndex, format }) => {
		const place =
			format === undefined ? [firstImageIndex] : [format.firstImageIndex, format.aspectRatio];
		const occasion = occasionOf(context, itemIndex);
		return [occasion, itemIndex, ...place, await hashOfItem(itemIndex)].join(':');
	};
}

/** As the user typed them: `{{ $now }}` in a prompt must not look like another prompt at each run. */
function unevaluatedParameters(context: IExecuteFunctions): unknown {
	const { parameters } = context.getNode();
	const options = objectOf(parameters.options);
	return [
		...parametersOfOrder.map((name) => parameters[name] ?? null),
		...optionsOfOrder.map((name) => options?.[name] ?? null),
	];
}

/** Which call of an agent an input belongs to: n8n hands each try of a call the very same object. */
const callsOfAgents = new WeakMap<object, string>();

/**
 * Tells the same words of two occasions: two rounds of a loop by the number of the node's run, two calls of
 * an agent by the call, since there n8n counts up at every try.
 */
function occasionOf(context: IExecuteFunctions, itemIndex: number): string {
	const json = context.getInputData()[itemIndex]?.json;
	if (!isAgentTool(context) || json === undefined || json.toolCallId !== undefined) {
		return String(runIndexOf(context));
	}
	const known = callsOfAgents.get(json);
	if (known !== undefined) return known;
	const call = crypto.randomUUID();
	callsOfAgents.set(json, call);
	return call;
}

function inputOf(item: INodeExecutionData | undefined): unknown {
	const files = Object.entries(item?.binary ?? {}).map(([field, file]) => [
		field,
		identityOf(file),
	]);
	return [item?.json ?? null, files];
}

/** A file counts by its id in n8n's storage, and by itself where n8n keeps it in memory. */
function identityOf({ id, data }: IBinaryData): string {
	return id === undefined ? data : withoutPlace(id);
}

const storedId =
	/^[a-z][a-z0-9-]*:.{0,1000}?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** n8n moves files after a run, within its storage: the last part of an id stays. */
function withoutPlace(text: string): string {
	return storedId.exec(text)?.[1] ?? text;
}

async function hashOf(value: unknown): Promise<string> {
	const bytes = new TextEncoder().encode(stableJson(value));
	return Buffer.from(await crypto.subtle.digest('SHA-256', bytes))
		.toString('hex')
		.slice(0, 32);
}

/** JSON of anything: a circle ends where it closes, and stored files count by what stays of their ids. */
function stableJson(value: unknown): string {
	const ancestors: object[] = [];
	return JSON.stringify(value, function (this: unknown, _name, member: unknown) {
		if (typeof member === 'bigint') return String(member);
		if (typeof member === 'string') return withoutPlace(member);
		if (typeof member !== 'object' || member === null) return member;
		while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
		if (ancestors.includes(member)) return '[circular]';
		ancestors.push(member);
		return member;
	});
}
