import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../../core/concurrency';
import { failed, success, type Failure, type Outcome } from '../../core/failure';
import { known, objectOf, textOf } from '../../core/tolerant';
import type { ImageVendor } from '../../core/vendor';
import { readItemSettings, readMaxTasksAtOnce, type ItemSettings } from '../../platform/parameters';
import type { ImageResult, ItemResult } from '../../platform/results';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient, type VendorClient } from '../../platform/vendorClient';
import { vendors } from '../../vendors';
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
	const found: FoundInItem[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const tasks = await readTasks(context, itemIndex, vendor);
		found.push(...tasks.map((task) => ({ itemIndex, task })));
	}
	const named = nameFoundTasks(
		found.map(({ task }) => task),
		vendor.maxImagesInTask,
	);
	const finished = await mapConcurrently(
		named,
		readMaxTasksAtOnce(context),
		async (task, position): Promise<ItemResult> => {
			const itemIndex = found[position]?.itemIndex ?? 0;
			const id = task.ok ? task.value.taskId : task.failure.taskId;
			const refuse = (reason: Failure): ItemResult => {
				// Whatever is wrong here, the item's task may be running or done: it stays named.
				const failure = { ...reason, ...known({ taskId: id }), taskMayExist: true };
				run.onFailure(failure, itemIndex);
				if (!task.ok) return { itemIndex, failure };
				const { settings } = task.value;
				return { itemIndex, operation, settings, results: [{ ok: false, failure }] };
			};
			if (!opened.ok) return refuse(opened.failure);
			if (!task.ok) return refuse(task.failure);
			const { taskId, settings, nameOf } = task.value;
			run.taskIds.push(taskId);
			const outcome = await work(run, opened.value, taskId, settings, nameOf).catch(
				(error: unknown): readonly ImageResult[] => [
					{ ok: false, failure: { ...unexpectedFailure(error), taskId } },
				],
			);
			for (const result of outcome) if (!result.ok) run.onFailure(result.failure, itemIndex);
			return { itemIndex, operation, settings, results: outcome };
		},
	);
	return itemsOfRun(run, joinedByItem(finished));
}

interface FoundInItem {
	readonly itemIndex: number;
	readonly task: Outcome<FoundTask>;
}

/** What came of an item's tasks, as of one that is made of several. */
function joinedByItem(results: readonly ItemResult[]): readonly ItemResult[] {
	const joined: ItemResult[] = [];
	for (const result of results) {
		const last = joined.at(-1);
		const isSameItem = last?.itemIndex === result.itemIndex;
		if (isSameItem && 'results' in last && 'results' in result) {
			joined[joined.length - 1] = { ...last, results: [...last.results, ...result.results] };
		} else {
			joined.push(result);
		}
	}
	return joined;
}

/** All tasks that an item names, or why there is none. */
async function readTasks(
	context: IExecuteFunctions,
	itemIndex: number,
	vendor: ImageVendor,
): Promise<ReadonlyArray<Outcome<FoundTask>>> {
	const taskIds = readTaskIds(context, itemIndex, vendor);
	const settings = await readSettings(context, itemIndex);
	if (!settings.ok) {
		const ids = taskIds.ok ? taskIds.value : [undefined];
		return ids.map((taskId) => failed({ ...settings.failure, ...known({ taskId }) }));
	}
	if (!taskIds.ok) return [taskIds];
	return taskIds.value.map((taskId) => success({ taskId, settings: settings.value }));
}

async function readSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<Outcome<ItemSettings>> {
	return await Promise.resolve()
		.then(() => readItemSettings(context, itemIndex))
		.catch((error: unknown) => failed(unexpectedFailure(error)));
}

/** The task ids of an item; an item that names another vendor is refused, its ids would mean nothing here. */
function readTaskIds(
	context: IExecuteFunctions,
	itemIndex: number,
	vendor: ImageVendor,
): Outcome<readonly string[]> {
	let taskIds: readonly string[];
	try {
		taskIds = idsIn(context.getNodeParameter('taskId', itemIndex, ''));
	} catch (error) {
		return failed(unexpectedFailure(error));
	}
	const json = context.getInputData()[itemIndex]?.json;
	const hasFailed = Boolean(json?.error);
	const [taskId] = taskIds;
	if (taskId === undefined) return failed(hasFailed ? unknownTask : emptyTaskId);
	// Beside an error the item's other fields are those of an older step.
	const source = hasFailed ? objectOf(json?.error) : json;
	const itemVendor = vendors.find(({ id }) => id === textOf(source?.vendor));
	const idsOfItem = [...idsIn(source?.taskId), ...idsIn(source?.taskIds)];
	const isOfItem = taskIds.some((id) => idsOfItem.includes(id));
	if (itemVendor !== undefined && itemVendor.id !== vendor.id && isOfItem) {
		return failed({
			code: 'invalidRequest',
			message: `Task ${taskIds.join(', ')} was submitted to ${itemVendor.displayName}, not to ${vendor.displayName}`,
			hint: 'Choose the vendor that took the task.',
			taskId,
		});
	}
	return success(taskIds);
}

function idsIn(value: unknown): readonly string[] {
	const entries = Array.isArray(value) ? value : [value];
	return [...new Set(entries.flatMap((entry) => textOf(entry)?.trim() ?? []))];
}

const emptyTaskId: Failure = {
	code: 'invalidRequest',
	message: 'The task ID is empty',
	hint: 'Give the task ID of an earlier Nano Banana step, for instance {{ $json.taskId }}.',
};

const unknownTask: Failure = {
	code: 'invalidRequest',
	message: "This item's task is not known: its error names no task",
	hint: 'The step before has failed without a task, so there is none to wait for. Fields beside the error are those of an older step.',
};
