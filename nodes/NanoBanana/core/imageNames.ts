import { imageIndexes, taskIdOf, type Order } from './order';
import { promptSlug } from './promptSlug';

/** The file names of one run. No two are the same, so that no image overwrites another in a folder. */
export interface ImageNames {
	/**
	 * Gives a safe name (without file extension) only once, whatever file extension follows: the one asked
	 * for, then the same with -2, -3, … The suffix stands before the number.
	 */
	claim(name: string, suffix?: string): string;
}

export function openImageNames(): ImageNames {
	const taken = new Set<string>();
	const counts = new Map<string, number>();
	return {
		claim(name, suffix = '') {
			const wanted = safeFileName(name, suffix);
			const wantedKey = keyOf(wanted);
			for (let count = (counts.get(wantedKey) ?? 0) + 1; ; count++) {
				const given = count === 1 ? wanted : safeFileName(name, `${suffix}-${count}`);
				if (taken.has(keyOf(given))) continue;
				taken.add(keyOf(given));
				counts.set(wantedKey, count);
				return given;
			}
		},
	};
}

/** How much of a task id keeps the images of later runs apart. */
const shownOfId = 6;

/** The name of an image where the user gave none: its prompt, and the end of its task id. */
function defaultImageName(taskId: string, prompt: string | null | undefined): string {
	const slug = promptSlug(prompt ?? '');
	if (slug === '') return taskId;
	const end = taskId
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '')
		.slice(-shownOfId);
	return end === '' ? slug : `${slug}-${end}`;
}

/** Some systems do not distinguish names by case or by the encoding of an accent. */
function keyOf(name: string): string {
	return name.normalize('NFC').toLowerCase();
}

/** The file name (without file extension) of an image of an order's task, by its position in the task. */
export type NameImage = (order: Order, taskId: string, position: number) => string;

/**
 * Names the images of all orders of a run, in their order, so that the input decides which image gets a
 * number, not the order in which tasks end. Only a name that holds a part of a task id waits for the id.
 *
 * @param mostInFoundTask the most images of a task that was found by its id
 */
export function nameImages(orders: readonly Order[], mostInFoundTask: number): NameImage {
	const names = openImageNames();
	const given = new Map<Order, string[]>();
	const claimAll = (named: ReadonlyArray<readonly [Order, string]>): void => {
		for (const [order, name] of named) {
			const claim = (): string => names.claim(name, ratioSuffix(order));
			given.set(order, Array.from({ length: order.place.imagesInTask }, claim));
		}
		for (const [order] of named) {
			const ofTask = given.get(order) ?? [];
			const [first] = ofTask;
			if (order.asked !== null || first === undefined) continue;
			while (ofTask.length < mostInFoundTask) ofTask.push(names.claim(first));
		}
	};
	claimAll(
		orders.flatMap((order) => {
			const { fileName } = order.settings;
			return fileName === undefined ? [] : [[order, withoutImageEnding(fileName)] as const];
		}),
	);
	// Only the vendor knows the prompt of a found task, which may stand in several items.
	const found = new Map<string | undefined, Order[]>();
	const alikeOf = new Map<Order, readonly Order[]>();
	for (const order of orders) {
		if (order.asked !== null || order.settings.fileName !== undefined) continue;
		const taskId = taskIdOf(order);
		const alike = found.get(taskId) ?? [];
		alike.push(order);
		found.set(taskId, alike);
		alikeOf.set(order, alike);
	}
	return (order, taskId, position) => {
		const known = given.get(order)?.[position];
		if (known !== undefined) return known;
		const suffix = ratioSuffix(order);
		const { fileName } = order.settings;
		// Images beyond those asked for get further names as they come.
		if (fileName !== undefined) return names.claim(withoutImageEnding(fileName), suffix);
		const name = defaultImageName(taskId, promptOf(order));
		const alike = given.has(order) ? undefined : alikeOf.get(order);
		claimAll((alike ?? []).map((each) => [each, name]));
		const claimed = given.get(order)?.[position];
		if (claimed !== undefined) return claimed;
		const { place } = order;
		const { format } = place;
		const numberOf = imageIndexes({
			...place,
			...(format === undefined
				? {}
				: { firstImageIndex: format.firstImageIndex, imagesOfItem: format.numberOfImages }),
		});
		const number = numberOf(position) + 1;
		return names.claim(name, number === 1 ? suffix : `${suffix}-${number}`);
	};
}

/** The prompt of an order; of a found one as the vendor tells it with the end of the task. */
function promptOf({ asked, state }: Order): string | undefined {
	if (asked !== null) return asked.prompt;
	return state.is === 'ended' ? state.snapshot.request?.prompt : undefined;
}

/** Says which of the item's ratios an image has. */
function ratioSuffix({ place: { format } }: Order): string {
	return format === undefined ? '' : `-${format.aspectRatio.replace(':', 'x')}`;
}

const maxLength = 120;
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name (without file extension) that every system and every storage service takes. The suffix must
 * be safe itself and is never cut off.
 */
export function safeFileName(name: string, suffix = ''): string {
	const cleaned = name
		// eslint-disable-next-line no-control-regex -- this pattern removes control characters
		.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
		.replace(/[\\/:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^[.\s-]+/, '');
	// Shortened before its end is trimmed: a pattern for an end tries every place of a long text.
	const short = [...cleaned.slice(0, 2 * maxLength)]
		.slice(0, maxLength - suffix.length)
		.join('')
		.replace(/[.\s-]+$/, '');
	if (short === '') return `image${suffix}`;
	const full = `${short}${suffix}`;
	return reservedOnWindows.test(full) ? `${full}-image` : full;
}

/** Drops a file extension that the user typed, since the real type decides it. */
export function withoutImageEnding(name: string): string {
	return name.replace(/\.(png|jpe?g|webp)$/i, '');
}
