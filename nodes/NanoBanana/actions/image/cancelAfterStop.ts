import { isAborted } from '../../core/stop';
import type { ImageVendor } from '../../core/vendor';
import { timeLimit } from '../../platform/timeLimit';
import type { VendorClient } from '../../platform/vendorClient';
import type { Run } from '../runItems';

/** For the whole request; n8n does not wait for it. */
const cancelTimeoutMs = 5_000;

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
	await Promise.all(taskIds.map((taskId) => cancelOne(run, client, cancelTask, taskId)));
}

async function cancelOne(
	{ context, vendor }: Run,
	client: VendorClient,
	cancelTask: NonNullable<ImageVendor['cancelTask']>,
	taskId: string,
): Promise<void> {
	const { outcome } = await client.call(
		cancelTask,
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
