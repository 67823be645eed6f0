import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Attempt } from '../core/attempts';
import { costsOfTasks, sumOfCosts, type Cost } from '../core/cost';
import { isResumable, type Failure } from '../core/failure';
import type { OrderSettings } from '../core/order';
import type { TaskState } from '../core/task';
import { known } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import type { StoredImage } from './downloadImage';

/** A vendor's answer: JSON, or a text that could not be parsed. */
type JsonData = IDataObject | string;

/** Every field that an item of ours can have, and `error`, which makes n8n run the node again. */
export const ownFields = [
	'vendor',
	'taskId',
	'taskIds',
	'state',
	'prompt',
	'aspectRatio',
	'url',
	'signedUrl',
	'fileName',
	'width',
	'height',
	'images',
	'cost',
	'warnings',
	'text',
	'attempts',
	'operation',
	'model',
	'resolution',
	'index',
	'mediaType',
	'bytes',
	'binaryField',
	'requestId',
	'submittedAt',
	'completedAt',
	'durationMs',
	'polls',
	'raw',
	'balance',
	'error',
] as const;

/** The fields of the input item, without every name that our items can have, used this time or not. */
function fieldsOfInput({ input, settings }: ImageResults): IDataObject {
	if (!settings.includeInputFields) return {};
	const own: readonly string[] = ownFields;
	return Object.fromEntries(Object.entries(input ?? {}).filter(([name]) => !own.includes(name)));
}

type OwnFields = { [Name in (typeof ownFields)[number]]?: IDataObject[string] };

export type Succeeded = Extract<ImageResult, { ok: true }>;

/** The item of one image (or of a task that has none yet), in the shape that saved workflows depend on. */
export function itemPerImage(
	item: ImageResults,
	vendor: ImageVendor,
	{ task, image }: Succeeded,
): INodeExecutionData {
	const { binaryField, simplify } = item.settings;
	const stored = image?.stored;
	return {
		json: {
			...fieldsOfInput(item),
			vendor: vendor.id,
			taskId: task.taskId,
			...asked(task),
			...(image === null ? {} : shortImage(image)),
			...told(task, item),
			...(simplify
				? {}
				: {
						...taskDetails(task, item),
						...(image === null ? {} : imageDetails(image)),
						...(stored === undefined ? {} : { binaryField }),
						...timesOf(task),
						raw: task.raw as JsonData,
					}),
		},
		...(stored === undefined ? {} : { binary: { [binaryField]: stored.binary } }),
		pairedItem: { item: item.itemIndex },
	};
}

/** All images of an input item in one item; its warnings name the failures beside them. */
export function itemPerInput(
	item: ImageResults,
	vendor: ImageVendor,
	results: readonly Succeeded[],
): INodeExecutionData {
	const { binaryField, simplify } = item.settings;
	const tasks = [...new Map(results.map(({ task }) => [task.taskId, task])).values()];
	const binary: IBinaryKeyData = {};
	const images = results.flatMap(({ task, image }) => {
		if (image === null) return [];
		const position = Object.keys(binary).length;
		const field = position === 0 ? binaryField : `${binaryField}_${position}`;
		if (image.stored !== undefined) binary[field] = image.stored.binary;
		return {
			...shortImage(image),
			aspectRatio: task.aspectRatio,
			...(image.stored === undefined ? {} : { binaryField: field }),
			...(simplify ? {} : imageDetails(image)),
		};
	});
	const summary = { ...summaryOf(tasks, missingImages(item)), cost: costOf(tasks, item) };
	return {
		json: {
			...fieldsOfInput(item),
			vendor: vendor.id,
			taskIds: [...tasks.map(({ taskId }) => taskId), ...resumableIds(item)],
			...asked(summary),
			images,
			...told(summary, item),
			...(simplify
				? {}
				: {
						...taskDetails(summary, item),
						...timesOf(summary),
						raw: tasks.map(({ raw }) => raw as JsonData),
					}),
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

function asked({ state, prompt, aspectRatio }: TaskResult): OwnFields {
	return { state, prompt, aspectRatio };
}

/** The fields of the image; those of its file are absent where it was not downloaded. */
function shortImage({ url, stored }: ResultImage): OwnFields {
	if (stored === undefined) return { url };
	const { fileName, width, height } = stored;
	return { url, fileName, width, height };
}

/** The fields that exist only if they say something. */
function told({ cost, warnings, text }: TaskResult, { attempts = [] }: ImageResults): OwnFields {
	return {
		...(cost === undefined ? {} : { cost: { ...cost } }),
		...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
		...known({ text }),
		...(attempts.length === 0 ? {} : { attempts: attempts.map((attempt) => ({ ...attempt })) }),
	};
}

function taskDetails({ model, resolution }: TaskResult, { operation }: ImageResults): OwnFields {
	return { operation, model, resolution };
}

function imageDetails({ index, stored }: ResultImage): OwnFields {
	return stored === undefined
		? { index }
		: { index, mediaType: stored.mediaType, bytes: stored.bytes };
}

function timesOf({ requestId, submittedAtMs, completedAtMs, polls }: TaskResult): OwnFields {
	const isTimed = submittedAtMs !== undefined && completedAtMs !== undefined;
	return {
		...known({ requestId }),
		submittedAt: isoTime(submittedAtMs),
		completedAt: isoTime(completedAtMs),
		durationMs: isTimed ? Math.max(0, completedAtMs - submittedAtMs) : null,
		polls,
	};
}

function isoTime(milliseconds: number | undefined): string | null {
	const isValid = milliseconds !== undefined && Math.abs(milliseconds) <= 8.64e15;
	return isValid ? new Date(milliseconds).toISOString() : null;
}

/** A task as it is known when the node is done with it. */
export interface TaskResult {
	readonly taskId: string;
	readonly state: TaskState;
	readonly requestId?: string | undefined;
	readonly cost?: Cost | undefined;
	readonly text?: string | undefined;
	/** Milliseconds since the epoch; undefined if unknown. */
	readonly submittedAtMs?: number | undefined;
	readonly completedAtMs?: number | undefined;
	readonly polls: number;
	readonly warnings: readonly string[];
	/** The request; null if only the vendor knows it and does not say it. */
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
	/** The json of the input item, for those who want its fields beside ours. */
	readonly input?: IDataObject;
}

export type ItemResult = ImageResults | { readonly itemIndex: number; readonly failure: Failure };
