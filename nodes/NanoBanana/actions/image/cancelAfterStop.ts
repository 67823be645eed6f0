import { isAborted } from '../../core/stop';
import { timeLimit } from '../../platform/timeLimit';
import type { VendorClient } from '../../platform/vendorClient';
import type { Run } from '../runItems';

/** For the whole request; n8n does not wait for it. */
const cancelTimeoutMs = 5_000;

/**
 * Cancels a task that Stop left alone, where the vendor can and has not begun it: then it costs nothing.
 * One try, whose outcome only n8n's log tells, since the execution is over.
 */
export async function cancelAfterStop(
	run: Run,
	client: VendorClient,
	taskId: string,
): Promise<void> {
	const { context, vendor } = run;
	if (!isAborted(run.stop) || vendor.cancelTask === undefined) return;
	const { outcome } = await client.call(
		vendor.cancelTask,
		{ taskId },
		{ timeoutMs: cancelTimeoutMs, signal: timeLimit(cancelTimeoutMs) },
	);
	const isCanceled = outcome.ok && outcome.value.canceled;
	context.logger.info(
		isCanceled
			? `${vendor.displayName} canceled task ${taskId} after the execution was stopped`
			: `${vendor.displayName} did not cancel task ${taskId} after the execution was stopped: Task → Wait can still download its image`,
		{ vendor: vendor.id, taskId, executionId: context.getExecutionId() },
	);
}
