import type { INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import type { Batch } from '../../core/batch';
import { isResumable, type Failure } from '../../core/failure';
import { openImageNames } from '../../core/imageNames';
import { known } from '../../core/tolerant';
import { continuesOnFail, type NodeContext } from '../../platform/nodeContext';
import { toNodeError } from '../../platform/nodeErrors';
import type { ParkedItem, ParkedRun, ParkedTask } from '../../platform/parkedRun';
import type { ImageResult, ItemResult } from '../../platform/results';
import { bringImages, failureOfEnd, openDownloads } from '../bringImages';
import { itemsOfResult } from '../runItems';
import { showCosts } from '../showCosts';
import { describeFinished } from './describeTask';
import type { EndedTask, LookingFrom } from './lookAtParked';
import { nameImages, type NameImage } from './nameImages';
import { imageIndexes, withFormat } from './plannedTask';

export interface ResumingFrom extends LookingFrom {
	readonly context: NodeContext;
}

type Ended = ReadonlyMap<string, EndedTask>;

/**
 * The items of a parked run whose tasks have all ended: exactly one for each input item, in their order,
 * since n8n pairs the items of a resumed execution by position. Or the error of a run that does not
 * continue on fail.
 */
export async function parkedItemsOf(
	from: ResumingFrom,
	run: ParkedRun,
	ended: Ended,
): Promise<INodeExecutionData[] | NodeOperationError> {
	const downloads = openDownloads();
	const named = nameParked(run);
	const results = await Promise.all(
		run.items.map(async (item, itemIndex): Promise<ItemResult> => {
			const { settings, failures } = item;
			if (settings === undefined) return { itemIndex, failure: failures[0] as Failure };
			const tasks = named[itemIndex] ?? [];
			const images = await Promise.all(
				tasks.map(async (task) => await imagesOf(from, item, task, ended, downloads)),
			);
			const itsResults = [
				...images.flat(),
				...failures.map((failure) => ({ ok: false, failure }) as const),
			];
			// One image is the item itself, as everywhere; several have to share it, also unasked ones.
			const isSingle = item.numberOfImages === 1 && itsResults.length === 1;
			return {
				itemIndex,
				operation: run.operation,
				settings: { ...settings, output: isSingle ? settings.output : 'itemPerInput' },
				results: itsResults,
			};
		}),
	);
	const error = errorOfFirst(from.context, run, ended, (_item, itemIndex) => {
		const result = results[itemIndex];
		if (result === undefined || 'failure' in result) return result?.failure;
		return result.results.flatMap((image) => (image.ok ? [] : image.failure))[0];
	});
	if (error !== undefined) return error;
	showCosts(from.context, results);
	return results.flatMap((result) =>
		itemsOfResult(from.context, from.vendor, result, run.items[result.itemIndex]?.input),
	);
}

/** A run that does not continue on fail ends with its first failed task, before anything is fetched. */
export function errorOfParked(
	context: NodeContext,
	run: ParkedRun,
	ended: Ended,
): NodeOperationError | undefined {
	return errorOfFirst(context, run, ended, firstFailure(ended));
}

function firstFailure(ended: Ended): (item: ParkedItem) => Failure | undefined {
	return ({ failures, tasks }) =>
		[...failures, ...tasks.flatMap((task) => failureOf(task, ended) ?? [])][0];
}

function errorOfFirst(
	context: NodeContext,
	run: ParkedRun,
	ended: Ended,
	failureOfItem: (item: ParkedItem, itemIndex: number) => Failure | undefined,
): NodeOperationError | undefined {
	if (continuesOnFail(context)) return undefined;
	for (const [itemIndex, item] of run.items.entries()) {
		const failure = failureOfItem(item, itemIndex);
		if (failure === undefined) continue;
		const others = run.items
			.flatMap(({ tasks }) => tasks)
			.map(({ submission }) => submission.reference.taskId)
			.filter((taskId) => taskId !== failure.taskId);
		const batch = batchOf(run, ended, failure, item);
		// "Retry" knows the tasks but not what they were for: what the vendor has ended stays as it is.
		return toNodeError(context, failure, itemIndex, others, batch, isResumable(failure));
	}
	return undefined;
}

function batchOf({ items }: ParkedRun, ended: Ended, { taskId }: Failure, failed: ParkedItem): Batch {
	const others = items
		.flatMap(({ tasks }) => tasks)
		.filter(({ submission }) => submission.reference.taskId !== taskId);
	let ready = 0;
	let underWay = 0;
	for (const { submission, imagesInTask } of others) {
		const outcome = ended.get(submission.reference.taskId)?.outcome;
		if (outcome === undefined) underWay += imagesInTask;
		else if (outcome.ok && outcome.value.state === 'succeeded') ready += imagesInTask;
	}
	const ofFailed = failed.tasks.find(({ submission }) => submission.reference.taskId === taskId);
	return {
		images: items.reduce((all, { numberOfImages = 1 }) => all + numberOfImages, 0),
		ready,
		underWay,
		prompt: ofFailed?.submission.asked.prompt,
	};
}

interface NamedTask {
	readonly task: ParkedTask;
	readonly nameImage: NameImage;
}

/** In input order, before the first image is fetched: the same names whoever is called back. */
function nameParked({ items }: ParkedRun): ReadonlyArray<readonly NamedTask[]> {
	const names = openImageNames();
	return items.map(({ settings, tasks, numberOfImages = 1 }) =>
		tasks.map((task) => ({
			task,
			nameImage: nameImages(names, settings?.fileName, task, numberOfImages),
		})),
	);
}

async function imagesOf(
	{ context, vendor, client, signal }: ResumingFrom,
	item: ParkedItem,
	{ task, nameImage }: NamedTask,
	ended: Ended,
	downloads: ReturnType<typeof openDownloads>,
): Promise<readonly ImageResult[]> {
	const { submission, imagesInTask } = task;
	const { taskId } = submission.reference;
	const end = ended.get(taskId);
	const { settings, numberOfImages = 1 } = item;
	if (end === undefined || settings === undefined) return [];
	if (!end.outcome.ok) {
		const { cost } = submission.reference;
		return [
			{ ok: false, failure: withFormat({ ...known({ cost }), ...end.outcome.failure }, task) },
		];
	}
	const snapshot = end.outcome.value;
	const results = await bringImages(snapshot, {
		context,
		vendor,
		baseUrl: client.baseUrl,
		signal,
		downloads,
		taskId,
		settings,
		indexOf: imageIndexes({ ...task, numberOfImages }),
		nameOf: (position) => nameImage(taskId, position),
		result: describeFinished(
			{ submission, raw: null },
			imagesInTask,
			vendor,
			snapshot,
			end.polls,
			end.raw,
		),
	});
	return results.map((result) =>
		result.ok ? result : { ...result, failure: withFormat(result.failure, task) },
	);
}

function failureOf(task: ParkedTask, ended: Ended): Failure | undefined {
	const { taskId } = task.submission.reference;
	const outcome = ended.get(taskId)?.outcome;
	if (outcome === undefined) return undefined;
	if (!outcome.ok) return withFormat(outcome.failure, task);
	const { value } = outcome;
	if (value.state === 'succeeded') return undefined;
	return withFormat(failureOfEnd(value, taskId), task);
}
