import {
	NodeOperationError,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { keptState, taskIdOf, type Order } from '../core/order';
import { clock, openClock } from '../platform/clock';
import { answerDelivery, deliveryOf, type DeliveryStatus } from '../platform/deliveryMemory';
import { unexpectedFailure } from '../platform/nodeErrors';
import { readParkedRun, type ParkedRun } from '../platform/parkedRun';
import { vendors } from '../vendors';
import { failAll, hasOpen, pollUntilOpen, refusalOfParked, reportParked } from './park';
import { openRun, type Run } from './run';

/** A vendor may call before its own reads show the end, so its task is polled again after this time. */
const doubtMs = 1_500;

const resumingRun = openResumingRuns<ParkedRun>(() => clock.now());

/**
 * Answers a vendor's callback of a parked execution and lets it go on when the last task has ended. The
 * delivery is only a hint: the node uses nothing of it except the task that it names.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	// n8n ends the parked execution with any error thrown here, so only a failed task of the run may throw.
	const outcome = await answerCall(context).catch((error: unknown) => unusable(context, error));
	if (outcome instanceof NodeOperationError) throw outcome;
	return outcome;
}

async function answerCall(
	context: IWebhookFunctions,
): Promise<IWebhookResponseData | NodeOperationError> {
	const saved = readParkedRun(context);
	const vendor = vendors.find(({ id }) => id === saved?.vendor);
	if (saved === undefined || vendor === undefined) return answer(context, 'received');
	const resuming = resumingRun(saved.id, saved);
	const { run: parked } = resuming;
	const orders = parked.items.flatMap((item) => item.orders);
	const taskIds = orders.flatMap((order) => taskIdOf(order) ?? []);
	const named = vendor.callback?.readTaskId(deliveryOf(context), taskIds);
	if (named === undefined || !taskIds.includes(named)) return answer(context, 'received');

	// The saved moment is a time of day.
	const isTooLate = openClock().now() > parked.callbacksUntilMs;
	if (resuming.isOver || isTooLate) return answer(context, 'received');
	resuming.hintedAtMs.set(named, clock.now());
	if (resuming.isBusy) return answer(context, 'received');
	resuming.isBusy = true;
	try {
		const run = await openRun(context, vendor, parked.operation);
		const refusal = refusalOfParked(run, parked);
		if (refusal !== undefined) failAll(run, orders, refusal);
		const trouble = await pollWhileHinted(run, orders, named, resuming);
		if (hasOpen(orders)) {
			const open = openIn(orders);
			for (const order of orders) order.state = keptState(order);
			// A vendor that could not be asked, or whose reads are far behind, must call again.
			const isUnsettled =
				trouble || open.includes(named) || open.every((taskId) => resuming.hintedAtMs.has(taskId));
			return answer(context, isUnsettled ? 'askAgain' : 'received');
		}
		return await goOn(run, parked, resuming);
	} finally {
		resuming.isBusy = false;
	}
}

/** Answers the vendor before anything is downloaded; for a failed task n8n answers it instead. */
async function goOn(
	run: Run<IWebhookFunctions>,
	parked: ParkedRun,
	resuming: ResumingRun<ParkedRun>,
): Promise<IWebhookResponseData | NodeOperationError> {
	try {
		const items = await reportParked(run, parked, () => answerDelivery(run.context, 'received'));
		resuming.isOver = true;
		return { noWebhookResponse: true, workflowData: [items] };
	} catch (error) {
		if (!(error instanceof NodeOperationError)) return unusable(run.context, error);
		resuming.isOver = true;
		return error;
	}
}

/**
 * Polls the named task and then all others, until one has not ended. No further callback may come if that
 * is the named one, or if each open task was called for already: those are then polled once more, when the
 * vendor's reads have had time to follow its calls. Returns whether a task could not be polled.
 */
async function pollWhileHinted(
	run: Run<IWebhookFunctions>,
	orders: readonly Order[],
	named: string,
	{ hintedAtMs }: ResumingRun<ParkedRun>,
): Promise<boolean> {
	const ours = orders.filter((order) => taskIdOf(order) === named);
	// The newest first: they are the least likely to have ended.
	const others = [...orders].reverse();
	for (;;) {
		const polledAtMs = clock.now();
		const first = await pollUntilOpen(run, ours, true);
		const isNamedOpen = hasOpen(ours);
		const trouble = isNamedOpen ? first : await pollUntilOpen(run, others, true);
		if (trouble !== undefined) return true;
		if (!hasOpen(orders)) return false;
		const doubtful = openIn(isNamedOpen ? ours : others);
		const hintsMs = doubtful.map((taskId) => hintedAtMs.get(taskId) ?? Infinity);
		const settledAtMs = doubtMs + Math.max(...hintsMs);
		if (settledAtMs === Infinity || polledAtMs >= settledAtMs) return false;
		await clock.sleep(Math.max(0, settledAtMs - clock.now()));
	}
}

/** The ids of the tasks that have not ended as far as is known. */
function openIn(orders: readonly Order[]): string[] {
	return orders.flatMap((order) => (order.state.is === 'taken' ? order.state.task.taskId : []));
}

function unusable(context: IWebhookFunctions, error: unknown): IWebhookResponseData {
	context.logger.error(`A callback could not be used: ${unexpectedFailure(error).message}`);
	return answer(context, 'askAgain');
}

function answer(context: IWebhookFunctions, status: DeliveryStatus): IWebhookResponseData {
	answerDelivery(context, status);
	return { noWebhookResponse: true };
}

/**
 * A parked run whose callbacks are coming in, as this process knows it. Nothing depends on it: after a
 * restart, or in another process, the vendor is polled again. Within one process it keeps fifty
 * simultaneous callbacks from polling fifty tasks each, and from continuing twice.
 */
export interface ResumingRun<Parked> {
	/** The run as it was first read, with the progress of its orders since then. */
	readonly run: Parked;
	/** A callback is being worked on, so the vendor is being asked right now. */
	isBusy: boolean;
	/** When the latest callback of a task came, in milliseconds since the epoch: polls before it prove nothing. */
	readonly hintedAtMs: Map<string, number>;
	/** The execution goes on, so any further callback is late. */
	isOver: boolean;
}

/** Callbacks of one run come closer together than this. */
const keptMs = 60 * 60 * 1000;

export function openResumingRuns<Parked>(
	now: () => number,
): (id: string, parked: Parked) => ResumingRun<Parked> {
	const runs = new Map<string, { readonly resuming: ResumingRun<Parked>; touchedAtMs: number }>();
	return (id, parked) => {
		for (const [key, { touchedAtMs }] of runs) {
			if (now() - touchedAtMs > keptMs) runs.delete(key);
		}
		const known = runs.get(id);
		if (known !== undefined) {
			known.touchedAtMs = now();
			return known.resuming;
		}
		const resuming = {
			run: parked,
			isBusy: false,
			hintedAtMs: new Map<string, number>(),
			isOver: false,
		};
		runs.set(id, { resuming, touchedAtMs: now() });
		return resuming;
	};
}
