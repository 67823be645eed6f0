import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { readAttempts } from '../core/attempts';
import type { Failure } from '../core/failure';
import { readOrder, type Order } from '../core/order';
import { listOf, objectOf, parseJson, textOf } from '../core/tolerant';
import { runIndexOf } from './nodeContext';
import type { ItemInput } from './nodeErrors';
import { readOptions } from './parameters';
import { ordersKey } from './savedOrders';

/**
 * The data that a parked execution needs to go on, apart from the saved orders. Both are in the node's
 * context, which n8n saves with the execution. A webhook reads them through an expression, because it has
 * no access to the context itself.
 */
export interface ParkedRun {
	/** Tells one parking from the next, for a node that parks in a loop. */
	readonly id: string;
	readonly executionId: string;
	/** Which run of the node it was. */
	readonly runIndex: number;
	readonly vendor: string;
	readonly operation: string;
	/** Milliseconds since the epoch: a callback that comes later leaves the run to its timeout. */
	readonly callbacksUntilMs: number;
	/** One entry for each input item, in their order. */
	readonly items: readonly ParkedItem[];
}

export interface ParkedItem {
	readonly orders: readonly Order[];
	/** Where the item came to no order. */
	readonly failure?: Failure;
	/** The part of the input that the item's output would show again. */
	readonly input?: ItemInput;
}

const parkedKey = 'parked';
const inputsKey = 'parkedInputs';

/** Saves a run whose orders are saved already. */
export function saveParkedRun(context: IExecuteFunctions, run: ParkedRun): void {
	const items = run.items.map(({ orders, input: _asItIs, ...item }) => ({
		...item,
		orders: orders.map(({ key }) => key),
	}));
	const nodeContext = context.getContext('node');
	nodeContext[parkedKey] = JSON.stringify({ ...run, items });
	// The inputs as they are, not as text: n8n moves files when it parks an execution, and updates their
	// places.
	nodeContext[inputsKey] = run.items.map(({ input }) => input ?? {}) as never;
}

/** The run that the execution was parked with; undefined where there is none. */
export function readParkedRun(context: IWebhookFunctions): ParkedRun | undefined {
	const place = `$node[${JSON.stringify(context.getNode().name)}].context`;
	const read = (expression: string): unknown =>
		context.evaluateExpression(`{{ ${expression} }}`, 0);
	const orders = textOf(read(`JSON.stringify(${place}["${ordersKey}"] ?? {})`));
	return parse(
		read(`${place}["${parkedKey}"]`),
		parseJson(orders ?? ''),
		read(`${place}["${inputsKey}"]`),
	);
}

/** The run that this very run of the node has parked already. */
export function readOwnParkedRun(context: IExecuteFunctions): ParkedRun | undefined {
	const run = readRun(context);
	const isOwn =
		run?.executionId === context.getExecutionId() && run.runIndex === runIndexOf(context);
	return isOwn ? run : undefined;
}

/**
 * The run of an execution that a callback ended with an error, for "Retry execution". n8n has then replaced
 * the node's input by one empty item, so only the saved orders say what is left to do.
 */
export function readAbandonedRun(context: IExecuteFunctions): ParkedRun | undefined {
	const run = readRun(context);
	if (run === undefined || run.executionId === context.getExecutionId()) return undefined;
	// n8n forgets the runs of all nodes at such an end. Otherwise the run has ended well, and the node is
	// asked for something else.
	return runIndexOf(context) === 0 && isReplacedInput(context) ? run : undefined;
}

/** n8n puts one empty item in the place of the input. */
function isReplacedInput(context: IExecuteFunctions): boolean {
	const [item, ...others] = context.getInputData();
	const isEmpty = Object.keys(item?.json ?? {}).length === 0 && item?.binary === undefined;
	return isEmpty && others.length === 0;
}

function readRun(context: IExecuteFunctions): ParkedRun | undefined {
	const nodeContext = context.getContext('node');
	return parse(nodeContext[parkedKey], nodeContext[ordersKey], nodeContext[inputsKey]);
}

function parse(saved: unknown, savedOrders: unknown, inputs: unknown): ParkedRun | undefined {
	const run = objectOf(parseJson(textOf(saved) ?? ''));
	const savedItems = listOf(run?.items);
	if (textOf(run?.id) === undefined || savedItems.length === 0) return undefined;
	const orders = objectOf(savedOrders) ?? {};
	const items = savedItems.map((each, itemIndex): ParkedItem => {
		const item = objectOf(each) ?? {};
		return {
			...item,
			orders: listOf(item.orders).flatMap((key) => readOrder(orders[String(key)]) ?? []),
			input: objectOf(listOf(inputs)[itemIndex]) ?? {},
		};
	});
	return { ...(run as unknown as ParkedRun), items };
}

/** The input that an item must show again; where n8n lays it under the output, its json is left out. */
export function inputToShow(context: IExecuteFunctions, itemIndex: number): ItemInput {
	const input = context.getInputData()[itemIndex];
	const earlier = readAttempts(input?.json);
	const attempts = earlier.length === 0 ? {} : { attempts: earlier };
	const isShown = readOptions(context, itemIndex).includeInputFields === true;
	const json = input === undefined ? {} : { json: input.json };
	if (!context.continueOnFail()) return { ...attempts, ...(isShown ? json : {}) };
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		...attempts,
		...(hasErrorOutput && !isShown ? {} : json),
		...(input?.binary === undefined ? {} : { binary: input.binary }),
	};
}
