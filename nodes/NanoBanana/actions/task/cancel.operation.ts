import { ofTask } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import { simplify, taskId } from '../../descriptions/parameters';
import { clock } from '../../platform/clock';
import type { Operation } from '../operation';
import { forEachTask, type TaskWork } from './forEachTask';
import { lookOnce } from './lookOnce';

const cancelTimeoutMs = 30_000;

/** Cancels a task that has not begun; what became of it is what the vendor says afterwards. */
export const cancel: Operation = {
	resource: 'task',
	operation: 'cancel',
	name: 'Cancel',
	action: 'Cancel task',
	description: 'Cancel a task that still waits in the queue, so that it costs nothing',
	isOfferedBy: ({ cancelTask }) => cancelTask !== undefined,
	properties: [taskId, simplify],
	execute: async (context, vendor) => await forEachTask(context, vendor, 'cancel', cancelTask),
};

const cancelTask: TaskWork = async (run, client, id) => {
	const cancelExchange = run.vendor.cancelTask;
	if (cancelExchange === undefined) {
		const message = `${run.vendor.displayName} cannot cancel tasks`;
		return [{ ok: false, failure: ofTask({ reason: 'unsupported', message }, id) }];
	}
	const outcome = await sendWithRetry(async () => (await client.call(cancelExchange(id))).outcome, {
		verb: 'cancelTask',
		clock,
		signal: run.signal,
		deadlineMs: clock.now() + cancelTimeoutMs,
	});
	if (!outcome.ok) return [{ ok: false, failure: ofTask(outcome.failure, id) }];
	return await lookOnce(run, client, id);
};
