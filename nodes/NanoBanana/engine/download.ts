import { codeOf, hintOf, type Failure } from '../core/failure';
import { failureOf, imageIndexes, type Ended, type Order } from '../core/order';
import { refusalOfImage } from '../core/resultUrls';
import type { ImageSource } from '../core/task';
import { downloadImage } from '../platform/downloadImage';
import type { NodeContext } from '../platform/nodeContext';
import type { ImageResult } from '../platform/outputItems';
import { unexpectedFailure } from '../platform/nodeErrors';
import { describe } from './describe';
import type { Run } from './run';
import type { Polled } from './watch';

/** A longer URL is of no use to a reader. */
const shownUrlLength = 500;

/** Downloads the images of an order that has ended into n8n's storage, or says why there are none. */
export async function download(
	run: Run<NodeContext>,
	order: Order,
): Promise<readonly ImageResult[]> {
	const { state } = order;
	if (state.is !== 'ended') return resultsWithoutImage(run, order);
	try {
		const { images } = state.snapshot;
		return await Promise.all(
			images.map(async (image, position) => await downloadOne(run, order, state, image, position)),
		);
	} catch (thrown) {
		return [{ ok: false, failure: failureOf(order, unexpectedFailure(thrown)) }];
	}
}

/** The result of an order that has no image: its task so far, or why there is none. */
export function resultsWithoutImage(run: Run<NodeContext>, order: Order): readonly ImageResult[] {
	const { state } = order;
	return state.is === 'failed' || state.is === 'unclear'
		? [{ ok: false, failure: state.failure }]
		: [{ ok: true, task: describe(run, order), image: null }];
}

/** The results of one poll: the state of an order and the URLs of its images, without downloading them. */
export function resultsOfPoll(
	run: Run<NodeContext>,
	order: Order,
	polled: Polled | undefined,
): readonly ImageResult[] {
	if (polled === undefined) return resultsWithoutImage(run, order);
	const described = describe(run, order, polled);
	const { images } = polled.snapshot;
	const refusals = images.flatMap(
		(image) => refusalOfImage(run.vendor.displayName, image)?.message ?? [],
	);
	// The user asked for the state, and it is true: an image that cannot come is a warning beside it.
	const task = { ...described, warnings: [...new Set([...described.warnings, ...refusals])] };
	const results = images.flatMap(({ url, refusal }, index): readonly ImageResult[] =>
		refusal === undefined ? [{ ok: true, task, image: { index, url, stored: undefined } }] : [],
	);
	return results.length > 0 ? results : [{ ok: true, task, image: null }];
}

async function downloadOne(
	run: Run<NodeContext>,
	order: Order,
	{ task }: Ended,
	image: ImageSource,
	position: number,
): Promise<ImageResult> {
	const refusal = refusalOfImage(run.vendor.displayName, image);
	if (refusal !== undefined) return { ok: false, failure: failureOf(order, refusal) };
	const { url } = image;
	const index = imageIndexes(order.place)(position);
	const described = describe(run, order);
	if (!order.settings.download) {
		return { ok: true, task: described, image: { index, url, stored: undefined } };
	}
	const stored = await run.downloads(
		async () =>
			await downloadImage(run.context, url, {
				vendorName: run.vendor.displayName,
				baseUrl: run.client.baseUrl,
				fileName: run.nameImage(order, task.taskId, position),
				signal: run.signal,
				clock: run.clock,
			}),
	);
	return stored.ok
		? { ok: true, task: described, image: { index, url, stored: stored.value } }
		: { ok: false, failure: failureOf(order, withAddress(stored.failure, url)) };
}

/** The image is paid: a user who cannot get it here must be told its URL. */
function withAddress(failure: Failure, url: string): Failure {
	const isShown = codeOf(failure) === 'downloadFailed';
	if (!isShown) return failure;
	return { ...failure, hint: `${hintOf(failure)} Its URL is ${url.slice(0, shownUrlLength)}` };
}
