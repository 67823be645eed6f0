import { codeOf, hintOf, type Failure } from '../core/failure';
import { failureOf, imageIndexes, type Ended, type Order } from '../core/order';
import { warningsOfImage } from '../core/imageWarnings';
import { refusalOfImage } from '../core/resultUrls';
import type { ImageSource } from '../core/task';
import { downloadImage } from '../platform/downloadImage';
import type { NodeContext } from '../platform/nodeContext';
import type { ImageResult } from '../platform/outputItems';
import { unexpectedFailure } from '../platform/nodeErrors';
import { describe } from './describe';
import { drawn } from './placeholder';
import type { Run } from './run';
import type { Polled } from './watch';

/** A reader has no use for a longer URL. */
const shownUrlLength = 500;

/** Downloads the images of an order that has ended into n8n's storage, or says why there are none. */
export async function download(
	run: Run<NodeContext>,
	order: Order,
): Promise<readonly ImageResult[]> {
	const { state } = order;
	if (state.is !== 'ended') return resultsWithoutImage(run, order);
	const { images } = state.snapshot;
	try {
		return await Promise.all(
			images.map(async (image, position) => await downloadOne(run, order, state, image, position)),
		);
	} catch (thrown) {
		return [{ ok: false, failure: failureOf(order, unexpectedFailure(thrown)) }];
	} finally {
		// The bytes of an image that came within the answer must not live as long as the run.
		const handedOver = images.map(({ content: _stored, ...image }) => image);
		order.state = { ...state, snapshot: { ...state.snapshot, images: handedOver } };
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
	const contents = images.some(({ content }) => content !== undefined) ? [withoutUrl] : [];
	// The user asked for the state, which is right. An image that cannot come is only a warning.
	const warnings = [...new Set([...described.warnings, ...refusals, ...contents])];
	const task = { ...described, warnings };
	const results = images.flatMap(({ url }, index): readonly ImageResult[] =>
		url === '' ? [] : [{ ok: true, task, image: { index, url, stored: undefined } }],
	);
	return results.length > 0 ? results : [{ ok: true, task, image: null }];
}

const withoutUrl =
	'The vendor sent the image itself instead of a URL. Task → Wait delivers it as a file.';

async function downloadOne(
	run: Run<NodeContext>,
	order: Order,
	{ task: { taskId } }: Ended,
	image: ImageSource,
	position: number,
): Promise<ImageResult> {
	const refusal = refusalOfImage(run.vendor.displayName, image);
	if (refusal !== undefined) return { ok: false, failure: failureOf(order, refusal) };
	const isContent = image.content !== undefined;
	const url = isContent ? null : image.url;
	const index = imageIndexes(order.place)(position);
	const described = describe(run, order);
	// An image without a URL can be passed on in no other way.
	if (!order.settings.download && !isContent) {
		return { ok: true, task: described, image: { index, url, stored: undefined } };
	}
	const stored = await run.downloads(
		async () =>
			await downloadImage(run.context, drawn(run.vendor, order, image), {
				vendorName: run.vendor.displayName,
				baseUrl: run.client.baseUrl,
				fileName: run.nameImage(order, taskId, position),
				signal: run.signal,
				clock: run.clock,
			}),
	);
	if (!stored.ok) {
		return { ok: false, failure: failureOf(order, withAddress(stored.failure, url)) };
	}
	const ordered = { ...described, outputFormat: order.asked?.outputFormat };
	const warnings = [...described.warnings, ...warningsOfImage(ordered, stored.value)];
	const task = { ...described, warnings };
	return { ok: true, task, image: { index, url, stored: stored.value } };
}

/** The image is paid for: a user who cannot get it here must be told its URL. */
function withAddress(failure: Failure, url: string | null): Failure {
	if (codeOf(failure) !== 'downloadFailed' || url === null) return failure;
	return { ...failure, hint: `${hintOf(failure)} Its URL is ${url.slice(0, shownUrlLength)}` };
}
