import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../../core/concurrency';
import { failed, ofTask, success, type Failure, type Outcome } from '../../core/failure';
import { known, objectOf, textOf } from '../../core/tolerant';
import type { ImageVendor } from '../../core/vendor';
import { readItemSettings, readMaxTasksAtOnce, type ItemSettings } from '../../platform/parameters';
import type { ImageResult, ItemResult } from '../../platform/results';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient, type VendorClient } from '../../platform/vendorClient';
import { nameFoundTasks, type FoundTask, type NameOf } from '../nameFoundTasks';
import { itemsOfRun, startRun, type Run } from '../runItems';

export type TaskWork = (
	run: Run,
	client: VendorClient,
	taskId: string,
	settings: ItemSettings,
	/** The file name of an image of the task, without ending. */
	nameOf: NameOf,
) => Promise<readonly ImageResult[]>;

/** Runs one of the `task` operations over all items, side by side. */
export async function forEachTask(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	operation: string,
	work: TaskWork,
): Promise<INodeExecutionData[]> {
	const run = startRun(context, vendor);
	const opened = await openVendorClient(context, vendor);
	const found: Outcome<FoundTask>[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		found.push(await readTask(context, itemIndex, vendor));
	}
	const results = await mapConcurrently(
		nameFoundTasks(found, vendor.maxImagesInTask),
		readMaxTasksAtOnce(context),
		async (task, itemIndex): Promise<ItemResult> => {
			const named = task.ok ? task.value.taskId : task.failure.taskId;
			const refuse = (reason: Failure): ItemResult => {
				// Whatever is wrong here, the item's task may be running or done: it stays named.
				const failure: Failure =
					named === undefined ? { ...reason, task: 'maybe' } : ofTask(reason, named);
				run.onFailure(failure, itemIndex);
				return { itemIndex, failure };
			};
			if (!opened.ok) return refuse(opened.failure);
			if (!task.ok) return refuse(task.failure);
			const { taskId, settings, nameOf } = task.value;
			run.taskIds.push(taskId);
			const outcome = await work(run, opened.value, taskId, settings, nameOf).catch(
				(error: unknown): readonly ImageResult[] => [
					{ ok: false, failure: ofTask(unexpectedFailure(error), taskId) },
				],
			);
			for (const result of outcome) if (!result.ok) run.onFailure(result.failure, itemIndex);
			return { itemIndex, operation, settings, results: outcome };
		},
	);
	return itemsOfRun(run, results);
}

async function readTask(
	context: IExecuteFunctions,
	itemIndex: number,
	vendor: ImageVendor,
): Promise<Outcome<FoundTask>> {
	const taskId = readTaskId(context, itemIndex, vendor);
	const settings = await readSettings(context, itemIndex);
	if (!settings.ok) {
		return failed({
			...settings.failure,
			...known({ taskId: taskId.ok ? taskId.value : undefined }),
		});
	}
	return taskId.ok ? success({ taskId: taskId.value, settings: settings.value }) : taskId;
}

async function readSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<Outcome<ItemSettings>> {
	return await Promise.resolve()
		.then(() => readItemSettings(context, itemIndex))
		.catch((error: unknown) => failed(unexpectedFailure(error)));
}

/** The task id of an item; an item that names another vendor is refused, its id would mean nothing here. */
function readTaskId(
	context: IExecuteFunctions,
	itemIndex: number,
	vendor: ImageVendor,
): Outcome<string> {
	let taskId: string | undefined;
	try {
		taskId = textOf(context.getNodeParameter('taskId', itemIndex, ''))?.trim();
	} catch (error) {
		return failed(unexpectedFailure(error));
	}
	if (taskId === undefined) {
		return failed({
			reason: 'invalidRequest',
			message: 'The task ID is empty',
			hint: 'Give the task ID of an earlier Nano Banana step, for instance {{ $json.taskId }}. Items with several tasks list them in taskIds: split those out first.',
		});
	}
	const json = context.getInputData()[itemIndex]?.json;
	const itemVendor = textOf(json?.vendor) ?? textOf(objectOf(json?.error)?.vendor);
	const itemTaskId = textOf(json?.taskId) ?? textOf(objectOf(json?.error)?.taskId);
	if (itemVendor !== undefined && itemTaskId === taskId && itemVendor !== vendor.id) {
		return failed({
			reason: 'invalidRequest',
			message: `Task ${taskId} was submitted to "${itemVendor}", not to ${vendor.displayName}`,
			hint: 'Choose the vendor that took the task.',
		});
	}
	return success(taskId);
}
