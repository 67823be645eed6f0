/** The types of images that are known by their first bytes: no claim of a vendor, a URL or a header is believed. */

interface TypeRow {
	readonly extension: string;
	/** The name for messages. */
	readonly name: string;
}

const types = {
	'image/png': { extension: 'png', name: 'PNG' },
	'image/jpeg': { extension: 'jpg', name: 'JPEG' },
	'image/webp': { extension: 'webp', name: 'WebP' },
	'image/avif': { extension: 'avif', name: 'AVIF' },
	'image/heic': { extension: 'heic', name: 'HEIC' },
	'image/gif': { extension: 'gif', name: 'GIF' },
	'image/bmp': { extension: 'bmp', name: 'BMP' },
	'image/tiff': { extension: 'tiff', name: 'TIFF' },
	'image/jxl': { extension: 'jxl', name: 'JPEG XL' },
} as const satisfies Readonly<Record<string, TypeRow>>;

export type ImageMediaType = keyof typeof types;

/** Without the dot. */
export function extensionOf(mediaType: ImageMediaType): string {
	return types[mediaType].extension;
}

/** "JPEG" */
export function nameOfType(mediaType: ImageMediaType): string {
	return types[mediaType].name;
}

/** Whether every program that shows images shows this type, too. */
export function isUsualType(mediaType: ImageMediaType): boolean {
	return usualTypes.has(mediaType);
}

const usualTypes: ReadonlySet<ImageMediaType> = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** The number of first bytes that `sniffMediaType` needs. Of a shorter file it needs all. */
export const signatureLength = 40;

/** The media type by the file's signature; undefined for anything that is not an image of a known type. */
export function sniffMediaType(bytes: Uint8Array): ImageMediaType | undefined {
	return signatures.find(([isOfType]) => isOfType(bytes))?.[1];
}

type Signature = readonly [(bytes: Uint8Array) => boolean, ImageMediaType];

const signatures: readonly Signature[] = [
	[startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'image/png'],
	[startsWith([0xff, 0xd8, 0xff]), 'image/jpeg'],
	[(bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP', 'image/webp'],
	[hasBrand(['avif', 'avis']), 'image/avif'],
	[hasBrand(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']), 'image/heic'],
	[(bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)), 'image/gif'],
	[isBmp, 'image/bmp'],
	[startsWith([0x49, 0x49, 0x2a, 0x00]), 'image/tiff'],
	[startsWith([0x4d, 0x4d, 0x00, 0x2a]), 'image/tiff'],
	[startsWith([0xff, 0x0a]), 'image/jxl'],
	[startsWith([0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a]), 'image/jxl'],
];

function startsWith(signature: readonly number[]): (bytes: Uint8Array) => boolean {
	return (bytes) => signature.every((value, index) => bytes[index] === value);
}

/** A file of boxes begins with its brands: the main one, and those that it is compatible with. */
function hasBrand(brands: readonly string[]): (bytes: Uint8Array) => boolean {
	return (bytes) => {
		if (ascii(bytes, 4, 8) !== 'ftyp') return false;
		const end = Math.min(uint32(bytes, 0), bytes.length, signatureLength);
		for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) {
			if (brands.includes(ascii(bytes, at, at + 4))) return true;
		}
		return false;
	};
}

/** Two letters are not enough: the zeros behind the length and the length of the header must fit, too. */
function isBmp(bytes: Uint8Array): boolean {
	const headerLength = bytes[14] ?? 0;
	const isHeader = [12, 40, 52, 56, 64, 108, 124].includes(headerLength);
	return ascii(bytes, 0, 2) === 'BM' && uint32(bytes, 6) === 0 && isHeader;
}

/** The bytes as Latin letters. */
export function ascii(bytes: Uint8Array, from: number, to: number): string {
	return String.fromCharCode(...bytes.subarray(from, to));
}

export function uint16(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

export function uint32(bytes: Uint8Array, offset: number): number {
	return uint16(bytes, offset) * 0x10000 + uint16(bytes, offset + 2);
}
