import { learnedDurationMs } from '../core/learnedDuration';
import type { TaskSnapshot } from '../core/task';
import type { TaskDurations } from '../core/taskDurations';
import { waitForTask, type WaitResult } from '../core/waitForTask';
import { clock } from '../platform/clock';
import type { ItemSettings } from '../platform/parameters';
import type { ImageResult, TaskResult } from '../platform/results';
import type { VendorClient } from '../platform/vendorClient';
import { bringImages } from './bringImages';
import type { Run } from './runItems';

export interface TaskToAwait {
	readonly taskId: string;
	readonly settings: ItemSettings;
	/** Milliseconds since the epoch: when the time limit began. */
	readonly startedAtMs: number;
	/** How long the vendor took to answer the submit. */
	readonly submitTookMs?: number | undefined;
	/** A task of this very run is not looked at before the first delay. */
	readonly isNew: boolean;
	/** How long such tasks have taken; it learns from this one. */
	readonly durations?: TaskDurations;
}

export interface TaskToFinish extends TaskToAwait {
	/** Where an image of the task stands among those of the input item. */
	readonly indexOf: (position: number) => number;
	/** The file name of an image, without ending. */
	readonly nameOf: (position: number) => string;
	/** Joins what was known before with what the vendor says at the end. */
	readonly describe: (snapshot: TaskSnapshot, polls: number, raw: unknown) => TaskResult;
}

/** Waits for a task and brings its images: the same for a task of this run and of an earlier one. */
export async function finishTask(
	run: Run,
	client: VendorClient,
	task: TaskToFinish,
): Promise<readonly ImageResult[]> {
	const { outcome, polls, raw } = await awaitTask(run, client, task);
	if (!outcome.ok) return [{ ok: false, failure: outcome.failure }];
	const snapshot = outcome.value;
	return await bringImages(snapshot, {
		context: run.context,
		vendor: run.vendor,
		baseUrl: client.baseUrl,
		signal: run.signal,
		downloads: run.downloads,
		taskId: task.taskId,
		settings: task.settings,
		indexOf: task.indexOf,
		nameOf: task.nameOf,
		result: task.describe(snapshot, polls, raw),
	});
}

/** Polls a task until a terminal state or its time limit. */
export async function awaitTask(
	{ vendor, signal, gate }: Run,
	client: VendorClient,
	{ taskId, settings, startedAtMs, submitTookMs = 0, isNew, durations }: TaskToAwait,
): Promise<WaitResult & { readonly raw: unknown }> {
	let raw: unknown;
	const result = await waitForTask({
		vendorName: vendor.displayName,
		taskId,
		look: async ({ chance, begins }) => {
			const options = { signal, urgency: chance, onSend: begins };
			const answer = await client.call(vendor.getTask(taskId), options);
			raw = answer.raw;
			return answer.outcome;
		},
		clock,
		signal,
		startedAtMs,
		timeoutMs: settings.timeoutMs,
		pollIntervalMs: settings.pollIntervalMs,
		// Also for a task of an earlier step, which may have been submitted a moment ago.
		notFoundGraceMs: vendor.notFoundGraceMs ?? 0,
		lookAtOnce: !isNew,
		durations: isNew ? durations : undefined,
		typicalMs: vendor.pollHint.typicalMs,
	});
	gate.taskEnded();
	if (isNew) durations?.add(learnedDurationMs(result, submitTookMs) ?? Number.NaN);
	return { ...result, raw };
}
