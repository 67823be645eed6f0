import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Attempt } from '../core/attempts';
import { costsOfTasks, sumOfCosts, type Cost } from '../core/cost';
import { isResumable, type Failure } from '../core/failure';
import type { OrderSettings } from '../core/order';
import type { TaskState } from '../core/task';
import type { ImageVendor } from '../core/vendor';
import type { StoredImage } from './downloadImage';

/** A vendor's answer: JSON, or a text that could not be parsed. */
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

/** All images of an input item in one item; its warnings tell the failures beside them. */
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
			taskIds: [...tasks.map(({ taskId }) => taskId), ...resumableIds(item)],
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

/** The cost of all tasks of the item, those that failed beside the others among them. */
function costOf(tasks: readonly TaskResult[], item: ImageResults): Cost | undefined {
	const failed = item.results.flatMap((result) => (result.ok ? [] : result.failure));
	return sumOfCosts(costsOfTasks([...failed, ...tasks]));
}

/** The tasks of images that are missing but may still come: Task → Wait takes them along. */
function resumableIds(item: ImageResults): readonly string[] {
	const failures = item.results.flatMap((result) => (result.ok ? [] : result.failure));
	return [...new Set(failures.filter(isResumable).flatMap(({ taskId }) => taskId ?? []))];
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

/** One task, as it is known when the node is done with it. */
export interface TaskResult {
	readonly taskId: string;
	readonly state: TaskState;
	readonly requestId?: string | undefined;
	readonly cost?: Cost | undefined;
	readonly text?: string | undefined;
	/** Milliseconds since the epoch; undefined where nobody knows. */
	readonly submittedAtMs?: number | undefined;
	readonly completedAtMs?: number | undefined;
	readonly polls: number;
	readonly warnings: readonly string[];
	/** The request; null where only the vendor could tell it and does not. */
	readonly model: string | null;
	readonly prompt: string | null;
	readonly aspectRatio: string | null;
	readonly resolution: string | null;
	readonly raw?: unknown;
}

/** One image of a task, or the task itself while it has none. */
export type ImageResult =
	| { readonly ok: true; readonly task: TaskResult; readonly image: ResultImage | null }
	| { readonly ok: false; readonly failure: Failure };

export interface ResultImage {
	/** Position among the images of the input item, from 0. */
	readonly index: number;
	/** Null where the vendor has sent the image itself. */
	readonly url: string | null;
	/** Undefined where it was not to be downloaded. */
	readonly stored: StoredImage | undefined;
}

/** All results of one input item whose parameters were right. */
export interface ImageResults {
	readonly itemIndex: number;
	readonly settings: OrderSettings;
	readonly operation: string;
	readonly results: readonly ImageResult[];
	/** Where the item failed before it came here. */
	readonly attempts?: readonly Attempt[];
}

export type ItemResult = ImageResults | { readonly itemIndex: number; readonly failure: Failure };
