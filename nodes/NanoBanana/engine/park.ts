import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../core/concurrency';
import type { Failure } from '../core/failure';
import { nameImages } from '../core/imageNames';
import { atAnotherAddress, taskIdOf, type Order } from '../core/order';
import { known } from '../core/tolerant';
import { runIndexOf, type NodeContext } from '../platform/nodeContext';
import { readMaxTasksAtOnce } from '../platform/parameters';
import { inputToShow, saveParkedRun, type ParkedItem, type ParkedRun } from '../platform/parkedRun';
import type { ItemResult, TaskResult } from '../platform/outputItems';
import { isElsewhere } from './again';
import { download, resultsWithoutImage } from './download';
import { ordersOf, type Plan } from './plan';
import { itemsOfResult, showCosts } from './report';
import type { Run } from './run';
import { submit } from './submit';
import { watch } from './watch';

/** A callback is accepted until this long after the last order's timeout. */
const lateCallMs = 30_000;

/**
 * The time for the images of the last callback: n8n must not go on by itself during their download. A lost
 * callback is noticed only after this time, so it is shorter than the longest download.
 */
const downloadMs = 60_000;

/** The time for one poll and its repetitions, because the vendor's callback waits for the answer. */
const pollTimeoutMs = 15_000;

const pollsAtOnce = 4;

/**
 * Submits all orders of a run with the execution's own resume URL and parks the execution: no worker and no
 * memory is held while the vendor works. `resume` goes on when the vendor calls.
 */
export async function park(run: Run, plan: Plan): Promise<INodeExecutionData[]> {
	const { context, vendor } = run;
	const orders = ordersOf(plan);
	await mapConcurrently(orders, readMaxTasksAtOnce(context), async (order) => {
		await submit(run, order);
		const { state } = order;
		if ('failure' in state) run.failItem(order.itemIndex, state.failure);
	});
	run.throwIfFailed();

	const timeouts = orders.flatMap(({ state, settings }) =>
		state.is === 'taken' ? (state.sentAtMs ?? 0) + settings.timeoutMs : [],
	);
	const callbacksUntilMs = Math.max(...timeouts) + lateCallMs;
	const parked: ParkedRun = {
		id: crypto.randomUUID(),
		executionId: context.getExecutionId(),
		runIndex: runIndexOf(context),
		vendor: vendor.id,
		operation: run.operation,
		callbacksUntilMs,
		items: plan.map(({ orders: ofItem, failure }, itemIndex) => ({
			orders: ofItem,
			...known({ failure }),
			input: inputToShow(context, itemIndex),
		})),
	};
	// A task that ended before the parking called too early: n8n would not let it resume the execution.
	await pollUntilOpen(run, [...orders].reverse(), false);
	if (!hasOpen(orders)) return await reportParked(run, parked);
	run.throwIfFailed();

	for (const order of orders) {
		// A task whose image may still come is saved as taken already: a "Retry" must not buy it anew.
		const { state } = order;
		if (state.is !== 'failed' || state.failure.task !== 'running') run.saved.save(order);
	}
	saveParkedRun(context, parked);
	const inputs = context.getInputData();
	for (const [itemIndex, input] of inputs.entries()) {
		const item = itemWhileParked(run, parked, itemIndex);
		input.json = item.json;
		// The files of the input are not the image: the next node gets only the task with this item.
		if (item.binary === undefined) delete input.binary;
	}
	return await parkUntil(context, callbacksUntilMs);
}

/** Parks the execution; its input items, which the parking has changed, go on if no callback comes. */
export async function parkUntil(
	context: IExecuteFunctions,
	callbacksUntilMs: number,
): Promise<INodeExecutionData[]> {
	await context.putExecutionToWait(new Date(callbacksUntilMs + downloadMs));
	// A new list: if the node has an error output, n8n empties the list that it is given.
	return [...context.getInputData()];
}

export function hasOpen(orders: readonly Order[]): boolean {
	return orders.some(({ state }) => state.is === 'taken');
}

/**
 * Polls tasks in the given order, one first and then a few at once, until one has not ended: its callback
 * will come. Returns why a task could not be polled.
 */
export async function pollUntilOpen(
	run: Run<NodeContext>,
	orders: readonly Order[],
	isTold: boolean,
): Promise<Failure | undefined> {
	const open = orders.filter(({ state }) => state.is === 'taken');
	for (let next = 0, size = 1; next < open.length; next += size, size = pollsAtOnce) {
		const batch = open.slice(next, next + size);
		const troubles = await Promise.all(batch.map(async (order) => await poll(run, order, isTold)));
		if (hasOpen(batch)) return troubles.find((trouble) => trouble !== undefined);
	}
	return undefined;
}

/** One poll. An order whose task could not be polled stays taken. */
async function poll(
	run: Run<NodeContext>,
	order: Order,
	isTold: boolean,
): Promise<Failure | undefined> {
	const before = order.state;
	await watch(run, order, { isEnough: () => true, isTold, timeoutMs: pollTimeoutMs });
	const { state } = order;
	if (state.is !== 'failed') return undefined;
	const { failure } = state;
	const isSettled = failure.task === 'over' || settlingReasons.has(failure.reason);
	if (isSettled) return undefined;
	order.state = before;
	return failure;
}

/** After these failures the vendor says nothing more about a task. */
const settlingReasons: ReadonlySet<Failure['reason']> = new Set(['notFound', 'noImage']);

/**
 * Why the tasks of a parked run cannot be polled: the credential is gone or unusable, or leads to another
 * address than that of the tasks. The user gets their ids instead.
 */
export function refusalOfParked(run: Run<NodeContext>, { items }: ParkedRun): Failure | undefined {
	if (run.refusal !== undefined) return run.refusal;
	const isMoved = items.some(({ orders }) => orders.some((order) => isElsewhere(run, order)));
	return isMoved ? atAnotherAddress(run.vendor.displayName) : undefined;
}

/** Fails all orders that are not unclear or failed already. The failure of a begun order names its task. */
export function failAll(run: Run<NodeContext>, orders: readonly Order[], failure: Failure): void {
	for (const order of orders) {
		if (order.state.is === 'unclear' || order.state.is === 'failed') continue;
		run.fail(order, failure);
	}
}

/**
 * The items of a parked run whose orders have all ended: exactly one for each input item, in their order,
 * since n8n pairs the items of a resumed execution by position. A run that does not continue on fail ends
 * with its first failure, before anything is downloaded.
 */
export async function reportParked(
	run: Run<NodeContext>,
	parked: ParkedRun,
	beforeDownload?: () => void,
): Promise<INodeExecutionData[]> {
	run.orders = parked.items.flatMap(({ orders }) => orders);
	for (const [itemIndex, { failure, orders }] of parked.items.entries()) {
		for (const order of orders) {
			const taskId = taskIdOf(order);
			if (taskId !== undefined) run.taskIds.add(taskId);
		}
		const failures = orders.flatMap(({ state }) => ('failure' in state ? state.failure : []));
		for (const each of [...(failure === undefined ? [] : [failure]), ...failures]) {
			run.failItem(itemIndex, each);
		}
	}
	run.throwIfFailed();
	beforeDownload?.();
	run.nameImage = nameImages(run.orders, run.vendor.maxImagesInTask);
	const results = await Promise.all(
		parked.items.map(async (item, itemIndex): Promise<ItemResult> => {
			const images = await Promise.all(
				item.orders.map(async (order) => await download(run, order)),
			);
			return resultOf(run, item, itemIndex, images.flat());
		}),
	);
	for (const result of results) {
		if ('failure' in result) continue;
		for (const image of result.results) {
			if (!image.ok) run.failItem(result.itemIndex, image.failure);
		}
	}
	run.throwIfFailed();
	showCosts(run.context, results);
	return results.flatMap((result) =>
		itemsOfResult(run, result, parked.items[result.itemIndex]?.input),
	);
}

/**
 * A single image has the item to itself, as elsewhere. Several images share it, even ones that nobody asked
 * for.
 */
function resultOf(
	run: Run<NodeContext>,
	{ orders, failure }: ParkedItem,
	itemIndex: number,
	results: Extract<ItemResult, { results: unknown }>['results'],
): ItemResult {
	const [first] = orders;
	if (first === undefined) return { itemIndex, failure: failure ?? noItem };
	const isSingle = first.place.imagesOfItem === 1 && results.length === 1;
	const { settings } = first;
	return {
		itemIndex,
		operation: run.operation,
		settings: { ...settings, output: isSingle ? settings.output : 'itemPerInput' },
		results,
	};
}

const noItem: Failure = {
	reason: 'invalidRequest',
	message: 'The item is no longer known',
	hint: 'Execute the workflow again for this item.',
};

const warningWhileParked =
	'The vendor did not call back within the timeout. The task may still have ended: use Task → Wait to download its image.';

/**
 * The item while the execution is parked. n8n passes it on if no callback comes within n8n's own limit, so
 * it carries its task for Task → Wait.
 */
function itemWhileParked(
	run: Run,
	parked: ParkedRun,
	itemIndex: number,
): Pick<INodeExecutionData, 'json' | 'binary'> {
	const item = parked.items[itemIndex] ?? { orders: [] };
	const results = item.orders
		.flatMap((order) => resultsWithoutImage(run, order))
		.map((result) => (result.ok ? { ...result, task: whileParked(result.task) } : result));
	const input = run.context.getInputData()[itemIndex];
	const attempts = item.input?.attempts ?? [];
	const result = resultOf(run, item, itemIndex, results);
	const [shown] = itemsOfResult(run, result, { ...input, attempts });
	return shown ?? { json: {} };
}

function whileParked(task: TaskResult): TaskResult {
	return { ...task, state: 'running', warnings: [...task.warnings, warningWhileParked] };
}
