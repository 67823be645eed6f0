import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { readOrder, savedForm, type Order } from '../core/order';
import { objectOf } from '../core/tolerant';
import { isAgentTool } from './agentTool';
import { runIndexOf, type NodeContext } from './nodeContext';

/**
 * The orders of this execution, kept in the node's context: n8n passes that to every further run of the
 * node (Retry On Fail, continue with a first item that failed) and saves it with the execution ("Retry
 * execution", parked executions). An order found there is picked up instead of being bought again.
 */
export interface SavedOrders {
	/** The key of an order, made from its request and its place; it also says on which occasion. */
	keyFor(asked: string): string;
	find(key: string): Order | undefined;
	/** The orders that an earlier try of this run of the node has begun for an item. */
	ofItem(itemIndex: number): readonly Order[];
	/** Saves the part of it that the next try needs. */
	save(order: Order): void;
	/** Must be called when the run ends. */
	close(end: RunEnd): void;
}

/**
 * Whether every image was passed on, or a failure was (which n8n may answer with a further run), or the run
 * threw (which Retry On Fail answers with a further run).
 */
export type RunEnd = 'delivered' | 'failed' | 'threw';

export const ordersKey = 'orders';

export function openSavedOrders(context: NodeContext): SavedOrders {
	if (!('getContext' in context)) return nothingSaved;
	const nodeContext = context.getContext('node');
	const saved = (objectOf(nodeContext[ordersKey]) ?? {}) as Record<string, unknown>;
	nodeContext[ordersKey] = saved as IDataObject;
	const slots = isAgentTool(context) ? openSlots(context, saved) : undefined;
	const occasion = slots === undefined ? `${runIndexOf(context)}:` : '';
	return {
		keyFor: slots?.take ?? ((asked) => `${occasion}${asked}`),
		ofItem: (itemIndex) =>
			Object.keys(saved)
				.filter((key) => key.startsWith(`${occasion}${itemIndex}:`))
				.filter((key) => slots?.isOwn(key) ?? true)
				.flatMap((key) => readOrder(saved[key]) ?? []),
		find: (key) => readOrder(saved[key]),
		save(order) {
			// An order that was found by its id has been bought elsewhere.
			if (order.asked === null) return;
			const form = savedForm(order);
			if (form !== undefined) saved[order.key] = form;
		},
		close: (end) => slots?.close(end),
	};
}

const nothingSaved: SavedOrders = {
	keyFor: (asked) => asked,
	find: () => undefined,
	ofItem: () => [],
	save: () => undefined,
	close: () => undefined,
};

/** The call that works on an agent's order, or will at its next try. */
interface Claim {
	/** The arguments of the call: one object for all of its tries, another for each call. */
	readonly call: object;
	readonly tries: number;
}

/** The claims, by their saved orders. Kept in this process alone: a try that died with it holds nothing. */
const claimsOfOrders = new WeakMap<object, Map<string, Claim>>();

interface Slots {
	readonly take: (asked: string) => string;
	/** Whether an earlier try of this very call has begun it. */
	readonly isOwn: (key: string) => boolean;
	readonly close: (end: RunEnd) => void;
}

/**
 * The orders of an agent's tool. n8n raises the run index at every try, so the index says nothing. A model
 * may ask for the same image several times, also at once. An order that was handed over is forgotten: the
 * same words make a new one. The next try of its own call picks up a failed order; another call may do so
 * only when its own has no further try.
 */
function openSlots(context: IExecuteFunctions, saved: Record<string, unknown>): Slots {
	const claims = claimsOfOrders.get(saved) ?? new Map<string, Claim>();
	claimsOfOrders.set(saved, claims);
	const call = context.getInputData()[0]?.json ?? {};
	const taken = new Map<string, string>();
	const find = (asked: string): string => {
		const known = [...new Set([...Object.keys(saved), ...claims.keys()])];
		const ofAsked = known.filter((key) => key.startsWith(`${asked}#`));
		const own = ofAsked.find((key) => claims.get(key)?.call === call);
		const open = ofAsked.find((key) => !claims.has(key));
		return own ?? open ?? `${asked}#${crypto.randomUUID()}`;
	};
	return {
		take(asked) {
			const key = taken.get(asked) ?? find(asked);
			if (!taken.has(asked)) claims.set(key, { call, tries: (claims.get(key)?.tries ?? 0) + 1 });
			taken.set(asked, key);
			return key;
		},
		isOwn: (key) => claims.get(key)?.call === call,
		close(end) {
			for (const key of taken.values()) {
				const tries = claims.get(key)?.tries ?? 0;
				if (end === 'delivered') delete saved[key];
				const isTriedAgain = end === 'threw' && tries < triesOf(context);
				if (!isTriedAgain) claims.delete(key);
			}
		},
	};
}

/** How often n8n runs a node that throws. */
function triesOf(context: IExecuteFunctions): number {
	const { retryOnFail, maxTries = 3 } = context.getNode();
	return retryOnFail === true ? Math.min(5, Math.max(2, maxTries)) : 1;
}
