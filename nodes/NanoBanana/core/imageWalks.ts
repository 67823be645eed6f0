import { ascii, uint16, uint32, type ImageMediaType } from './imageType';

/**
 * The way through a file of each type: which bytes show the size of the image and the end of the file, and
 * which are skipped. A walk is a generator, so that it can wait for bytes anywhere.
 */

export interface PixelSize {
	readonly width: number;
	readonly height: number;
}

/**
 * How an image ends: `whole` by the file's own word; `cut` where the file announces more than came;
 * `unmarked` where the mark of its end is missing; `unknown` where its type has none.
 */
export type ImageEnd = 'whole' | 'cut' | 'unmarked' | 'unknown';

/** What a walk has found so far. */
export interface Seen {
	mediaType?: ImageMediaType;
	size?: PixelSize;
	end: ImageEnd;
	/** The position where the file says that it ends, if it has said so. */
	endsAt?: number;
}

/** The bytes that a walk needs next, the bytes that it skips, or the byte after which it continues. */
export type Step =
	{ readonly take: number } | { readonly skip: number } | { readonly find: number };

export type Walk = Generator<Step, void, Uint8Array>;

export function isEmpty(step: Step): boolean {
	return ('take' in step && step.take === 0) || ('skip' in step && step.skip === 0);
}

export const walks: Readonly<Record<ImageMediaType, (seen: Seen) => Walk>> = {
	'image/png': walkPng,
	'image/jpeg': walkJpeg,
	'image/webp': walkWebp,
	'image/avif': walkBoxes,
	'image/heic': walkBoxes,
	'image/gif': walkGif,
	'image/bmp': walkBmp,
	'image/tiff': walkNothing,
	'image/jxl': walkNothing,
};

export function* walkNothing(): Walk {
	// The size may be anywhere in such a file.
}

/** Chunks up to IEND; IHDR, the first of them, holds the size. Without IEND, a viewer shows the IDAT that came. */
function* walkPng(seen: Seen): Walk {
	Object.assign(seen, { end: 'cut', endsAt: Infinity });
	let hasData = false;
	yield { skip: 8 };
	for (;;) {
		const head = yield { take: 8 };
		const [length, type] = [uint32(head, 0), ascii(head, 4, 8)];
		if (!/^[a-z]{4}$/i.test(type)) {
			seen.end = 'unmarked';
			return;
		}
		if (type === 'IEND') {
			yield { skip: length + 4 };
			seen.end = 'whole';
			return;
		}
		seen.end = 'cut';
		const isHeader = type === 'IHDR' && length >= 8;
		if (isHeader) {
			const size = yield { take: 8 };
			note(seen, uint32(size, 0), uint32(size, 4));
		}
		yield { skip: length + (isHeader ? -4 : 4) };
		hasData ||= type === 'IDAT';
		if (hasData) seen.end = 'unmarked';
	}
}

/**
 * Segments up to the scans. The frame header (any SOF except DHT, JPG and DAC) holds the size. Like every
 * viewer, the walk skips stray bytes between segments. Within the scans, it searches only for the end.
 */
function* walkJpeg(seen: Seen): Walk {
	seen.end = 'unmarked';
	yield { skip: 2 };
	for (let isInScan = false; ;) {
		yield { find: 0xff };
		let [marker = 0] = yield { take: 1 };
		while (marker === 0xff) [marker = 0] = yield { take: 1 };
		if (marker === 0xd9 && isInScan) {
			seen.end = 'whole';
			return;
		}
		isInScan ||= marker === 0xda;
		const isStandalone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd9);
		if (isStandalone || isInScan) continue;
		const length = uint16(yield { take: 2 }, 0) - 2;
		if (length < 0) continue;
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (!isFrame || length < 5) {
			yield { skip: length };
			continue;
		}
		const frame = yield { take: 5 };
		note(seen, uint16(frame, 3), uint16(frame, 1));
		yield { skip: length - 5 };
	}
}

/** Three kinds of WebP keep the size in three places: lossy (VP8), lossless (VP8L), extended (VP8X). */
function* walkWebp(seen: Seen): Walk {
	Object.assign(seen, { end: 'cut', endsAt: Infinity });
	const bytes = yield { take: 30 };
	const length = uint32le(bytes, 4);
	// A program that writes a stream does not know the length in advance.
	const isKnown = length > 0 && length < 0xffffffff;
	Object.assign(seen, isKnown ? { endsAt: 8 + length } : { end: 'unknown' });
	switch (ascii(bytes, 12, 16)) {
		case 'VP8 ':
			return note(seen, uint16le(bytes, 26) & 0x3fff, uint16le(bytes, 28) & 0x3fff);
		case 'VP8L': {
			const packed = uint32le(bytes, 21);
			return note(seen, (packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1);
		}
		case 'VP8X':
			return note(seen, uint24le(bytes, 24) + 1, uint24le(bytes, 27) + 1);
	}
}

/** Far more than the properties of an image need. */
const longestProperties = 65_536;

/** Boxes to the end of the file (AVIF, HEIC). Of several sizes in `meta` the largest is that of the image. */
function* walkBoxes(seen: Seen): Walk {
	Object.assign(seen, { end: 'cut', endsAt: Infinity });
	let hasData = false;
	for (let at = 0; ;) {
		const head = yield { take: 8 };
		const type = ascii(head, 4, 8);
		// Something else follows the image.
		if (!/^[\x20-\x7e]{4}$/.test(type)) return;
		let [length, read] = [uint32(head, 0), 8];
		if (length === 1) {
			const long = yield { take: 8 };
			[length, read] = [uint32(long, 0) * 2 ** 32 + uint32(long, 4), 16];
		}
		if (length < read) {
			// The last box reaches to the end, wherever that is.
			seen.end = length === 0 ? 'unknown' : 'unmarked';
			return;
		}
		at += length;
		if (type === 'meta') {
			const properties = yield { take: Math.min(length - read, longestProperties) };
			noteLargest(seen, properties);
			hasData ||= Buffer.from(properties).includes('idat');
			read += properties.length;
		}
		hasData ||= type === 'mdat';
		if (hasData) seen.endsAt = at;
		yield { skip: length - read };
	}
}

function noteLargest(seen: Seen, properties: Uint8Array): void {
	for (let at = 4; at + 16 <= properties.length; at++) {
		if (properties[at] !== 0x69 || ascii(properties, at, at + 4) !== 'ispe') continue;
		const [width, height] = [uint32(properties, at + 8), uint32(properties, at + 12)];
		const { size } = seen;
		if (size === undefined || width * height > size.width * size.height) note(seen, width, height);
	}
}

function* walkGif(seen: Seen): Walk {
	seen.end = 'unmarked';
	const bytes = yield { take: 10 };
	note(seen, uint16le(bytes, 6), uint16le(bytes, 8));
}

/** A negative height only says that the lines begin at the top. */
function* walkBmp(seen: Seen): Walk {
	Object.assign(seen, { end: 'cut', endsAt: Infinity });
	const bytes = yield { take: 26 };
	const length = uint32le(bytes, 2);
	Object.assign(seen, { end: length > 0 ? 'cut' : 'unknown', endsAt: length });
	if (bytes[14] === 12) return note(seen, uint16le(bytes, 18), uint16le(bytes, 20));
	note(seen, Math.abs(uint32le(bytes, 18) | 0), Math.abs(uint32le(bytes, 22) | 0));
}

function note(seen: Seen, width: number, height: number): void {
	if (width > 0 && height > 0) seen.size = { width, height };
}

function uint16le(bytes: Uint8Array, offset: number): number {
	return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

function uint24le(bytes: Uint8Array, offset: number): number {
	return uint16le(bytes, offset) | ((bytes[offset + 2] ?? 0) << 16);
}

function uint32le(bytes: Uint8Array, offset: number): number {
	return uint16le(bytes, offset) + uint16le(bytes, offset + 2) * 0x10000;
}
