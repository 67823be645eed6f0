import { imageIndexes, taskIdOf, type Order } from './order';

/** The file names of one run. Whoever writes its images into one folder must not lose one to another. */
export interface ImageNames {
	/**
	 * Gives a safe name (without ending) that it gives to nobody else, whatever ending the file gets: the
	 * one asked for, then the same with -2, -3, … The suffix stands before the number.
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

/** What an image is called where the user gave no name. */
export function defaultImageName(taskId: string): string {
	return `nano-banana-${taskId}`;
}

/** Some systems take names for the same that differ in case or in how an accent is written. */
function keyOf(name: string): string {
	return name.normalize('NFC').toLowerCase();
}

/** The file name (without ending) of an image of an order's task, by its position in the task. */
export type NameImage = (order: Order, taskId: string, position: number) => string;

/**
 * Names the images of all orders of a run, in their order, so that the input decides who gets a number and
 * not which task ends first. Only a name that is made of a task id waits for the id, which is nobody else's.
 *
 * @param mostInFoundTask how many images a task may have that was found by its id
 */
export function nameImages(orders: readonly Order[], mostInFoundTask: number): NameImage {
	const names = openImageNames();
	const given = new Map<Order, string[]>();
	for (const order of orders) {
		const { fileName } = order.settings;
		const taskId = order.asked === null ? taskIdOf(order) : undefined;
		const name = fileName ?? (taskId === undefined ? undefined : defaultImageName(taskId));
		if (name === undefined) continue;
		const typed = withoutImageEnding(name);
		const { imagesInTask } = order.place;
		given.set(
			order,
			Array.from({ length: imagesInTask }, () => names.claim(typed, ratioSuffix(order))),
		);
	}
	for (const [{ asked }, ofTask] of given) {
		const [first] = ofTask;
		if (asked !== null || first === undefined) continue;
		while (ofTask.length < mostInFoundTask) ofTask.push(names.claim(first));
	}
	return (order, taskId, position) => {
		const known = given.get(order)?.[position];
		if (known !== undefined) return known;
		const suffix = ratioSuffix(order);
		const { fileName } = order.settings;
		// A vendor that delivers more than was asked for gets further names as they come.
		if (fileName !== undefined) return names.claim(withoutImageEnding(fileName), suffix);
		const { place } = order;
		const { format } = place;
		const numberOf = imageIndexes({
			...place,
			...(format === undefined
				? {}
				: { firstImageIndex: format.firstImageIndex, imagesOfItem: format.numberOfImages }),
		});
		const number = numberOf(position) + 1;
		return names.claim(defaultImageName(taskId), number === 1 ? suffix : `${suffix}-${number}`);
	};
}

/** Says which of the item's ratios an image has. */
function ratioSuffix({ place: { format } }: Order): string {
	return format === undefined ? '' : `-${format.aspectRatio.replace(':', 'x')}`;
}

const maxLength = 120;
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name (without ending) that every system and every storage service takes. The suffix, which has
 * to be safe itself, is never cut off.
 */
export function safeFileName(name: string, suffix = ''): string {
	const cleaned = name
		// eslint-disable-next-line no-control-regex -- control characters are what is to be removed
		.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
		.replace(/[\\/:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^[.\s-]+/, '');
	// Shortened before its end is looked at: a pattern for an end tries every place of a long text.
	const short = [...cleaned.slice(0, 2 * maxLength)]
		.slice(0, maxLength - suffix.length)
		.join('')
		.replace(/[.\s-]+$/, '');
	if (short === '') return `image${suffix}`;
	const full = `${short}${suffix}`;
	return reservedOnWindows.test(full) ? `${full}-image` : full;
}

/** Drops an image ending that the user typed although the real type decides it. */
export function withoutImageEnding(name: string): string {
	return name.replace(/\.(png|jpe?g|webp)$/i, '');
}
