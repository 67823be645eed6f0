import { joinedFailure, ofTask, type Failure } from '../core/failure';
import type { Asked, Ended, Order, Taken } from '../core/order';
import {
	drawPlaceholder,
	firstWords,
	placeholderId,
	placeholderOf,
	placeholderUrl,
	type Placeholder,
} from '../core/placeholder';
import type { ImageSource, TaskReference } from '../core/task';
import { known } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import type { NodeContext } from '../platform/nodeContext';
import type { Run } from './run';

/**
 * Orders that nobody buys. Such an order goes the way of every other one, but is taken from the beginning,
 * by a task whose id says what to draw, so that no stage asks the vendor for it.
 */

/** A planned order that is to have placeholders. */
export function asPlaceholder({ vendor, clock }: Run, order: Order): Order {
	const { asked, place } = order;
	const taskId = placeholderId(
		{
			aspectRatio: asked?.aspectRatio ?? 'auto',
			resolution: asked?.resolution ?? '1K',
			images: place.imagesInTask,
			words: firstWords(asked?.prompt ?? ''),
		},
		crypto.randomUUID().slice(0, 8),
	);
	const cost = vendor.costs?.isToldBySubmit === true ? noCost(vendor) : undefined;
	const task = { vendor: vendor.id, taskId, state: 'queued' as const, ...known({ cost }) };
	return { ...order, state: { is: 'taken', task, sentAtMs: clock.now(), raw: rawOf(task) } };
}

/** The end of a placeholder's task, which its first poll finds. */
export function endedAsPlaceholder(
	{ vendor, clock }: Pick<Run<NodeContext>, 'vendor' | 'clock'>,
	{ task, sentAtMs }: Taken,
	{ images }: Placeholder,
): Ended {
	const { taskId } = task;
	const named = { ...task, ...known({ cost: noCost(vendor) }) };
	return {
		is: 'ended',
		task: named,
		...known({ sentAtMs }),
		snapshot: {
			taskId,
			state: 'succeeded',
			vendorState: 'succeeded',
			images: Array.from({ length: images }, (_, position) => ({
				url: placeholderUrl(taskId, position),
			})),
		},
		polls: 0,
		endedAtMs: clock.now(),
		raw: rawOf(named),
	};
}

/** Draws the image of a placeholder, and leaves an image of a vendor as it is. */
export function drawn({ displayName }: ImageVendor, order: Order, image: ImageSource): ImageSource {
	const placeholder = placeholderOf(order);
	if (placeholder === undefined) return image;
	const png = drawPlaceholder(placeholder, displayName);
	return { ...image, content: Buffer.from(png).toString('base64') };
}

function noCost({ costs }: ImageVendor): TaskReference['cost'] {
	return costs === undefined ? undefined : { amount: 0, unit: costs.unit };
}

/** Takes the place of the vendor's last answer. */
function rawOf({ taskId }: TaskReference): unknown {
	return { placeholder: true, taskId };
}

/** The warnings that the item of a placeholder must have. */
export function placeholderWarnings(asked: Asked | null): readonly string[] {
	const isOtherFormat = asked?.outputFormat !== undefined && asked.outputFormat !== 'png';
	return [
		'This is a placeholder: nothing was bought, and the API key, the credit and any reference URLs were not checked.',
		...(isOtherFormat ? ['A placeholder is always a PNG file.'] : []),
	];
}

/**
 * Why an item cannot have placeholders: an earlier try of this execution has bought images for it, or may
 * have, and a placeholder must not take their place. Undefined where none of its saved orders is open.
 */
export function openBefore({ vendor, saved }: Run, orders: readonly Order[]): Failure | undefined {
	const [first, ...others] = orders.flatMap(({ key }): Failure | readonly [] => {
		const state = saved.find(key)?.state;
		if (state?.is === 'unclear') return state.failure;
		return state?.is === 'taken' ? ofTask(notReplaced(vendor), state.task.taskId) : [];
	});
	return first === undefined ? undefined : joinedFailure(first, others);
}

export function notReplaced({ displayName }: ImageVendor): Failure {
	return {
		reason: 'conflict',
		message: `An earlier try of this execution has bought this image at ${displayName}, but with 'Placeholder Images' the node does not download it`,
		hint: "Use Task → Wait with this task ID, or set 'Placeholder Images' to Never and retry the execution: nothing is bought again.",
	};
}
