import './harness/environment';

import { createCanvas } from '@napi-rs/canvas';
import type { INodeParameters } from 'n8n-workflow';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

import { avif, bmp, gif, heic, tiff } from '../images';
import type { Sandbox, VendorId } from '../sandbox';
import { countingVendor as severalInTask, plainVendor } from '../vendors/roles';
import { withResults } from './harness/bentResults';
import { errorOf } from './harness/errorJson';
import { startFileHost, type FileHost } from './harness/fileHost';
import { picture } from './harness/pictures';
import { startRelay, type Relay } from './harness/relay';
import { readBinary, runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;
let host: FileHost | undefined;

afterEach(async () => {
	await relay?.close();
	await host?.close();
	relay = undefined;
	host = undefined;
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** What the host of a result sends. */
type Send = (response: ServerResponse) => void;

/** Runs the node with the vendor's results at another host. */
async function runWith(
	id: VendorId,
	send: Send,
	options: Partial<Omit<RunOptions, 'credentials'>> = {},
	query = '',
): Promise<RunResult> {
	host = await startFileHost((_request, response) => {
		send(response);
	});
	const { url } = host;
	relay = await startRelay(sandbox, (answer) =>
		withResults(answer, (_url, index) => `${url}/image-${index}${query}`),
	);
	return await runWorkflow({
		parameters: imageParameters(id, 'generate', squareParameters),
		onError: 'continueErrorOutput',
		...options,
		credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
	});
}

const squareParameters: INodeParameters = { aspectRatio: 'auto' };

function whole(bytes: Buffer, headers: Readonly<Record<string, string>> = {}): Send {
	return (response) => {
		response.writeHead(200, { ...headers, 'content-length': bytes.length });
		response.end(bytes);
	};
}

function inChunks(bytes: Buffer, headers: Readonly<Record<string, string>> = {}): Send {
	return (response) => {
		response.writeHead(200, headers);
		response.write(bytes.subarray(0, bytes.length / 2));
		response.end(bytes.subarray(bytes.length / 2));
	};
}

/** Something that no compression makes small. */
function noise(format: 'png' | 'jpeg', side = 400): Buffer {
	const name = `${format} ${side}`;
	const made = noises.get(name) ?? makeNoise(format, side);
	noises.set(name, made);
	return made;
}

const noises = new Map<string, Buffer>();

function makeNoise(format: 'png' | 'jpeg', side: number): Buffer {
	const canvas = createCanvas(side, side);
	const context = canvas.getContext('2d');
	const pixels = context.createImageData(side, side);
	for (let at = 0, seed = 1; at < pixels.data.length; at++) {
		seed = (seed * 16_807) % 2_147_483_647;
		pixels.data[at] = at % 4 === 3 ? 255 : seed % 256;
	}
	context.putImageData(pixels, 0, 0);
	return format === 'png' ? canvas.toBuffer('image/png') : canvas.toBuffer('image/jpeg', 90);
}

/** Quick: its best takes a second for what it cannot make smaller anyway. */
function brotli(bytes: Buffer): Buffer {
	return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

const packings = [
	['gzip', gzipSync],
	['br', brotli],
	['deflate', deflateSync],
] as const;

async function expectImage(result: RunResult, bytes: Buffer): Promise<void> {
	expect(result.errorItems.map(({ json }) => json)).toEqual([]);
	expect(result.items).toHaveLength(1);
	expect((await readBinary(result.items[0]?.binary?.data)).equals(bytes)).toBe(true);
}

function expectNotDelivered(result: RunResult): void {
	expect(result.items).toEqual([]);
	expect(errorOf(result.errorItems[0])).toMatchObject({
		code: 'downloadFailed',
		resumable: true,
		retryElsewhere: false,
	});
	expect(sandbox.ledger.tasks).toHaveLength(1);
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each(packings)('delivers an image that comes as %s, unasked', async (encoding, pack) => {
		const bytes = await picture('png', 200, 200);
		const headers = { 'content-encoding': encoding };
		await expectImage(await runWith(id, whole(pack(bytes), headers)), bytes);
		expect(host?.requests).toHaveLength(1);
		expect(host?.requests[0]?.headers['accept-encoding']).toBe('identity');
	});

	it('delivers a JPEG with 1.6 MB of metadata and stray bytes, with its size', async () => {
		const bytes = withMetadata(await picture('jpeg', 200, 150), 1_600_000, 16);
		const result = await runWith(id, whole(bytes));
		await expectImage(result, bytes);
		expect(sizeOf(result)).toEqual({ width: 200, height: 150 });
	});

	it.each<[string, string, Buffer]>([
		['avif', 'image/avif', avif(1024, 1024)],
		['gif', 'image/gif', gif(1024, 1024)],
		['heic', 'image/heic', heic(1024, 1024)],
	])('delivers %s, with its true type and a warning', async (extension, mediaType, bytes) => {
		const result = await runWith(id, whole(bytes, { 'content-type': 'image/png' }));
		await expectImage(result, bytes);
		const { mimeType, fileName } = result.items[0]?.binary?.data ?? {};
		expect({ mimeType, extension: fileName?.split('.').at(-1) }).toEqual({
			mimeType: mediaType,
			extension,
		});
		expect(result.items[0]?.json.warnings).toEqual([
			expect.stringMatching(new RegExp(extension, 'i')),
		]);
		expect(sizeOf(result)).toEqual({ width: 1024, height: 1024 });
	});

	it('says what was asked for and what came, in one warning', async () => {
		const bytes = await picture('png', 1024, 1024);
		const { items } = await runWith(id, whole(bytes), {
			parameters: imageParameters(id, 'generate', { aspectRatio: '9:16', resolution: '4K' }),
		});
		expect(items[0]?.json.warnings).toEqual(['Asked for 4K 9:16, got 1024 × 1024.']);
	});

	it('says that a URL has expired, once, and not to download it soon', async () => {
		const send: Send = (response) => {
			response.writeHead(403, { 'content-type': 'application/xml' });
			response.end(
				'<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
			);
		};
		const result = await runWith(id, send);
		expectNotDelivered(result);
		const error = errorOf(result.errorItems[0]);
		expect(error?.message).toContain('its URL has expired (HTTP 403)');
		expect(error?.hint).toMatch(/Task → Wait .* ask for a new URL/);
		expect(error?.hint).not.toContain('soon');
		expect(host?.requests).toHaveLength(1);

		await relay?.close();
		await host?.close();
		const { taskId } = error ?? {};
		const later = await runWith(id, send, {
			parameters: taskParameters(id, 'wait', { taskId: taskId ?? '' }),
		});
		expect(errorOf(later.errorItems[0])).toMatchObject({
			code: 'downloadFailed',
			taskId,
			// A host that has lost it for a moment may have it again: the image is paid.
			resumable: true,
			retryElsewhere: false,
		});
		expect(errorOf(later.errorItems[0])?.hint).toContain('the vendor has deleted the image');
	});
});

/** The size in an item, wherever the item has it. */
function sizeOf({ items }: RunResult): object {
	const { width, height } = Object(items[0]?.json.image ?? items[0]?.json) as Readonly<
		Record<string, unknown>
	>;
	return { width, height };
}

/** A JPEG with comments before its frame header, and stray bytes after each of them. */
function withMetadata(jpeg: Buffer, bytes: number, strayBytes: number): Buffer {
	const segment = Buffer.concat([
		Buffer.from([0xff, 0xe1, 0xff, 0xff]),
		Buffer.alloc(65_533, 0xc0),
		Buffer.alloc(strayBytes, 0x5a),
	]);
	const segments = Array<Buffer>(Math.ceil(bytes / segment.length)).fill(segment);
	return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

it('in one item for several images, the warnings of each are told', async () => {
	let sent = 0;
	const { items } = await runWith(
		severalInTask,
		(response) => {
			sent++;
			whole(sent === 1 ? gif(1024, 1024) : bmp(512, 512))(response);
		},
		{
			parameters: imageParameters(severalInTask, 'generate', {
				aspectRatio: '1:1',
				numberOfImages: 3,
				options: { output: 'itemPerInput' },
			}),
		},
	);
	expect(items).toHaveLength(1);
	expect(items[0]?.json.warnings).toHaveLength(3);
	expect(JSON.stringify(items[0]?.json.warnings)).toMatch(
		/(?=.*GIF)(?=.*BMP)(?=.*Asked for 1K 1:1, got 512 × 512\.)/,
	);
});

describe('an image that comes packed', () => {
	it.each(packings)('as %s in chunks', async (encoding, pack) => {
		const bytes = noise('jpeg');
		const send = inChunks(pack(bytes), { 'content-encoding': encoding });
		await expectImage(await runWith(plainVendor, send), bytes);
	});

	it.each(packings)('as %s that is no smaller', async (encoding, pack) => {
		const bytes = noise('png');
		const send = whole(pack(bytes), { 'content-encoding': encoding });
		await expectImage(await runWith(plainVendor, send), bytes);
	});

	it.each(
		packings.flatMap(([encoding, pack]) =>
			[whole, inChunks].flatMap((send) =>
				(['png', 'jpeg'] as const).map(
					(format) => [encoding, send.name, format, pack, send] as const,
				),
			),
		),
	)(
		'as %s that breaks off (%s, %s) is not delivered',
		async (encoding, _way, format, pack, send) => {
			const packed = pack(noise(format));
			const half = packed.subarray(0, packed.length / 2);
			const headers = { 'content-encoding': encoding };
			expectNotDelivered(await runWith(plainVendor, send(half, headers)));
		},
	);
});

describe('an image that did not come to its end', () => {
	it.each<[string, Send]>([
		['HTML', whole(Buffer.from('<!doctype html><title>Sign in</title>'))],
		['half a PNG in chunks', inChunks(half(noise('png')))],
		['half a PNG of the right length', whole(half(noise('png')))],
		['a PNG in chunks without its end', inChunks(noise('png').subarray(0, -12))],
		['half a JPEG in chunks', inChunks(half(noise('jpeg')))],
		['half an AVIF', whole(half(avif(64, 64)))],
		['a GIF in chunks without its end', inChunks(gif(64, 64).subarray(0, -1))],
		[
			'half of what was announced',
			(response) => {
				const bytes = noise('jpeg');
				response.writeHead(200, { 'content-length': bytes.length });
				response.write(half(bytes), () => response.destroy());
			},
		],
		[
			'half, until the connection is closed',
			(response) => {
				response.socket?.end(
					Buffer.concat([
						Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'),
						half(noise('png')),
					]),
				);
			},
		],
	])('is not delivered: %s', async (_name, send) => {
		expectNotDelivered(await runWith(plainVendor, send));
	});

	function half(bytes: Buffer): Buffer {
		return bytes.subarray(0, bytes.length / 2);
	}

	it.each([
		['jpeg', 2],
		['png', 12],
		['png', 4],
		['png', 1],
		['png', 7],
	] as const)(
		'is delivered where only the mark of its end is missing (%s, %i)',
		async (format, missing) => {
			const bytes = (await picture(format, 1024, 1024)).subarray(0, -missing);
			const result = await runWith(plainVendor, whole(bytes));
			await expectImage(result, bytes);
			expect(result.items[0]?.json.warnings).toEqual([expect.stringContaining('cut off')]);
		},
	);
});

describe('an image that cannot be described', () => {
	it.each<[string, Buffer, object]>([
		[
			'a JPEG without a frame header',
			Buffer.from('ffd8ffe000044a46ffda0002112233ffd9', 'hex'),
			unknown(),
		],
		['a TIFF', tiff(), unknown()],
		[
			'a PNG of no pixels',
			Buffer.concat([noise('png').subarray(0, 16), Buffer.alloc(8), noise('png').subarray(24)]),
			unknown(),
		],
		['a BMP', bmp(1024, 1024), { width: 1024, height: 1024 }],
	])('is delivered: %s', async (_name, bytes, size) => {
		const result = await runWith(plainVendor, whole(bytes));
		await expectImage(result, bytes);
		expect(sizeOf(result)).toEqual(size);
		expect(JSON.stringify(result.items[0]?.json.warnings)).toMatch(
			/width and height|came as|got BMP/,
		);
	});

	function unknown(): object {
		return { width: null, height: null };
	}
});

describe('a URL that leads to nothing any more', () => {
	const past = Math.round(Date.now() / 1000) - 60;

	it.each([
		[404, '', `?Expires=${past}&Signature=x`, 'has expired (HTTP 404)'],
		[
			403,
			'<Error><Code>AccessDenied</Code></Error>',
			`?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60`,
			'has expired (HTTP 403)',
		],
		[410, '', '', 'has expired (HTTP 410)'],
		[400, '<Code>ExpiredToken</Code>', '', 'has expired (HTTP 400)'],
		[404, 'NoSuchKey', '', 'has expired or is wrong (HTTP 404)'],
	])('%i %s %s', async (status, words, query, message) => {
		const send: Send = (response) => {
			response.writeHead(status);
			response.end(words);
		};
		const result = await runWith(plainVendor, send, {}, query);
		expectNotDelivered(result);
		expect(errorOf(result.errorItems[0])?.message).toContain(message);
		expect(errorOf(result.errorItems[0])?.hint).not.toContain('soon');
		expect(host?.requests).toHaveLength(1);
	});

	it('and whose host never ends its explanation fails all the same', async () => {
		const result = await runWith(plainVendor, (response) => {
			response.writeHead(403);
			response.write('<Error>');
		});
		expectNotDelivered(result);
	});
});
