import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { costsOfTasks, sumOfCosts } from '../core/cost';
import type { Cost } from '../core/cost';
import type { ImageVendor } from '../core/vendor';
import type { ImageResult, ImageResults, ResultImage, TaskResult } from './results';

/** What a vendor answered is JSON, or the text that was none. */
type JsonData = IDataObject | string;

export type Succeeded = Extract<ImageResult, { ok: true }>;

/** The item of one image (or of a task that has none yet), in the shape that saved workflows depend on. */
export function itemPerImage(
	item: ImageResults,
	vendor: ImageVendor,
	{ task, image }: Succeeded,
): INodeExecutionData {
	const { binaryField } = item.settings;
	return {
		json: {
			...head(item, vendor),
			taskId: task.taskId,
			...asked(task),
			image: image === null ? null : imageJson(image, binaryField),
			...tail(task, item),
		},
		...(image?.stored === undefined ? {} : { binary: { [binaryField]: image.stored.binary } }),
		pairedItem: { item: item.itemIndex },
	};
}

/** All images of an input item in one item; what failed beside them is said in its warnings. */
export function itemPerInput(
	item: ImageResults,
	vendor: ImageVendor,
	results: readonly Succeeded[],
): INodeExecutionData {
	const tasks = [...new Map(results.map(({ task }) => [task.taskId, task])).values()];
	const binary: IBinaryKeyData = {};
	const images = results.flatMap(({ task, image }) => {
		if (image === null) return [];
		const position = Object.keys(binary).length;
		const field =
			position === 0 ? item.settings.binaryField : `${item.settings.binaryField}_${position}`;
		if (image.stored !== undefined) binary[field] = image.stored.binary;
		return [{ ...imageJson(image, field), aspectRatio: task.aspectRatio }];
	});
	const summary = { ...summaryOf(tasks, missingImages(item)), cost: costOf(tasks, item) };
	const aspectRatios = tasks.map(({ aspectRatio }) => aspectRatio);
	return {
		json: {
			...head(item, vendor),
			taskIds: tasks.map(({ taskId }) => taskId),
			...asked(summary),
			...(new Set(aspectRatios).size > 1 ? { aspectRatios } : {}),
			images,
			...tail(summary, item),
			...(item.settings.includeRaw ? { raw: tasks.map(({ raw }) => raw as JsonData) } : {}),
		},
		...(Object.keys(binary).length === 0 ? {} : { binary }),
		pairedItem: { item: item.itemIndex },
	};
}

/** What all tasks of the item cost, those that failed beside the others among them. */
function costOf(tasks: readonly TaskResult[], item: ImageResults): Cost | undefined {
	const failed = item.results.flatMap((result) => (result.ok ? [] : result.failure));
	return sumOfCosts(costsOfTasks([...failed, ...tasks]));
}

function missingImages(item: ImageResults): readonly string[] {
	return item.results.flatMap((result) => {
		if (result.ok) return [];
		const { message, taskId, aspectRatio } = result.failure;
		const task = taskId === undefined || message.includes(taskId) ? '' : ` (task ${taskId})`;
		const image = aspectRatio === undefined ? 'An image' : `An image in ${aspectRatio}`;
		return [`${image} is missing: ${message}${task}`];
	});
}

/** The tasks of one item as if they were one. */
function summaryOf(tasks: readonly TaskResult[], missing: readonly string[]): TaskResult {
	const first = tasks[0] as TaskResult;
	const last = tasks.at(-1) as TaskResult;
	const submitted = tasks.flatMap(({ submittedAtMs }) => submittedAtMs ?? []);
	const completed = tasks.flatMap(({ completedAtMs }) => completedAtMs ?? []);
	const unfinished = tasks.find(({ state }) => state !== 'succeeded');
	const isOneRatio = tasks.every(({ aspectRatio }) => aspectRatio === first.aspectRatio);
	return {
		...first,
		aspectRatio: isOneRatio ? first.aspectRatio : null,
		state: unfinished?.state ?? last.state,
		submittedAtMs: submitted.length === 0 ? undefined : Math.min(...submitted),
		completedAtMs: completed.length === tasks.length ? Math.max(...completed) : undefined,
		polls: tasks.reduce((sum, { polls }) => sum + polls, 0),
		warnings: [...new Set([...tasks.flatMap(({ warnings }) => warnings), ...missing])],
	};
}

function head(item: ImageResults, vendor: ImageVendor): IDataObject {
	const task = item.results.find((result): result is Succeeded => result.ok)?.task;
	return { vendor: vendor.id, model: task?.model ?? null, operation: item.operation };
}

function asked(task: TaskResult): IDataObject {
	return {
		state: task.state,
		prompt: task.prompt,
		aspectRatio: task.aspectRatio,
		resolution: task.resolution,
	};
}

function tail(task: TaskResult, item: ImageResults): IDataObject {
	const { submittedAtMs, completedAtMs } = task;
	const isTimed = submittedAtMs !== undefined && completedAtMs !== undefined;
	const isRawHere = item.settings.includeRaw && item.settings.output === 'itemPerImage';
	return {
		...(task.text === undefined ? {} : { text: task.text }),
		...(task.cost === undefined ? {} : { cost: { ...task.cost } }),
		...(task.requestId === undefined ? {} : { requestId: task.requestId }),
		...(item.attempts === undefined || item.attempts.length === 0
			? {}
			: { attempts: item.attempts.map((attempt) => ({ ...attempt })) }),
		submittedAt: isoTime(submittedAtMs),
		completedAt: isoTime(completedAtMs),
		durationMs: isTimed ? Math.max(0, completedAtMs - submittedAtMs) : null,
		polls: task.polls,
		...(task.warnings.length === 0 ? {} : { warnings: [...task.warnings] }),
		...(isRawHere ? { raw: task.raw as JsonData } : {}),
	};
}

function imageJson({ index, url, stored }: ResultImage, binaryField: string): IDataObject {
	return {
		index,
		url,
		fileName: stored?.fileName ?? null,
		mediaType: stored?.mediaType ?? null,
		bytes: stored?.bytes ?? null,
		width: stored?.width ?? null,
		height: stored?.height ?? null,
		binaryField: stored === undefined ? null : binaryField,
	};
}

function isoTime(milliseconds: number | undefined): string | null {
	const isValid = milliseconds !== undefined && Math.abs(milliseconds) <= 8.64e15;
	return isValid ? new Date(milliseconds).toISOString() : null;
}
