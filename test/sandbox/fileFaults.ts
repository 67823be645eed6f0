import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import type { ActiveFault, FaultSpecification } from './faults';
import type { FaultName } from './faultTable';

export interface ServedFile {
	mediaType: string;
	make(): Promise<Buffer>;
	url: URL;
}

type Headers = Record<string, string | number>;

const megabyte = 1024 * 1024;
const redirects: Partial<Record<FaultName, number>> = {
	fileRedirect1: 1,
	fileRedirect3: 3,
	fileRedirect5: 5,
};
const plainAnswers: Partial<Record<FaultName, [status: number, mediaType: string, text: string]>> =
	{
		fileHtml: [200, 'text/html', '<!doctype html><title>Sign in</title><h1>Please sign in</h1>'],
		fileSvg: [
			200,
			'image/svg+xml',
			'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
		],
		fileEmpty: [200, 'image/png', ''],
		fileNotFound: [404, 'text/plain', 'Not Found'],
		fileGone: [410, 'text/plain', 'Gone'],
		fileForbidden: [403, 'application/xml', '<Error><Code>ExpiredToken</Code></Error>'],
		fileServerError: [500, 'text/plain', 'Internal Server Error'],
		fileUnavailable: [503, 'text/html', '<h1>503 Service Temporarily Unavailable</h1>'],
	};

/** Serves what a fault makes of a file; false where the file itself is to be served. */
export async function serveFileFault(
	response: ServerResponse,
	file: ServedFile,
	fault: ActiveFault | undefined,
	hops: string | null,
	headOnly: boolean,
): Promise<boolean> {
	if (hops !== null) return nextHop(response, file, hops);
	if (!fault) return false;
	const { specification } = fault;
	const name = specification.fault;
	const count = redirects[name];
	if (count !== undefined) return redirectTo(response, withHops(file.url, String(count - 1)));
	if (name === 'fileRedirectLoop') return redirectTo(response, withHops(file.url, 'loop'));
	if (name === 'fileRedirectPrivate') {
		const target = specification.url ?? 'http://169.254.169.254/latest/meta-data/';
		return redirectTo(response, target);
	}
	const plain = plainAnswers[name];
	if (plain) return sendWhole(response, plain[0], { 'content-type': plain[1] }, plain[2]);
	if (name === 'fileRateLimited') {
		const headers = { 'retry-after': specification.seconds ?? 1 };
		return sendWhole(response, 429, headers, 'Too Many Requests');
	}
	if (headOnly) return false;
	await serveStrangeBytes(response, file, specification);
	return true;
}

async function serveStrangeBytes(
	response: ServerResponse,
	file: ServedFile,
	specification: FaultSpecification,
): Promise<void> {
	const { fault: name, megabytes = 200, ms = 50 } = specification;
	const type: Headers = { 'content-type': file.mediaType };
	if (name === 'fileBroken') {
		sendWhole(response, 200, type, randomBytes(20_000));
		return;
	}
	if (name === 'fileHugeAnnounced' || name === 'fileHugeUnannounced') {
		const length: Headers =
			name === 'fileHugeAnnounced' ? { 'content-length': megabytes * megabyte } : {};
		response.writeHead(200, { ...type, ...length });
		await stream(response, endless(await file.make(), megabytes));
		return;
	}
	if (name === 'fileAvif' || name === 'fileLongHeader' || name === 'fileOtherSize') {
		sendWhole(response, 200, type, otherPicture(name));
		return;
	}
	const bytes = await file.make();
	if (name === 'fileCut') {
		response.writeHead(200, type);
		response.end(bytes.subarray(0, bytes.length / 2));
		return;
	}
	if (name === 'filePacked' || name === 'filePackedCut') {
		const packed = gzipSync(bytes);
		const sent = name === 'filePacked' ? packed : packed.subarray(0, packed.length / 2);
		sendWhole(response, 200, { ...type, 'content-encoding': 'gzip' }, sent);
		return;
	}
	const whole: Headers = { ...type, 'content-length': bytes.length };
	if (name === 'fileWrongMediaType') {
		sendWhole(response, 200, { 'content-type': 'text/plain' }, bytes);
	} else if (name === 'fileHostileName') {
		const disposition = 'attachment; filename="../../../../etc/passwd"';
		sendWhole(response, 200, { ...type, 'content-disposition': disposition }, bytes);
	} else if (name === 'fileSlowDrip') {
		response.writeHead(200, whole);
		await stream(response, drip(bytes, ms));
	} else {
		response.writeHead(200, whole);
		response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
			if (name === 'fileTruncated') response.socket?.end();
			if (name === 'fileResetMidBody') response.socket?.resetAndDestroy();
		});
	}
}

function otherPicture(name: 'fileAvif' | 'fileLongHeader' | 'fileOtherSize'): Buffer {
	const canvas = createCanvas(96, 64);
	canvas.getContext('2d').fillRect(10, 10, 40, 30);
	if (name === 'fileAvif') return canvas.toBuffer('image/avif');
	if (name === 'fileOtherSize') return canvas.toBuffer('image/png');
	const jpeg = canvas.toBuffer('image/jpeg', 80);
	// Comments of the greatest length, each with bytes behind it that belong to nothing.
	const head = Buffer.from([0xff, 0xfe, 0xff, 0xff]);
	const comment = Buffer.concat([head, Buffer.alloc(65_533, 0xc0), Buffer.alloc(7, 0x20)]);
	const comments = Array<Buffer>(25).fill(comment);
	return Buffer.concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)]);
}

function* endless(beginning: Buffer, megabytes: number): Generator<Buffer> {
	const piece = Buffer.alloc(megabyte);
	// It begins like a picture, so that only its size gives it away.
	beginning.copy(piece, 0, 0, Math.min(beginning.length, megabyte));
	for (let sent = 0; sent < megabytes; sent++) yield piece;
}

async function* drip(bytes: Buffer, pauseMs: number): AsyncGenerator<Buffer> {
	const size = Math.ceil(bytes.length / 20);
	for (let start = 0; start < bytes.length; start += size) {
		// Before each piece: after the last one the client has all and goes on.
		await wait(pauseMs, undefined, { ref: false });
		yield bytes.subarray(start, start + size);
	}
}

async function stream(
	response: ServerResponse,
	pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
	// A client that has seen enough closes the connection, which is no mistake here.
	await pipeline(Readable.from(pieces), response).catch(() => undefined);
}

function nextHop(response: ServerResponse, file: ServedFile, hops: string): boolean {
	if (hops === 'loop') return redirectTo(response, withHops(file.url, 'loop'));
	const left = Number(hops);
	return left > 0 ? redirectTo(response, withHops(file.url, String(left - 1))) : false;
}

function withHops(url: URL, hops: string): string {
	const next = new URL(url);
	next.searchParams.set('hops', hops);
	return next.pathname + next.search;
}

function redirectTo(response: ServerResponse, location: string): boolean {
	return sendWhole(response, 302, { location }, '');
}

function sendWhole(
	response: ServerResponse,
	status: number,
	headers: Headers,
	body: string | Buffer,
): boolean {
	response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
	response.end(body);
	return true;
}
