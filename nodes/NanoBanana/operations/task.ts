import { failed, success, type Outcome } from '../core/failure';
import { taskIdOf, type Order } from '../core/order';
import { placeholderOf } from '../core/placeholder';
import { sendWithRetry } from '../core/retryPolicy';
import type { CancelResult } from '../core/vendor';
import { download, resultsOfPoll, resultsWithoutImage } from '../engine/download';
import { findOrders } from '../engine/find';
import { reportPlan } from '../engine/report';
import { openRun, type Run } from '../engine/run';
import { watch } from '../engine/watch';
import { taskCancelOptions, taskGetOptions, taskWaitOptions } from '../panel/collections';
import { taskId } from '../panel/parameters';
import type { ImageResult } from '../platform/outputItems';
import type { Operation } from './operation';

/** The time for one poll, and for its repetitions if the vendor is in trouble. */
const pollTimeoutMs = 30_000;

const cancelTimeoutMs = 30_000;

/** Goes on with a task that was submitted before: by this node, another execution or another program. */
export const wait: Operation = {
	resource: 'task',
	operation: 'wait',
	name: 'Wait',
	action: 'Wait for task',
	description: 'Wait until a task that was submitted before is done, then download its image',
	isOfferedBy: () => true,
	properties: [taskId, taskWaitOptions],
	execute: forEachTask('wait', async (run, order) => {
		await watch(run, order);
		return await download(run, order);
	}),
};

/** One poll of a task, whatever its state. */
export const get: Operation = {
	resource: 'task',
	operation: 'get',
	name: 'Get',
	action: 'Get task',
	description:
		'Poll a task once and return its state and image URLs, without downloading the images',
	isOfferedBy: () => true,
	properties: [taskId, taskGetOptions],
	execute: forEachTask('get', pollOnce),
};

/** Cancels a task that has not begun; a poll afterwards shows its state. */
export const cancel: Operation = {
	resource: 'task',
	operation: 'cancel',
	name: 'Cancel',
	action: 'Cancel task',
	description: 'Cancel a task that still waits in the queue, so that it costs nothing',
	isOfferedBy: ({ cancelTask }) => cancelTask !== undefined,
	properties: [taskId, taskCancelOptions],
	execute: forEachTask('cancel', async (run, order) => {
		// A placeholder is ready at once, so there is nothing to cancel any more.
		const isPlaceholder = placeholderOf(order) !== undefined;
		const outcome = isPlaceholder
			? success({ canceled: false })
			: await cancelTask(run, taskIdOf(order) ?? '');
		if (outcome.ok) return await pollOnce(run, order);
		run.fail(order, outcome.failure);
		return resultsWithoutImage(run, order);
	}),
};

/** find → the work of the operation → report */
function forEachTask(
	operation: string,
	work: (run: Run, order: Order) => Promise<readonly ImageResult[]>,
): Operation['execute'] {
	return async (context, vendor) => {
		const run = await openRun(context, vendor, operation);
		try {
			const plan = findOrders(run);
			return await reportPlan(run, plan, async (order) => await work(run, order));
		} finally {
			run.open.close();
		}
	};
}

async function pollOnce(run: Run, order: Order): Promise<readonly ImageResult[]> {
	const polled = await watch(run, order, {
		isEnough: () => true,
		takesAnyEnd: true,
		timeoutMs: pollTimeoutMs,
	});
	return resultsOfPoll(run, order, polled);
}

async function cancelTask(run: Run, id: string): Promise<Outcome<CancelResult>> {
	const { vendor, client, clock, signal } = run;
	const { cancelTask: exchangeOf } = vendor;
	if (exchangeOf === undefined) {
		const message = `${vendor.displayName} cannot cancel tasks`;
		return failed({ reason: 'unsupported', message });
	}
	const deadlineMs = clock.now() + cancelTimeoutMs;
	return await sendWithRetry(
		async () => (await client.call(exchangeOf(id), { deadlineMs })).outcome,
		{ verb: 'cancelTask', clock, signal, deadlineMs },
	);
}
