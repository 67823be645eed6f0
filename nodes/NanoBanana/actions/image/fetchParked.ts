import { NodeOperationError, type INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../../core/concurrency';
import { readMaxTasksAtOnce } from '../../platform/parameters';
import type { ParkedRun } from '../../platform/parkedRun';
import type { VendorClient } from '../../platform/vendorClient';
import { awaitTask } from '../finishTask';
import type { Run } from '../runItems';
import type { EndedTask } from './lookAtParked';
import { errorOfParked, parkedItemsOf } from './parkedItems';

/** Goes on with the tasks of an execution that was parked, by looking instead of being called. */
export async function fetchParked(
	run: Run,
	client: VendorClient,
	parked: ParkedRun,
): Promise<INodeExecutionData[]> {
	const { context, vendor, signal } = run;
	const ended = new Map<string, EndedTask>();
	const tasks = parked.items.flatMap((item) =>
		item.tasks.map(({ submission }) => ({
			taskId: submission.reference.taskId,
			settings: item.settings,
		})),
	);
	run.taskIds.push(...tasks.map(({ taskId }) => taskId));
	await mapConcurrently(tasks, readMaxTasksAtOnce(context), async ({ taskId, settings }) => {
		if (settings === undefined) return;
		const startedAtMs = Date.now();
		ended.set(
			taskId,
			await awaitTask(run, client, { taskId, settings, startedAtMs, isNew: false }),
		);
	});
	run.throwIfFailed();
	const items =
		errorOfParked(context, parked, ended) ??
		(await parkedItemsOf({ context, vendor, client, signal }, parked, ended));
	if (items instanceof NodeOperationError) throw items;
	return items;
}
