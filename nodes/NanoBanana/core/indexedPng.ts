/**
 * Writes PNG files with up to four colours, for images of large flat areas: equal rows cost next to nothing,
 * neither time nor memory nor bytes. It needs no library, since a community node may import none.
 */

/** Red, green and blue, each from 0 to 255. */
export type Colour = readonly [number, number, number];

/** Equal rows, one below the other. */
export interface Band {
	/** For each pixel the number of its colour. */
	readonly pixels: Uint8Array;
	readonly rows: number;
}

const bitsPerPixel = 2;
const pixelsPerByte = 8 / bitsPerPixel;

/** What a PNG calls a row that is stored as it is, and one that is stored as its difference from the last. */
const asItIs = 0;
const asDifference = 2;

/**
 * All bands must have the same width, and the palette at most four colours.
 *
 * @param mark a text for programs, in ASCII: its keyword, a zero and its words
 */
export function indexedPng(
	palette: readonly Colour[],
	bands: readonly Band[],
	mark?: string,
): Uint8Array {
	const width = bands[0]?.pixels.length ?? 0;
	const height = bands.reduce((sum, { rows }) => sum + rows, 0);
	const bytesPerRow = Math.ceil(width / pixelsPerByte);
	const data = new RunDeflate();
	for (const { pixels, rows } of bands) {
		data.run(asItIs, 1);
		writeRow(data, pixels);
		for (let row = 1; row < rows; row++) {
			data.run(asDifference, 1);
			data.run(0, bytesPerRow);
		}
	}
	const indexed = 3;
	const header = [...uint32(width), ...uint32(height), bitsPerPixel, indexed, 0, 0, 0];
	return concat([
		Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
		chunk('IHDR', Uint8Array.from(header)),
		...(mark === undefined ? [] : [chunk('tEXt', bytesOf(mark))]),
		chunk('PLTE', Uint8Array.from(palette.flat())),
		chunk('IDAT', data.end()),
		chunk('IEND', new Uint8Array()),
	]);
}

function writeRow(data: RunDeflate, pixels: Uint8Array): void {
	let value = 0;
	let count = 0;
	for (let first = 0; first < pixels.length; first += pixelsPerByte) {
		let packed = 0;
		for (let next = first; next < first + pixelsPerByte; next++) {
			packed = (packed << bitsPerPixel) | (pixels[next] ?? 0);
		}
		if (packed !== value) {
			data.run(value, count);
			value = packed;
			count = 0;
		}
		count++;
	}
	data.run(value, count);
}

interface Code {
	readonly bits: number;
	readonly length: number;
}

const noCode: Code = { bits: 0, length: 0 };

/** The fixed codes of bytes (below 256), the end, and lengths of matches (RFC 1951, 3.2.6). */
const fixedCodes = Array.from({ length: 288 }, (_, symbol): Code => {
	if (symbol < 144) return backwards(0x30 + symbol, 8);
	if (symbol < 256) return backwards(0x190 + symbol - 144, 9);
	if (symbol < 280) return backwards(symbol - 256, 7);
	return backwards(0xc0 + symbol - 280, 8);
});

/** The first bit of a code goes first into the stream, unlike that of a number. */
function backwards(code: number, length: number): Code {
	let bits = 0;
	for (let bit = 0; bit < length; bit++) bits |= ((code >>> bit) & 1) << (length - 1 - bit);
	return { bits, length };
}

const endOfBlock = 256;
const adlerBase = 65_521;
const longestMatch = 258;
const shortestMatch = 3;

/** A zlib stream (RFC 1950 and 1951) whose only compression is that of runs, with the fixed codes. */
class RunDeflate {
	#bytes = new Uint8Array(4096);

	#length = 0;

	#bits = 0;

	#bitCount = 0;

	#adlerA = 1;

	#adlerB = 0;

	constructor() {
		this.#push(0x78);
		this.#push(0x01);
		// One block, which is the last one and has the fixed codes.
		this.#write(0b011, 3);
	}

	/** The same byte several times. */
	run(value: number, count: number): void {
		if (count === 0) return;
		this.#addToChecksum(value, count);
		this.#symbol(value);
		let left = count - 1;
		while (left >= shortestMatch) {
			const length = Math.min(longestMatch, left);
			this.#matchOfLastByte(length);
			left -= length;
		}
		for (; left > 0; left--) this.#symbol(value);
	}

	/** The whole stream; nothing can be added afterwards. */
	end(): Uint8Array {
		this.#symbol(endOfBlock);
		if (this.#bitCount > 0) this.#write(0, 8 - this.#bitCount);
		for (const byte of [...uint16(this.#adlerB), ...uint16(this.#adlerA)]) this.#push(byte);
		return this.#bytes.subarray(0, this.#length);
	}

	#addToChecksum(value: number, count: number): void {
		const sums = count * this.#adlerA + (value * count * (count + 1)) / 2;
		this.#adlerB = (this.#adlerB + sums) % adlerBase;
		this.#adlerA = (this.#adlerA + value * count) % adlerBase;
	}

	/** Repeats the byte before. */
	#matchOfLastByte(length: number): void {
		const above = length - shortestMatch;
		// Four symbols for each number of further bits, but the eight shortest lengths need none.
		const furtherBits = above < 8 || length === longestMatch ? 0 : 29 - Math.clz32(above);
		this.#symbol(length === longestMatch ? 285 : 257 + 4 * furtherBits + (above >>> furtherBits));
		this.#write(above & ((1 << furtherBits) - 1), furtherBits);
		const oneBack = 0;
		this.#write(oneBack, 5);
	}

	#symbol(symbol: number): void {
		const { bits, length } = fixedCodes[symbol] ?? noCode;
		this.#write(bits, length);
	}

	#write(value: number, length: number): void {
		this.#bits |= value << this.#bitCount;
		this.#bitCount += length;
		while (this.#bitCount >= 8) {
			this.#push(this.#bits & 0xff);
			this.#bits >>>= 8;
			this.#bitCount -= 8;
		}
	}

	#push(byte: number): void {
		if (this.#length === this.#bytes.length) {
			this.#bytes = concat([this.#bytes, new Uint8Array(this.#length)]);
		}
		this.#bytes[this.#length++] = byte;
	}
}

function chunk(type: string, data: Uint8Array): Uint8Array {
	const checked = concat([bytesOf(type), data]);
	return concat([
		Uint8Array.from(uint32(data.length)),
		checked,
		Uint8Array.from(uint32(crc32(checked))),
	]);
}

function bytesOf(text: string): Uint8Array {
	return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	return value;
});

function crc32(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
	return ~crc >>> 0;
}

function uint16(value: number): readonly number[] {
	return [value >>> 8, value & 0xff];
}

function uint32(value: number): readonly number[] {
	return [...uint16(value >>> 16), ...uint16(value & 0xffff)];
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}
