import type { Failure } from '../core/failure';
import { withoutImageEnding } from '../core/fileName';
import type { TaskSnapshot } from '../core/task';
import { waitForTask } from '../core/waitForTask';
import { clock } from '../platform/clock';
import { downloadImage } from '../platform/downloadImage';
import type { ItemSettings } from '../platform/parameters';
import type { ImageResult, TaskResult } from '../platform/results';
import type { VendorClient } from '../platform/vendorClient';
import type { Run } from './runItems';

export interface TaskToFinish {
	readonly taskId: string;
	readonly settings: ItemSettings;
	/** Milliseconds since the epoch: when the time limit began. */
	readonly startedAtMs: number;
	/** A task of this very run is not looked at before the first delay, and may be unknown for a moment. */
	readonly isNew: boolean;
	/** Position of its first image among those of the input item. */
	readonly firstImageIndex: number;
	/** Joins what was known before with what the vendor says at the end. */
	readonly describe: (snapshot: TaskSnapshot, polls: number, raw: unknown) => TaskResult;
}

/** Waits for a task and brings its images: the same for a task of this run and of an earlier one. */
export async function finishTask(
	run: Run,
	client: VendorClient,
	task: TaskToFinish,
): Promise<readonly ImageResult[]> {
	const { vendor, signal } = run;
	const { taskId, settings } = task;
	let raw: unknown;
	const { outcome, polls } = await waitForTask({
		vendorName: vendor.displayName,
		taskId,
		look: async () => {
			const answer = await client.call(vendor.getTask, { taskId });
			raw = answer.raw;
			return answer.outcome;
		},
		clock,
		signal,
		startedAtMs: task.startedAtMs,
		timeoutMs: settings.timeoutMs,
		pollIntervalMs: settings.pollIntervalMs,
		notFoundGraceMs: task.isNew ? (vendor.notFoundGraceMs ?? 0) : 0,
		lookAtOnce: !task.isNew,
	});
	if (!outcome.ok) return [{ ok: false, failure: outcome.failure }];
	const snapshot = outcome.value;
	if (snapshot.state !== 'succeeded') {
		return [{ ok: false, failure: { ...failureOf(snapshot), taskId } }];
	}
	const result = task.describe(snapshot, polls, raw);
	return await Promise.all(
		snapshot.images.map(async ({ url }, position): Promise<ImageResult> => {
			const index = task.firstImageIndex + position;
			if (!settings.download)
				return { ok: true, task: result, image: { index, url, stored: undefined } };
			const stored = await downloadImage(run.context, url, {
				vendorName: vendor.displayName,
				baseUrl: client.baseUrl,
				fileName: fileName(settings, taskId, index),
				signal,
			});
			return stored.ok
				? { ok: true, task: result, image: { index, url, stored: stored.value } }
				: { ok: false, failure: { ...stored.failure, taskId } };
		}),
	);
}

function failureOf(snapshot: TaskSnapshot): Failure {
	return (
		snapshot.failure ?? {
			code: snapshot.state === 'canceled' ? 'taskCanceled' : 'taskFailed',
			message: `The task ended as "${snapshot.vendorState}"`,
		}
	);
}

/** One name for each image: the user's own, or that of the task, numbered from the second image on. */
function fileName(settings: ItemSettings, taskId: string, index: number): string {
	const name = withoutImageEnding(settings.fileName ?? `nano-banana-${taskId}`);
	return index === 0 ? name : `${name}-${index + 1}`;
}
