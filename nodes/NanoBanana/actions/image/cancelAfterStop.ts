import { mapConcurrently } from '../../core/concurrency';
import { isAborted } from '../../core/stop';
import type { ImageVendor } from '../../core/vendor';
import { timeLimit } from '../../platform/timeLimit';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import type { VendorClient } from '../../platform/vendorClient';
import type { Run } from '../runItems';

/** For the whole request; n8n does not wait for it. */
const cancelTimeoutMs = 5_000;

/** Hundreds at once would be refused for speed. */
const cancelsAtOnce = 8;

/**
 * Cancels tasks that Stop left alone, where the vendor can and has not begun them: then they cost
 * nothing. One try each, whose outcome only n8n's log tells, since the execution is over.
 */
export async function cancelAfterStop(
	run: Run,
	client: VendorClient,
	taskIds: readonly string[],
): Promise<void> {
	const { cancelTask } = run.vendor;
	if (!isAborted(run.stop) || cancelTask === undefined) return;
	await mapConcurrently(taskIds, cancelsAtOnce, (taskId) =>
		cancelOne(run, client, cancelTask, taskId),
	);
}

/** Notes a task that nobody in this run waits for, or cancels it where the run was stopped meanwhile. */
export async function noteOrdered(run: Run, client: VendorClient, taskId: string): Promise<void> {
	if (isAborted(run.stop)) await cancelAfterStop(run, client, [taskId]);
	else run.orderedIds.push(taskId);
}

/**
 * Cancels what was ordered before, as soon as the run is stopped. Answers with what has to be called at
 * the end of the run: later the tasks are those of another step, or of the parked execution.
 */
export function cancelOrderedOnStop(run: Run, client: VendorClient): () => void {
	const cancelAll = (): void => {
		cancelAfterStop(run, client, run.orderedIds).catch((error: unknown) => {
			run.context.logger.warn(unexpectedFailure(error).message);
		});
	};
	run.stop?.addEventListener('abort', cancelAll);
	return () => run.stop?.removeEventListener('abort', cancelAll);
}

async function cancelOne(
	{ context, vendor }: Run,
	client: VendorClient,
	cancelTask: NonNullable<ImageVendor['cancelTask']>,
	taskId: string,
): Promise<void> {
	const { outcome } = await client.call(cancelTask(taskId), {
		timeoutMs: cancelTimeoutMs,
		signal: timeLimit(cancelTimeoutMs),
	});
	const isCanceled = outcome.ok && outcome.value.canceled;
	context.logger.info(
		isCanceled
			? `${vendor.displayName} canceled task ${taskId} after the execution was stopped`
			: `${vendor.displayName} did not cancel task ${taskId} after the execution was stopped: Task → Wait can still download its image`,
		{ vendor: vendor.id, taskId, executionId: context.getExecutionId() },
	);
}
