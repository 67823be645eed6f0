import { createCanvas, loadImage } from '@napi-rs/canvas';

import { ImageHeaderReader, readPixelSize } from '../../../nodes/NanoBanana/core/imageHeader';
import {
	extensionOf,
	signatureLength,
	sniffMediaType,
	type ImageMediaType,
} from '../../../nodes/NanoBanana/core/imageType';
import { avif, bmp, gif, heic, tiff } from '../../images';

type Format = 'png' | 'jpeg' | 'webp';

/** A real picture with enough in it that it is not degenerate. */
function draw(format: Format, width: number, height: number): Buffer {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	const gradient = context.createLinearGradient(0, 0, width, height);
	gradient.addColorStop(0, '#ffcf33');
	gradient.addColorStop(1, '#6c4dff');
	context.fillStyle = gradient;
	context.fillRect(0, 0, width, height);
	if (format === 'png') return canvas.toBuffer('image/png');
	return format === 'jpeg' ? canvas.toBuffer('image/jpeg', 90) : canvas.toBuffer('image/webp', 90);
}

/** One segment that may stand before the frame header of a JPEG: the marker, a length, the bytes. */
function segment(marker: number, bytes: number): Buffer {
	const head = Buffer.from([0xff, marker, (bytes + 2) >> 8, (bytes + 2) & 0xff]);
	// Bytes that look like frame headers, to catch a reader that searches instead of skipping.
	return Buffer.concat([head, Buffer.alloc(bytes, Buffer.from([0xff, 0xc0, 0x00, 0x11, 0x08]))]);
}

function withSegments(jpeg: Buffer, ...segments: readonly Buffer[]): Buffer {
	return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const mediaTypes: Readonly<Record<Format, ImageMediaType>> = {
	png: 'image/png',
	jpeg: 'image/jpeg',
	webp: 'image/webp',
};
const sizes = [
	[1, 1],
	[7, 3],
	[1024, 1024],
	[1376, 768],
	[768, 1376],
	[5504, 16],
] as const;
const cases = (['png', 'jpeg', 'webp'] as const).flatMap((format) =>
	sizes.map(([width, height]) => [format, width, height] as const),
);

describe('real pictures', () => {
	it.each(cases)('%s of %i × %i', (format, width, height) => {
		const bytes = draw(format, width, height);
		expect(sniffMediaType(bytes)).toBe(mediaTypes[format]);
		expect(sniffMediaType(bytes.subarray(0, signatureLength))).toBe(mediaTypes[format]);
		expect(readPixelSize(bytes)).toEqual({ width, height });
	});

	it.each(['png', 'jpeg', 'webp'] as const)('%s in single bytes', (format) => {
		const bytes = draw(format, 320, 200);
		const reader = new ImageHeaderReader();
		for (const byte of bytes) reader.push(Uint8Array.of(byte));
		expect(reader.mediaType).toBe(mediaTypes[format]);
		expect(reader.size).toEqual({ width: 320, height: 200 });
		expect(reader.bytes).toBe(bytes.length);
	});

	it('a lossless WebP, whose size stands elsewhere', () => {
		// 5 × 3 transparent pixels as VP8L: signature byte, then 14 bits each for width − 1 and height − 1.
		const packed = 4 | (2 << 14) | (1 << 28);
		const vp8l = Buffer.alloc(32);
		vp8l.write('RIFF', 0, 'latin1');
		vp8l.writeUInt32LE(24, 4);
		vp8l.write('WEBPVP8L', 8, 'latin1');
		vp8l.writeUInt32LE(12, 16);
		vp8l[20] = 0x2f;
		vp8l.writeUInt32LE(packed, 21);
		expect(readPixelSize(vp8l)).toEqual({ width: 5, height: 3 });
	});

	it('the largest lossless WebP there can be', () => {
		const vp8l = Buffer.alloc(32);
		vp8l.write('RIFF\0\0\0\0WEBPVP8L', 0, 'latin1');
		vp8l[20] = 0x2f;
		vp8l.writeUInt32LE(0xffffffff, 21);
		expect(readPixelSize(vp8l)).toEqual({ width: 16_384, height: 16_384 });
	});

	it('an extended WebP, as a vendor with colour profiles sends it', () => {
		const vp8x = Buffer.alloc(30);
		vp8x.write('RIFF\0\0\0\0WEBPVP8X', 0, 'latin1');
		vp8x.writeUIntLE(5503, 24, 3);
		vp8x.writeUIntLE(3071, 27, 3);
		expect(readPixelSize(vp8x)).toEqual({ width: 5504, height: 3072 });
	});
});

describe('a JPEG with much before its size', () => {
	const jpeg = draw('jpeg', 800, 600);
	const exif = segment(0xe1, 65_533);
	const profile = segment(0xe2, 65_533);

	it('is still a picture that others can read', async () => {
		const image = await loadImage(withSegments(jpeg, segment(0xfe, 20_000)));
		expect([image.width, image.height]).toEqual([800, 600]);
	});

	it.each([
		['one EXIF segment', [exif]],
		['an EXIF segment and a colour profile in four', [exif, profile, profile, profile, profile]],
		['fill bytes between segments', [segment(0xe0, 14), Buffer.from([0xff, 0xff, 0xff])]],
	] as const)('%s', (_name, segments) => {
		const bytes = withSegments(jpeg, ...segments);
		expect(readPixelSize(bytes)).toEqual({ width: 800, height: 600 });
	});

	it('is read in chunks of any size, byte by byte too', () => {
		const bytes = withSegments(jpeg, exif);
		for (const chunkLength of [1, 7, 4096, 65_536]) {
			const reader = new ImageHeaderReader();
			for (let offset = 0; offset < bytes.length; offset += chunkLength) {
				reader.push(bytes.subarray(offset, offset + chunkLength));
			}
			expect(reader.size).toEqual({ width: 800, height: 600 });
			expect(reader.bytes).toBe(bytes.length);
		}
	});

	it('knows no size before the frame header has come', () => {
		const bytes = withSegments(jpeg, exif);
		const reader = new ImageHeaderReader();
		reader.push(bytes.subarray(0, 60_000));
		expect(reader.mediaType).toBe('image/jpeg');
		expect(reader.size).toBeUndefined();
		reader.push(bytes.subarray(60_000));
		expect(reader.size).toEqual({ width: 800, height: 600 });
	});

	it('may be ten megabytes behind its beginning', () => {
		const reader = new ImageHeaderReader();
		const chunk = Buffer.concat(Array.from({ length: 4 }, () => exif));
		reader.push(jpeg.subarray(0, 2));
		for (let index = 0; index < 40; index++) reader.push(chunk);
		reader.push(jpeg.subarray(2));
		expect(reader.size).toEqual({ width: 800, height: 600 });
		expect(reader.mediaType).toBe('image/jpeg');
		expect(reader.bytes).toBe(jpeg.length + 40 * chunk.length);
		expect(reader.end).toBe('whole');
	});

	it.each([1, 2, 5, 16, 300])('has %i stray bytes between its segments', (length) => {
		for (const stray of [0x00, 0x20, 0x5a, 0xd8, 0xff]) {
			const bytes = withSegments(jpeg, segment(0xe0, 14), Buffer.alloc(length, stray), exif);
			expect(readPixelSize(bytes)).toEqual({ width: 800, height: 600 });
		}
		const zerosBehindFf = Buffer.from('ff00'.repeat(length), 'hex');
		expect(readPixelSize(withSegments(jpeg, zerosBehindFf, exif))).toEqual({
			width: 800,
			height: 600,
		});
	});
});

it('a hostile stream of single bytes is read to its end', () => {
	const reader = new ImageHeaderReader();
	const byte = Uint8Array.of(0xff);
	reader.push(Uint8Array.of(0xff, 0xd8));
	for (let left = 1_200_000; left > 0; left--) reader.push(byte);
	expect(reader.size).toBeUndefined();
	expect(reader.bytes).toBe(1_200_002);
});

describe('what is no picture', () => {
	it.each([
		['nothing', ''],
		['an HTML page', '<!DOCTYPE html><html><body>502</body></html>'],
		['JSON', '{"error":"expired"}'],
		['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
		['a text that begins like a bitmap', 'BM is short for bitmap, and this is not one'],
		['a video', '\0\0\0\u0018ftypisom\0\0\0\0isommp42'],
		['half a GIF’s name', 'GIF8'],
		['a RIFF that is no WebP', 'RIFF\0\0\0\0WAVEfmt '],
	])('%s', (_name, text) => {
		const bytes = Buffer.from(text, 'latin1');
		expect(sniffMediaType(bytes)).toBeUndefined();
		expect(readPixelSize(bytes)).toBeUndefined();
	});

	it.each(['png', 'jpeg', 'webp'] as const)('the first bytes of a %s have no size', (format) => {
		const start = draw(format, 64, 64).subarray(0, 16);
		expect(readPixelSize(start)).toBeUndefined();
	});

	it('a PNG that claims no pixels', () => {
		const bytes = Buffer.from(draw('png', 4, 4));
		bytes.writeUInt32BE(0, 16);
		expect(readPixelSize(bytes)).toBeUndefined();
	});

	it('a JPEG whose segments lead nowhere', () => {
		const broken = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, ...Array<number>(40).fill(0)]);
		expect(readPixelSize(broken)).toBeUndefined();
		const garbage = Buffer.concat([
			Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2]),
			Buffer.alloc(40),
		]);
		expect(readPixelSize(garbage)).toBeUndefined();
	});
});

it('every media type has the ending that people expect', () => {
	expect(extensionOf('image/jpeg')).toBe('jpg');
	expect(extensionOf('image/webp')).toBe('webp');
});

describe('other types, which are paid as well', () => {
	it.each<[string, ImageMediaType, Buffer, object | undefined]>([
		['AVIF', 'image/avif', avif(1024, 768), { width: 1024, height: 768 }],
		['AVIF as its second brand', 'image/avif', avif(64, 48, 'mif1'), { width: 64, height: 48 }],
		['HEIC', 'image/heic', heic(2048, 1536), { width: 2048, height: 1536 }],
		['GIF', 'image/gif', gif(320, 200), { width: 320, height: 200 }],
		['BMP', 'image/bmp', bmp(12, 10), { width: 12, height: 10 }],
		['BMP from the top', 'image/bmp', bmp(12, -10), { width: 12, height: 10 }],
		['TIFF', 'image/tiff', tiff(), undefined],
	])('%s', (_name, mediaType, bytes, size) => {
		const reader = new ImageHeaderReader();
		for (const byte of bytes) reader.push(Uint8Array.of(byte));
		expect(reader.mediaType).toBe(mediaType);
		expect(reader.size).toEqual(size);
		expect(reader.end).toBe(mediaType === 'image/tiff' ? 'unknown' : 'whole');
	});
});

describe('the end of an image', () => {
	const endOf = (bytes: Uint8Array, chunkLength = 1000): string => {
		const reader = new ImageHeaderReader();
		for (let at = 0; at < bytes.length; at += chunkLength) {
			reader.push(bytes.subarray(at, at + chunkLength));
		}
		return reader.end;
	};
	const images: ReadonlyArray<readonly [string, Buffer]> = [
		['png', draw('png', 320, 200)],
		['jpeg', draw('jpeg', 320, 200)],
		['webp', draw('webp', 320, 200)],
		['avif', avif(64, 64)],
		['heic', heic(64, 64)],
		['gif', gif(64, 64)],
		['bmp', bmp(64, 64)],
	];

	it.each(images)('%s: whole, and with something behind it', (_name, bytes) => {
		for (const chunkLength of [1, 7, 1000, 1_000_000]) {
			expect(endOf(bytes, chunkLength)).toBe('whole');
			expect(endOf(Buffer.concat([bytes, Buffer.alloc(30)]), chunkLength)).toBe('whole');
		}
	});

	it.each(images)('%s: cut anywhere', (_name, bytes) => {
		for (const share of [0.05, 0.3, 0.5, 0.9]) {
			expect(endOf(bytes.subarray(0, bytes.length * share))).toMatch(/^(cut|unmarked|unknown)$/);
		}
		expect(endOf(bytes.subarray(0, bytes.length / 2))).toMatch(/^(cut|unmarked)$/);
		expect(endOf(bytes.subarray(0, -1))).toMatch(/^(cut|unmarked)$/);
	});

	it('of a preview within a JPEG is not that of the JPEG', () => {
		const jpeg = draw('jpeg', 320, 200);
		const preview = draw('jpeg', 32, 20);
		const segmentOfPreview = Buffer.concat([
			Buffer.from([0xff, 0xe1, (preview.length + 2) >> 8, (preview.length + 2) & 0xff]),
			preview,
		]);
		const bytes = withSegments(jpeg, segmentOfPreview);
		expect(endOf(bytes)).toBe('whole');
		expect(endOf(bytes.subarray(0, -400))).toBe('unmarked');
		expect(readPixelSize(bytes)).toEqual({ width: 320, height: 200 });
	});
});
