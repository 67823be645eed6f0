import { ofTask, type Failure } from './failure';
import type { ImageRequest, JsonObject } from './vendor';
import type { TaskReference, TaskSnapshot } from './task';
import { known, objectOf } from './tolerant';
import type { CheckedRequest } from './validateRequest';
import type { AspectRatio, FormatRatio, OutputFormat, Resolution } from './words';

/**
 * One purchase: the request, its place in an input item, and its state. Plain JSON, since it is saved with
 * the execution; only `raw` is left out there.
 */
export interface Order {
	/** Stands for the request, so that a later try finds the same order; '' for an order found by its id. */
	readonly key: string;
	readonly itemIndex: number;
	readonly place: TaskPlace;
	/** With resolved expressions, which may resolve differently next time. Null for a found order. */
	readonly asked: Asked | null;
	readonly settings: OrderSettings;
	/** Of the base URL that it was planned for: its task is not polled anywhere else. Absent if found. */
	readonly origin?: string;
	/** Addresses of its reference images, as the vendor got them. */
	referenceUrls?: readonly string[];
	state: OrderState;
}

/** The request to the vendor, without its reference images. */
export interface Asked {
	readonly operation: 'generate' | 'edit';
	/** Our id, or the vendor's own as the user typed it. */
	readonly model: string;
	readonly vendorModel: string;
	readonly prompt: string;
	readonly aspectRatio: AspectRatio;
	readonly resolution?: Resolution;
	readonly outputFormat?: OutputFormat;
	/** Fields for the vendor's own input, beside those that the node sets. */
	readonly additionalFields?: JsonObject;
	/** Options that were dropped, in words for the user. */
	readonly warnings: readonly string[];
}

/** How to wait for the images of one order and how to pass them on. */
export interface OrderSettings {
	readonly binaryField: string;
	/** Undefined: built from the task. */
	readonly fileName?: string;
	readonly output: 'itemPerImage' | 'itemPerInput';
	readonly download: boolean;
	readonly timeoutMs: number;
	/** 0 leaves it to the schedule. */
	readonly pollIntervalMs: number;
	/** The short item; otherwise it has all fields and the vendor's last answer as `raw`. */
	readonly simplify: boolean;
	/** Shows the fields of the input item beside ours. */
	readonly includeInputFields: boolean;
	/**
	 * `submit`: go on at once, with the task instead of the image. `callback`: park the execution until the
	 * vendor calls back.
	 */
	readonly completion: 'wait' | 'submit' | 'callback';
	/** The address that the vendor calls when the task has ended. */
	readonly callbackUrl?: string;
}

export type OrderState =
	| { readonly is: 'planned'; readonly spentBefore?: number }
	| Unclear
	| Taken
	| Ended
	| { readonly is: 'failed'; readonly failure: Failure; readonly spentBefore?: number };

/** The vendor may have the task, but its id is unknown. */
export interface Unclear {
	readonly is: 'unclear';
	readonly failure: Failure;
	/** Milliseconds since the epoch, of the first send. */
	readonly sentAtMs: number;
	readonly idempotencyKey: string;
	/** Tells the account's key from any other (`markOfKey`, with the idempotency key). */
	readonly keyMark?: string;
	/** The identical request to send again under the key, with the URLs of its uploads. */
	readonly request?: ImageRequest;
	/** The amount that it counts toward Max Cost, in the vendor's unit. */
	readonly reserved?: number;
	readonly spentBefore?: number;
}

export interface Taken {
	readonly is: 'taken';
	readonly task: TaskReference;
	/** Milliseconds since the epoch; undefined for a found order. */
	readonly sentAtMs?: number;
	/** How long the vendor took to answer the submit, in milliseconds. */
	readonly tookMs?: number;
	/** The parked execution that the vendor calls when the task has ended. */
	readonly callsBack?: string;
	readonly spentBefore?: number;
	readonly raw?: unknown;
}

/** The vendor has ended the task, with or without images. */
export interface Ended {
	readonly is: 'ended';
	readonly task: TaskReference;
	readonly sentAtMs?: number;
	readonly spentBefore?: number;
	readonly snapshot: TaskSnapshot;
	readonly polls: number;
	/** When this machine saw the end, in milliseconds since the epoch. */
	readonly endedAtMs: number;
	readonly raw?: unknown;
}

/** The id of the order's task, once it is known. */
export function taskIdOf({ state }: Order): string | undefined {
	if (state.is === 'taken' || state.is === 'ended') return state.task.taskId;
	return state.is === 'failed' ? state.failure.taskId : undefined;
}

/**
 * A failure of an order, with its task, the task's cost so far, and the ratio where the item asks for
 * several.
 */
export function failureOf({ state, place }: Order, failure: Failure): Failure {
	const { format } = place;
	const ratio = known({ aspectRatio: format?.aspectRatio });
	if (state.is !== 'taken' && state.is !== 'ended') return { ...failure, ...ratio };
	const { taskId, cost } = state.task;
	return { ...known({ cost }), ...ofTask(failure, taskId), ...ratio };
}

/** The failure of an order whose credential now leads to another host. The user gets the task ID. */
export function atAnotherAddress(vendorName: string): Failure {
	return {
		reason: 'conflict',
		message: `The base URL of the ${vendorName} credential has changed since the task was submitted, so the node did not poll the task`,
		hint: 'Restore the base URL in the credential, then use Task → Wait with this task ID.',
	};
}

const onlyPlace = { firstImageIndex: 0, imagesOfItem: 1 };

/** An order bought earlier, found by the id of its task. */
export function foundOrder(
	vendorId: string,
	taskId: string,
	itemIndex: number,
	settings: OrderSettings,
	place: Pick<TaskPlace, 'firstImageIndex' | 'imagesOfItem'> = onlyPlace,
): Order {
	return {
		key: '',
		itemIndex,
		place: { imagesInTask: 1, ...place },
		asked: null,
		settings,
		state: { is: 'taken', task: { vendor: vendorId, taskId, state: 'running' } },
	};
}

/** The part of an order that its next try must know; undefined if there is nothing to save. */
export function savedForm(order: Order): Order | undefined {
	const { state } = order;
	switch (state.is) {
		case 'planned':
			return state.spentBefore === undefined ? undefined : order;
		case 'taken': {
			const { raw: _unsaved, ...taken } = state;
			return { ...order, state: taken };
		}
		case 'ended': {
			// The next try polls again for the images, because their URLs expire.
			const { task, sentAtMs, spentBefore } = state;
			return { ...order, state: { is: 'taken', task, ...known({ sentAtMs, spentBefore }) } };
		}
		default:
			return order;
	}
}

/**
 * The state to keep in memory for a while. If the answer held the image itself, the order counts as taken
 * again, and its task is polled again.
 */
export function keptState(order: Order): OrderState {
	const { state } = order;
	const isLarge =
		state.is === 'ended' && state.snapshot.images.some(({ content }) => content !== undefined);
	return isLarge ? (savedForm(order)?.state ?? state) : state;
}

const stateNames: ReadonlySet<unknown> = new Set<OrderState['is']>([
	'planned',
	'unclear',
	'taken',
	'ended',
	'failed',
]);

/** Reads a saved order; undefined if the value is not one. */
export function readOrder(saved: unknown): Order | undefined {
	const order = objectOf(saved);
	const isOrder =
		stateNames.has(objectOf(order?.state)?.is) && objectOf(order?.settings) !== undefined;
	return isOrder ? ({ ...order } as unknown as Order) : undefined;
}

/** The place of a task's images among those of its input item. Plain JSON: it is kept while parked. */
export interface TaskPlace {
	readonly imagesInTask: number;
	/** Among all images of the item. */
	readonly firstImageIndex: number;
	/** How many images the item asks for, over all of its ratios. */
	readonly imagesOfItem: number;
	/** Present where the item asks for images in several ratios. */
	readonly format?: TaskFormat;
}

export interface TaskFormat {
	readonly aspectRatio: FormatRatio;
	/** The first image of the task among those of its ratio. */
	readonly firstImageIndex: number;
	/** How many images of the ratio the item asks for. */
	readonly numberOfImages: number;
}

type AskedImages = Pick<CheckedRequest, 'aspectRatios' | 'numberOfImages'>;

/** How many images an input item asks for, over all of its ratios. */
function imagesOfItem({ aspectRatios, numberOfImages }: AskedImages): number {
	return numberOfImages * (aspectRatios?.length ?? 1);
}

/** Divides the images of an item into tasks: ratio after ratio, and image after image within a ratio. */
export function placesOf(asked: AskedImages, maxImagesInTask: number): readonly TaskPlace[] {
	const { aspectRatios, numberOfImages } = asked;
	const formats = aspectRatios ?? [undefined];
	return formats.flatMap((aspectRatio, position) => {
		const places: TaskPlace[] = [];
		for (let first = 0; first < numberOfImages; first += maxImagesInTask) {
			places.push({
				imagesInTask: Math.min(maxImagesInTask, numberOfImages - first),
				firstImageIndex: position * numberOfImages + first,
				imagesOfItem: imagesOfItem(asked),
				...(aspectRatio === undefined
					? {}
					: { format: { aspectRatio, firstImageIndex: first, numberOfImages } }),
			});
		}
		return places;
	});
}

/** The places of a task's images among those of its item (or ratio), by their position in the task. */
export function imageIndexes({
	imagesInTask,
	firstImageIndex,
	imagesOfItem,
}: Pick<TaskPlace, 'imagesInTask' | 'firstImageIndex' | 'imagesOfItem'>): (
	position: number,
) => number {
	// Images beyond those asked for come after those of the item's other tasks.
	return (position) =>
		position < imagesInTask
			? firstImageIndex + position
			: imagesOfItem + firstImageIndex + position - imagesInTask;
}
