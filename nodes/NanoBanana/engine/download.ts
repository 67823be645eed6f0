import { codeOf, hintOf, type Failure } from '../core/failure';
import { failureOf, type Ended, type Order } from '../core/order';
import { imageIndexes } from '../core/place';
import { parseHttpUrl } from '../core/urls';
import { downloadImage } from '../platform/downloadImage';
import type { NodeContext } from '../platform/nodeContext';
import type { ImageResult } from '../platform/results';
import { unexpectedFailure } from '../platform/unexpectedFailure';
import { describe } from './describe';
import type { Run } from './run';
import type { Polled } from './watch';

/** No task is asked for more than six images; a vendor's list that is longer is not trusted. */
const maxImagesOfTask = 12;

/** A URL that is longer is of no use to anybody who reads it. */
const shownUrlLength = 500;

/** Downloads the images of an order that has ended into n8n's storage, or says why there are none. */
export async function download(
	run: Run<NodeContext>,
	order: Order,
): Promise<readonly ImageResult[]> {
	const { state } = order;
	if (state.is !== 'ended') return resultsWithoutImage(run, order);
	try {
		const images = state.snapshot.images.slice(0, maxImagesOfTask);
		return await Promise.all(
			images.map(async ({ url }, position) => await downloadOne(run, order, state, url, position)),
		);
	} catch (thrown) {
		return [{ ok: false, failure: failureOf(order, unexpectedFailure(thrown)) }];
	}
}

/** What is told of an order that has no image: its task so far, or why there is none. */
export function resultsWithoutImage(run: Run<NodeContext>, order: Order): readonly ImageResult[] {
	const { state } = order;
	return state.is === 'failed' || state.is === 'unclear'
		? [{ ok: false, failure: state.failure }]
		: [{ ok: true, task: describe(run, order), image: null }];
}

/** What one poll has told of an order: its state and where its images are, without downloading them. */
export function resultsOfPoll(
	run: Run<NodeContext>,
	order: Order,
	polled: Polled | undefined,
): readonly ImageResult[] {
	if (polled === undefined) return resultsWithoutImage(run, order);
	const task = describe(run, order, polled);
	const images = polled.snapshot.images.slice(0, maxImagesOfTask);
	if (images.length === 0) return [{ ok: true, task, image: null }];
	return images.map(({ url }, index) => ({
		ok: true,
		task,
		image: { index, url, stored: undefined },
	}));
}

async function downloadOne(
	run: Run<NodeContext>,
	order: Order,
	{ task }: Ended,
	url: string,
	position: number,
): Promise<ImageResult> {
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

/** The image is paid: whoever cannot get it here is told where it is. */
function withAddress(failure: Failure, url: string): Failure {
	const isShown = codeOf(failure) === 'downloadFailed' && parseHttpUrl(url) !== undefined;
	if (!isShown) return failure;
	return { ...failure, hint: `${hintOf(failure)} Its URL is ${url.slice(0, shownUrlLength)}` };
}
