import { isAborted, type Clock } from '../core/clock';
import { mapConcurrently } from '../core/concurrency';
import type { ImageVendor } from '../core/vendor';
import type { NodeContext } from '../platform/nodeContext';
import { forgetStopped, rememberStopped } from '../platform/stoppedTasks';
import { timeoutSignal } from '../platform/timeoutSignal';
import { unexpectedFailure } from '../platform/nodeErrors';
import type { VendorClient } from '../platform/vendorClient';

/** The time for one cancellation; n8n does not wait for it. */
const cancelTimeoutMs = 5_000;

/** Hundreds at once would be refused for speed. */
const cancelsAtOnce = 8;

/**
 * The tasks of a run. Stop cancels those that have not ended as far as the run knows, if the vendor can.
 * The next run of the node names all that are charged, because their images are lost with this run.
 */
export interface OpenTasks {
	/** If the run has been stopped by then, the task is treated like the others at once. */
	add(taskId: string): void;
	/** The task has ended, or the run no longer waits for it. */
	ended(taskId: string, isCharged: boolean): void;
	/** The run is over: from now on its tasks are those of another step, or of the parked execution. */
	close(): void;
}

export function openTasks(
	context: NodeContext,
	vendor: ImageVendor,
	client: VendorClient,
	stop: AbortSignal | undefined,
	clock: Clock,
): OpenTasks {
	const open = new Set<string>();
	const charged = new Set<string>();
	const cancel = (taskIds: readonly string[]): void => {
		cancelTasks(context, vendor, client, taskIds, clock).catch((error: unknown) => {
			context.logger.warn(unexpectedFailure(error).message);
		});
	};
	const onStop = (): void => {
		rememberStopped(context, vendor.displayName, [...charged]);
		cancel([...open]);
		open.clear();
	};
	stop?.addEventListener('abort', onStop, { once: true });
	return {
		add(taskId) {
			charged.add(taskId);
			if (isAborted(stop)) {
				rememberStopped(context, vendor.displayName, [taskId]);
				cancel([taskId]);
			} else open.add(taskId);
		},
		ended(taskId, isCharged) {
			open.delete(taskId);
			if (!isCharged) charged.delete(taskId);
		},
		close() {
			stop?.removeEventListener('abort', onStop);
		},
	};
}

/** Tries each task once. Only n8n's log shows the outcome, because the execution is over. */
async function cancelTasks(
	context: NodeContext,
	vendor: ImageVendor,
	client: VendorClient,
	taskIds: readonly string[],
	clock: Clock,
): Promise<void> {
	const { cancelTask, displayName } = vendor;
	if (cancelTask === undefined) return;
	await mapConcurrently(taskIds, cancelsAtOnce, async (taskId) => {
		const signal = timeoutSignal(cancelTimeoutMs);
		const { outcome } = await client.call(cancelTask(taskId), {
			deadlineMs: clock.now() + cancelTimeoutMs,
			signal,
		});
		const isCanceled = outcome.ok && outcome.value.canceled;
		if (isCanceled) forgetStopped(context, taskId);
		context.logger.info(
			isCanceled
				? `${displayName} canceled task ${taskId} after the execution was stopped`
				: `${displayName} did not cancel task ${taskId} after the execution was stopped: Task → Wait can still download its image`,
			{ vendor: vendor.id, taskId, executionId: context.getExecutionId() },
		);
	});
}
