import type { IExecuteFunctions } from 'n8n-workflow';

import type { Batch } from '../core/batch';
import { isAborted, stopped, type Clock } from '../core/clock';
import { createLimiter, type Limiter } from '../core/concurrency';
import type { Failure, Outcome } from '../core/failure';
import type { NameImage } from '../core/imageNames';
import { failureOf, taskIdOf, type Order } from '../core/order';
import { createSubmitGate, type SubmitGate } from '../core/submitGate';
import { isPlaceholderId } from '../core/placeholder';
import { known } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import { reportsToAgent } from '../platform/agentTool';
import { openClock } from '../platform/clock';
import type { LoadedReferences } from '../platform/loadReferences';
import { continuesOnFail, stopSignalOf, type NodeContext } from '../platform/nodeContext';
import { toNodeError } from '../platform/nodeErrors';
import { openSavedOrders, type SavedOrders } from '../platform/savedOrders';
import { graceSignal } from '../platform/timeoutSignal';
import { openVendorClient, refusedClient, type VendorClient } from '../platform/vendorClient';
import { unlimited, type Spending } from './spending';
import { openTasks, type OpenTasks } from './stop';

/** A submit on its way may be answered for this long after Stop, so that its task is known. */
const stopGraceMs = 10_000;

/** The limit over all tasks of a run: more would hold more images in memory and download them no sooner. */
const downloadsAtOnce = 4;

/** One run of the node: the state that all of its stages share. */
export interface Run<Context extends NodeContext = IExecuteFunctions> {
	readonly context: Context;
	readonly vendor: ImageVendor;
	/** The operation as the items name it. */
	readonly operation: string;
	readonly client: VendorClient;
	/** Why the vendor cannot be asked at all: every item of the run fails with it. */
	readonly refusal: Failure | undefined;
	readonly clock: Clock;
	/** Aborted by Stop, and by the first failure of a run that does not continue on fail. */
	readonly signal: AbortSignal;
	/** Aborted only by Stop and by n8n's own timeout. */
	readonly stop: AbortSignal | undefined;
	/** Aborted some time after Stop, for submits on their way. */
	readonly grace: AbortSignal;
	/** All submits go through it. */
	readonly gate: SubmitGate;
	/** Downloads of all tasks share it. */
	readonly downloads: Limiter;
	/** Tasks of the run that, as far as it knows, have not ended. */
	readonly open: OpenTasks;
	/** Orders that this very run has sent to the vendor. */
	readonly bought: Set<Order>;
	/** Every task id of the run, as soon as it is known. */
	readonly taskIds: Set<string>;
	/** The orders that this execution has bought before. */
	readonly saved: SavedOrders;
	/** All orders of the run, once they are known. */
	orders: readonly Order[];
	/** The share of Max Cost that each order may take. */
	spending: Spending;
	nameImage: NameImage;
	/** Loads the reference images of an order's item. */
	references: (order: Order) => Promise<Outcome<LoadedReferences>>;
	/** Ends an order with a failure. The report of its results decides whether the run ends as well. */
	fail(order: Order, failure: Failure): void;
	/** Reports the failure of an item: a run that does not continue on fail ends with the first one. */
	failItem(itemIndex: number, failure: Failure): void;
	/** Throws the first failure, unless the run continues on fail; after Stop, always. */
	throwIfFailed(): void;
}

interface FailedItem {
	readonly failure: Failure;
	readonly itemIndex: number;
}

/** Reads the credential and opens a run. Never throws a failure that an item could show. */
export async function openRun<Context extends NodeContext>(
	context: Context,
	vendor: ImageVendor,
	operation: string,
): Promise<Run<Context>> {
	const clock = openClock();
	const opened = await openVendorClient(context, vendor, clock);
	const refusal = opened.ok ? undefined : opened.failure;
	const client = opened.ok ? opened.value : refusedClient(opened.failure);
	const firstFailure = new AbortController();
	const stop = stopSignalOf(context);
	const signal =
		stop === undefined ? firstFailure.signal : AbortSignal.any([stop, firstFailure.signal]);
	const continues = continuesOnFail(context) || reportsToAgent(context);
	const taskIds = new Set<string>();
	let first: FailedItem | undefined;
	let limitReached: FailedItem | undefined;

	const run: Run<Context> = {
		context,
		vendor,
		operation,
		client,
		refusal,
		clock,
		signal,
		stop,
		grace: graceSignal(stop, stopGraceMs),
		gate: createSubmitGate(clock),
		downloads: createLimiter(downloadsAtOnce),
		open: openTasks(context, vendor, client, stop, clock),
		bought: new Set(),
		taskIds,
		saved: openSavedOrders(context),
		orders: [],
		spending: unlimited,
		nameImage: (_order, taskId, position) => `${taskId}-${position}`,
		references: () => Promise.resolve({ ok: true, value: { urls: [], files: [] } }),
		fail(order, failure) {
			const told = failureOf(order, failure);
			const { state } = order;
			const spentBefore = 'spentBefore' in state ? state.spentBefore : undefined;
			order.state = { is: 'failed', failure: told, ...known({ spentBefore }) };
		},
		failItem(itemIndex, failure) {
			// An item that was stopped because another one failed has no failure of its own.
			if (continues || isAborted(signal)) return;
			// Images bought within the limit must still be downloaded; nothing more is bought anyway.
			if (failure.reason === 'spendingLimit') {
				limitReached ??= { failure, itemIndex };
				return;
			}
			first = { failure, itemIndex };
			firstFailure.abort();
		},
		throwIfFailed() {
			// The error after Stop must name the tasks, since no item will.
			const stopFailure = isAborted(stop) ? { failure: stopped(), itemIndex: 0 } : undefined;
			const reason = first ?? stopFailure ?? limitReached;
			if (reason === undefined) return;
			const { failure, itemIndex } = reason;
			const others = [...taskIds].filter(
				(taskId) => taskId !== failure.taskId && !isPlaceholderId(taskId),
			);
			const batch =
				failure.reason === 'stopped' ? undefined : batchOf(run.orders, failure, itemIndex);
			throw toNodeError(context, failure, itemIndex, vendor, others, batch);
		},
	};
	return run;
}

/** The progress of the other orders of a run that one order ends; undefined for a run that buys nothing. */
function batchOf(orders: readonly Order[], failure: Failure, itemIndex: number): Batch | undefined {
	const bought = orders.filter(
		(order) => order.asked !== null && !isPlaceholderId(taskIdOf(order) ?? ''),
	);
	if (bought.length === 0) return undefined;
	const imagesOf = (group: readonly Order[]): number =>
		group.reduce((sum, { place }) => sum + place.imagesInTask, 0);
	const others = bought.filter((order) => (taskIdOf(order) ?? '') !== (failure.taskId ?? ' '));
	const isUnderWay = ({ state }: Order): boolean =>
		state.is === 'taken' || (state.is === 'failed' && state.failure.task === 'running');
	return {
		images: imagesOf(bought),
		ready: imagesOf(others.filter(({ state }) => state.is === 'ended')),
		underWay: imagesOf(others.filter(isUnderWay)),
		prompt: bought.find((order) => order.itemIndex === itemIndex)?.asked?.prompt,
	};
}
