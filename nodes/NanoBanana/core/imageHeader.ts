/**
 * Reads the type and size of an image from its first bytes as they stream by, so that no claim of a vendor,
 * a URL or a header has to be believed, and no image is ever held whole.
 */

export type ImageMediaType = 'image/png' | 'image/jpeg' | 'image/webp';

export const fileExtensions: Readonly<Record<ImageMediaType, string>> = {
	'image/png': 'png',
	'image/jpeg': 'jpg',
	'image/webp': 'webp',
};

export interface PixelSize {
	readonly width: number;
	readonly height: number;
}

/** The number of first bytes that `sniffMediaType` needs. */
export const signatureLength = 16;

/**
 * A JPEG may carry previews and colour profiles of some hundred kilobytes before its size; beyond this the
 * size stays unknown.
 */
const maxHeaderBytes = 1_048_576;

/** The media type by the file's signature; undefined for anything but PNG, JPEG and WebP. */
export function sniffMediaType(bytes: Uint8Array): ImageMediaType | undefined {
	if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
	if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
	if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
	return undefined;
}

/** Width and height, or undefined while the bytes so far do not tell. */
export function readPixelSize(bytes: Uint8Array): PixelSize | undefined {
	switch (sniffMediaType(bytes)) {
		case 'image/png':
			return readPngSize(bytes);
		case 'image/jpeg':
			return readJpegSize(bytes);
		case 'image/webp':
			return readWebpSize(bytes);
		default:
			return undefined;
	}
}

/** The shortest header that can tell a size: that of a PNG. */
const shortestHeader = 24;

/** Collects just as much of a stream as the size needs. */
export class ImageHeaderReader {
	#header = new Uint8Array(4096);

	/** How much of the header is filled. */
	#length = 0;

	#size: PixelSize | undefined;

	#bytes = 0;

	/**
	 * The length of the header at which the next try is worth while. It doubles, as the header does, so
	 * that a stream in very small chunks costs no more than one in large ones.
	 */
	#nextLookAt = shortestHeader;

	/** How many bytes have gone by. */
	get bytes(): number {
		return this.#bytes;
	}

	get size(): PixelSize | undefined {
		this.#look();
		return this.#size;
	}

	get mediaType(): ImageMediaType | undefined {
		return sniffMediaType(this.#filled());
	}

	push(chunk: Uint8Array): void {
		this.#bytes += chunk.length;
		if (this.#size !== undefined || this.#length >= maxHeaderBytes) return;
		this.#append(chunk);
		if (this.#length < this.#nextLookAt) return;
		this.#look();
		this.#nextLookAt = this.#length * 2;
	}

	#filled(): Uint8Array {
		return this.#header.subarray(0, this.#length);
	}

	#append(chunk: Uint8Array): void {
		const length = this.#length + chunk.length;
		if (length > this.#header.length) {
			const larger = new Uint8Array(Math.max(length, this.#header.length * 2));
			larger.set(this.#filled());
			this.#header = larger;
		}
		this.#header.set(chunk, this.#length);
		this.#length = length;
	}

	#look(): void {
		if (this.#size !== undefined) return;
		this.#size = readPixelSize(this.#filled());
		if (this.#size === undefined) return;
		// Once the size is known, only the signature is still needed.
		this.#header = this.#header.slice(0, signatureLength);
		this.#length = signatureLength;
	}
}

function readPngSize(bytes: Uint8Array): PixelSize | undefined {
	if (bytes.length < 24 || ascii(bytes, 12, 16) !== 'IHDR') return undefined;
	return sizeOf(uint32(bytes, 16), uint32(bytes, 20));
}

/** The frame header (any SOF but DHT, JPG and DAC) holds the size; the segments before it are skipped. */
function readJpegSize(bytes: Uint8Array): PixelSize | undefined {
	let offset = 2;
	while (offset + 9 < bytes.length) {
		if (bytes[offset] !== 0xff) return undefined;
		const marker = bytes[offset + 1] ?? 0;
		if (marker === 0xff) {
			offset++;
			continue;
		}
		const isStandalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
		if (isStandalone) {
			offset += 2;
			continue;
		}
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) return sizeOf(uint16(bytes, offset + 7), uint16(bytes, offset + 5));
		const length = uint16(bytes, offset + 2);
		if (length < 2) return undefined;
		offset += 2 + length;
	}
	return undefined;
}

/** Three kinds of WebP keep the size in three places: lossy (VP8), lossless (VP8L), extended (VP8X). */
function readWebpSize(bytes: Uint8Array): PixelSize | undefined {
	if (bytes.length < 30) return undefined;
	switch (ascii(bytes, 12, 16)) {
		case 'VP8 ':
			return sizeOf(uint16le(bytes, 26) & 0x3fff, uint16le(bytes, 28) & 0x3fff);
		case 'VP8L': {
			const packed = uint16le(bytes, 21) + uint16le(bytes, 23) * 0x10000;
			return sizeOf((packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1);
		}
		case 'VP8X':
			return sizeOf(uint24le(bytes, 24) + 1, uint24le(bytes, 27) + 1);
		default:
			return undefined;
	}
}

function sizeOf(width: number, height: number): PixelSize | undefined {
	return width > 0 && height > 0 ? { width, height } : undefined;
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
	return signature.every((value, index) => bytes[index] === value);
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
	return String.fromCharCode(...bytes.subarray(from, to));
}

function uint16(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function uint32(bytes: Uint8Array, offset: number): number {
	return uint16(bytes, offset) * 0x10000 + uint16(bytes, offset + 2);
}

function uint16le(bytes: Uint8Array, offset: number): number {
	return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

function uint24le(bytes: Uint8Array, offset: number): number {
	return uint16le(bytes, offset) | ((bytes[offset + 2] ?? 0) << 16);
}
