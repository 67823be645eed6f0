import { mapConcurrently } from '../core/concurrency';
import { hintOf, type Failure } from '../core/failure';
import { withoutImageEnding } from '../core/fileName';
import type { TaskSnapshot } from '../core/task';
import { parseHttpUrl } from '../core/urls';
import { waitForTask } from '../core/waitForTask';
import { clock } from '../platform/clock';
import { downloadImage } from '../platform/downloadImage';
import type { ItemSettings } from '../platform/parameters';
import type { ImageResult, TaskResult } from '../platform/results';
import type { VendorClient } from '../platform/vendorClient';
import type { Run } from './runItems';

/** No task is asked for more than six images; a vendor's list that is longer is not trusted. */
const maxImagesOfTask = 12;

const downloadsAtOnce = 3;

export interface TaskToFinish {
	readonly taskId: string;
	readonly settings: ItemSettings;
	/** Milliseconds since the epoch: when the time limit began. */
	readonly startedAtMs: number;
	/** A task of this very run is not looked at before the first delay. */
	readonly isNew: boolean;
	/** Where an image of the task stands among those of the input item. */
	readonly indexOf: (position: number) => number;
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
			const answer = await client.call(vendor.getTask, { taskId }, { signal });
			raw = answer.raw;
			return answer.outcome;
		},
		clock,
		signal,
		startedAtMs: task.startedAtMs,
		timeoutMs: settings.timeoutMs,
		pollIntervalMs: settings.pollIntervalMs,
		// Also for a task of an earlier step, which may have been submitted a moment ago.
		notFoundGraceMs: vendor.notFoundGraceMs ?? 0,
		lookAtOnce: !task.isNew,
	});
	if (!outcome.ok) return [{ ok: false, failure: outcome.failure }];
	const snapshot = outcome.value;
	if (snapshot.state !== 'succeeded') {
		return [{ ok: false, failure: { ...failureOf(snapshot), taskId } }];
	}
	const result = task.describe(snapshot, polls, raw);
	return await mapConcurrently(
		snapshot.images.slice(0, maxImagesOfTask),
		downloadsAtOnce,
		async ({ url }, position): Promise<ImageResult> => {
			const index = task.indexOf(position);
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
				: { ok: false, failure: withAddress({ ...stored.failure, taskId }, url) };
		},
	);
}

/** Only the vendor's own word for the state of a task ends it for good. */
function failureOf(snapshot: TaskSnapshot): Failure {
	const failure: Failure = snapshot.failure ?? {
		code: snapshot.state === 'canceled' ? 'taskCanceled' : 'taskFailed',
		message: `The task ended as "${snapshot.vendorState}"`,
	};
	return { ...failure, isTaskOver: true };
}

/** The picture is paid: whoever cannot get it here is told where it is. */
function withAddress(failure: Failure, url: string): Failure {
	const isShown = failure.code === 'downloadFailed' && parseHttpUrl(url) !== undefined;
	if (!isShown) return failure;
	return { ...failure, hint: `${hintOf(failure)} Its address is ${url.slice(0, 500)}` };
}

/** One name for each image: the user's own, or that of the task, numbered from the second image on. */
function fileName(settings: ItemSettings, taskId: string, index: number): string {
	const name = withoutImageEnding(settings.fileName ?? `nano-banana-${taskId}`);
	return index === 0 ? name : `${name}-${index + 1}`;
}
