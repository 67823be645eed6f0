import type { Order } from '../core/order';
import { placeholderOf } from '../core/placeholder';
import { cleanLines, cleanText } from '../core/text';
import type { ImageVendor } from '../core/vendor';
import { modelIds } from '../core/words';
import type { NodeContext } from '../platform/nodeContext';
import type { TaskResult } from '../platform/outputItems';
import { placeholderWarnings } from './placeholder';
import type { Run } from './run';
import type { Polled } from './watch';

/** The most characters of a vendor's text that an item holds. */
const longestText = 2_000;
const longestPrompt = 10_000;

/**
 * Describes the task of an order: the request and the vendor's last answer. For an order that was found by
 * its task id, only the vendor knows the request.
 *
 * @param polled the result of a poll, whether the task has ended or not
 */
export function describe(
	{ vendor }: Pick<Run<NodeContext>, 'vendor'>,
	order: Order,
	polled?: Polled,
): TaskResult {
	const { asked, state, place } = order;
	if (state.is !== 'taken' && state.is !== 'ended') throw new Error('The order has no task');
	const { task, sentAtMs, raw } = state;
	const { snapshot, polls } =
		polled ?? (state.is === 'ended' ? state : { snapshot: undefined, polls: 0 });
	const common = {
		taskId: task.taskId,
		state: snapshot?.state ?? task.state,
		requestId: cleaned(task.requestId ?? snapshot?.requestId),
		cost: task.cost,
		text: snapshot?.text === undefined ? undefined : cleanLines(snapshot.text, longestText),
		polls,
		raw,
	};
	const ofPlaceholder = placeholderOf(order) === undefined ? [] : placeholderWarnings(asked);
	if (asked === null) {
		const { request, failure } = snapshot ?? {};
		return {
			...common,
			submittedAtMs: snapshot?.submittedAtMs,
			completedAtMs: snapshot?.completedAtMs,
			warnings: failure === undefined ? ofPlaceholder : [failure.message],
			model: ourModel(vendor, request?.model),
			prompt: request?.prompt === undefined ? null : cleanLines(request.prompt, longestPrompt),
			aspectRatio: cleaned(request?.aspectRatio) ?? null,
			resolution: cleaned(request?.resolution) ?? null,
		};
	}
	const came = snapshot?.images.length ?? place.imagesInTask;
	const isShort = snapshot?.state === 'succeeded' && came < place.imagesInTask;
	const shortness = `${vendor.displayName} delivered ${came} of ${place.imagesInTask} images of task ${task.taskId}.`;
	return {
		...common,
		submittedAtMs: sentAtMs,
		// The time of this machine, because the clocks of vendors differ and the user waited by this one.
		completedAtMs: state.is === 'ended' ? state.endedAtMs : undefined,
		warnings: [...ofPlaceholder, ...asked.warnings, ...(isShort ? [shortness] : [])],
		model: asked.model,
		prompt: asked.prompt,
		aspectRatio: asked.aspectRatio,
		resolution: asked.resolution ?? null,
	};
}

function cleaned(text: string | undefined): string | undefined {
	return text === undefined ? undefined : cleanText(text);
}

/** Our id for the vendor's model; one that is not in our list keeps the vendor's own. */
function ourModel(vendor: ImageVendor, vendorModel: string | undefined): string | null {
	if (vendorModel === undefined) return null;
	return (
		modelIds.find((id) => vendor.models[id]?.vendorModel === vendorModel) ?? cleanText(vendorModel)
	);
}
