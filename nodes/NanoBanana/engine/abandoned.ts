import type { INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../core/concurrency';
import { failed, success, type Failure, type Outcome } from '../core/failure';
import type { Order } from '../core/order';
import { objectOf } from '../core/tolerant';
import type { LoadedReferences } from '../platform/loadReferences';
import {
	defaultMaxTasksAtOnce,
	readIsPlaceholder,
	readMaxTasksAtOnce,
} from '../platform/parameters';
import type { ParkedItem, ParkedRun } from '../platform/parkedRun';
import { failAll, refusalOfParked, reportParked } from './park';
import { notReplaced } from './placeholder';
import { stateForNextTry } from './plan';
import type { Run } from './run';
import { submit } from './submit';
import { watch } from './watch';

/** Continues an execution that a callback ended with an error. This run waits for the tasks itself. */
export async function fetchAbandoned(run: Run, parked: ParkedRun): Promise<INodeExecutionData[]> {
	const items = parked.items.map((item): ParkedItem => ({
		...item,
		orders: item.orders.map((order) => ({
			...order,
			settings: { ...order.settings, completion: 'wait' },
			state: stateForNextTry(order.state),
		})),
	}));
	const orders = items.flatMap((item) => item.orders);
	run.references = (order) => Promise.resolve(savedReferences(order));
	const refusal = refusalOfAbandoned(run, parked);
	if (refusal !== undefined) {
		failAll(run, orders, refusal);
	} else {
		await mapConcurrently(orders, maxTasksAtOnce(run), async (order) => {
			await submit(run, order);
			await watch(run, order);
			const { state } = order;
			if ('failure' in state) run.failItem(order.itemIndex, state.failure);
		});
	}
	return await reportParked(run, { ...parked, items });
}

/** The input of an abandoned run is gone: only the references loaded for its orders are left. */
function savedReferences({ asked, referenceUrls = [] }: Order): Outcome<LoadedReferences> {
	if (asked?.operation !== 'edit' || referenceUrls.length > 0) {
		return success({ urls: referenceUrls, files: [] });
	}
	return failed({
		reason: 'invalidRequest',
		message: 'The reference images of this item are no longer known',
		hint: 'Execute the workflow again for this item.',
	});
}

function refusalOfAbandoned(run: Run, parked: ParkedRun): Failure | undefined {
	const { vendor } = run;
	const isPlaceholder = attempt(() => readIsPlaceholder(run.context, 0));
	if (isPlaceholder === undefined && hasPlaceholderOption(run)) return unreadablePlaceholder;
	if (isPlaceholder?.ok === false) return isPlaceholder.failure;
	if (isPlaceholder?.value === true) return notReplaced(vendor);
	if (parked.vendor === vendor.id) return refusalOfParked(run, parked);
	return {
		reason: 'conflict',
		message: `The tasks of this execution were submitted to "${parked.vendor}", not to ${vendor.displayName}`,
		hint: 'Choose the vendor that took the tasks, then retry; or use Task → Wait with the task ID.',
	};
}

/** n8n has forgotten the runs of all nodes, so an option that names another node cannot be read. */
function attempt<Value>(read: () => Value): Value | undefined {
	try {
		return read();
	} catch {
		return undefined;
	}
}

function maxTasksAtOnce({ context }: Run): number {
	return attempt(() => readMaxTasksAtOnce(context)) ?? defaultMaxTasksAtOnce;
}

/** As typed; without the option, nothing is a placeholder. */
function hasPlaceholderOption({ context }: Run): boolean {
	const { options } = context.getNode().parameters;
	return (objectOf(options)?.placeholder ?? 'never') !== 'never';
}

const unreadablePlaceholder: Failure = {
	reason: 'invalidRequest',
	message:
		"'Placeholder Images' or another option has an expression that n8n cannot resolve in a retry",
	hint: 'Use Task → Wait with this task ID.',
};
