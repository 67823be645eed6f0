import { createLimiter, type Limiter } from '../core/concurrency';
import { codeOf, hintOf, ofTask, type Failure } from '../core/failure';
import type { TaskSnapshot } from '../core/task';
import { known } from '../core/tolerant';
import { parseHttpUrl } from '../core/urls';
import type { ImageVendor } from '../core/vendor';
import { downloadImage } from '../platform/downloadImage';
import type { NodeContext } from '../platform/nodeContext';
import type { ItemSettings } from '../platform/parameters';
import type { ImageResult, TaskResult } from '../platform/results';

/** No task is asked for more than six images; a vendor's list that is longer is not trusted. */
const maxImagesOfTask = 12;

/** Over all tasks of a run: more would hold more of the images in memory and fetch them no sooner. */
const downloadsAtOnce = 4;

/** The downloads of one run, whatever number of tasks they belong to. */
export function openDownloads(): Limiter {
	return createLimiter(downloadsAtOnce);
}

export interface ImagesToBring {
	readonly context: NodeContext;
	readonly vendor: ImageVendor;
	/** Of the credential: what may be asked for depends on it. */
	readonly baseUrl: string;
	readonly signal: AbortSignal | undefined;
	readonly downloads: Limiter;
	readonly taskId: string;
	readonly settings: Pick<ItemSettings, 'download'>;
	/** Where an image of the task stands among those of the input item. */
	readonly indexOf: (position: number) => number;
	/** The file name of an image of the task, without ending. */
	readonly nameOf: (position: number) => string;
	/** What is told of the task beside each of its images. */
	readonly result: TaskResult;
}

/** Fetches the images of a task whose terminal state is known, or says why there are none. */
export async function bringImages(
	snapshot: TaskSnapshot,
	task: ImagesToBring,
): Promise<readonly ImageResult[]> {
	const { taskId, settings, vendor } = task;
	if (snapshot.state !== 'succeeded') {
		const failure = { ...failureOfEnd(snapshot, taskId), ...known({ cost: task.result.cost }) };
		return [{ ok: false, failure }];
	}
	const bring = async ({ url }: { url: string }, position: number): Promise<ImageResult> => {
		const index = task.indexOf(position);
		if (!settings.download) {
			return { ok: true, task: task.result, image: { index, url, stored: undefined } };
		}
		const stored = await task.downloads(
			async () =>
				await downloadImage(task.context, url, {
					vendorName: vendor.displayName,
					baseUrl: task.baseUrl,
					fileName: task.nameOf(position),
					signal: task.signal,
				}),
		);
		return stored.ok
			? { ok: true, task: task.result, image: { index, url, stored: stored.value } }
			: {
					ok: false,
					failure: {
						...withAddress(ofTask(stored.failure, taskId), url),
						...known({ cost: task.result.cost }),
					},
				};
	};
	return await Promise.all(snapshot.images.slice(0, maxImagesOfTask).map(bring));
}

/** Why a task has no image; only the vendor's own word for its state ends it for good. */
export function failureOfEnd(snapshot: TaskSnapshot, taskId: string): Failure {
	const failure: Failure = snapshot.failure ?? {
		reason: snapshot.state === 'canceled' ? 'taskCanceled' : 'taskFailed',
		message: `The task ended as "${snapshot.vendorState}"`,
	};
	return { ...failure, task: 'over', taskId };
}

/** The picture is paid: whoever cannot get it here is told where it is. */
function withAddress(failure: Failure, url: string): Failure {
	const isShown = codeOf(failure) === 'downloadFailed' && parseHttpUrl(url) !== undefined;
	if (!isShown) return failure;
	return { ...failure, hint: `${hintOf(failure)} Its URL is ${url.slice(0, 500)}` };
}
