import { imageIndexes, taskIdOf, type Order } from './order';
import { promptSlug } from './promptSlug';

/** The file names of one run. No two are the same, so that no image overwrites another in a folder. */
export interface ImageNames {
	/**
	 * Gives each safe name (without file extension) only once: first the name itself, then with -2, -3, … The
	 * suffix comes before the number. File extensions do not count as a difference.
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
	// Only the vendor knows the prompt of a found task, and several items may name the same task.
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

/** The prompt of an order. For a found order, the vendor reports it with the end of the task. */
function promptOf({ asked, state }: Order): string | undefined {
	if (asked !== null) return asked.prompt;
	return state.is === 'ended' ? state.snapshot.request?.prompt : undefined;
}

/** Says which of the item's ratios an image has. */
function ratioSuffix({ place: { format } }: Order): string {
	return format === undefined ? '' : `-${format.aspectRatio.replace(':', 'x')}`;
}

/** Disks take names of 255 bytes. A prefix or a copy's number that another node adds must fit, too. */
const maxBytes = 200;

/** Room for the file extension, such as ".webp". */
const extensionBytes = 5;

/** Windows reserves these names, whatever follows their first dot. */
const reservedOnWindows =
	/^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])(?= *(?:\.|$))/i;

/**
 * A file name (without file extension) that every system and every storage service takes. The suffix must
 * be safe itself and is never cut off.
 */
export function safeFileName(name: string, suffix = ''): string {
	const cleaned = name
		.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
		.replace(unwritable, '')
		.replace(/[\\/:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^[.\s-]+/, '');
	const room = maxBytes - extensionBytes - suffix.length;
	const short = shortened(cleaned, room);
	if (short === '') return `image${suffix}`;
	const [reserved] = reservedOnWindows.exec(`${short}${suffix}`) ?? [];
	if (reserved === undefined) return `${short}${suffix}`;
	return `${shortened(`${reserved}-image${short.slice(reserved.length)}`, room)}${suffix}`;
}

/** Control characters, characters without width or that change the direction, and half surrogate pairs. */
const unwritable =
	/[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}]/gu;

/** As many characters of a well-formed text as fit into a number of UTF-8 bytes. */
function shortened(text: string, most: number): string {
	let bytes = 0;
	let length = 0;
	for (const character of text) {
		bytes += Buffer.byteLength(character);
		if (bytes > most) break;
		length += character.length;
	}
	return text.slice(0, length).replace(/(?<![.\s-])[.\s-]+$/, '');
}

/** Drops a file extension that the user typed, since the real type decides it. */
export function withoutImageEnding(name: string): string {
	return name.replace(/\.(png|jpe?g|webp)$/i, '');
}
