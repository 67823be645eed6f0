import { once } from 'node:events';
import { Readable } from 'node:stream';

import type { ReferenceFile, VendorRequest } from '../../../nodes/NanoBanana/core/vendor';
import { closeBody, requestOptions } from '../../../nodes/NanoBanana/platform/requestOptions';

/** A file of `size` bytes in pieces, and the streams that were opened of it. */
function storedFile(size: number, opened: Readable[], announced = size): ReferenceFile {
	return {
		label: "the field 'data'",
		fileName: 'a "quoted" name.png',
		mediaType: 'image/png',
		size: announced,
		open: () => {
			const pieces = Array.from({ length: size / 1000 }, (_, index) => Buffer.alloc(1000, index));
			const stream = Readable.from(pieces);
			opened.push(stream);
			return Promise.resolve(stream);
		},
	};
}

function formOf(...files: readonly ReferenceFile[]): VendorRequest {
	const parts = files.map((file) => ({ name: 'imageFile', file }));
	return {
		method: 'POST',
		path: '/',
		body: { kind: 'multipart', parts: [{ name: 'prompt', value: 'Ö\n"x"' }, ...parts] },
	};
}

async function isClosed(stream: Readable): Promise<boolean> {
	if (!stream.closed) await once(stream, 'close');
	return stream.destroyed;
}

describe('a form with files', () => {
	it('is read piece by piece, has its announced length, and reads as a form', async () => {
		const opened: Readable[] = [];
		const inMemory = {
			...storedFile(0, []),
			size: 3,
			open: () => Promise.resolve(Buffer.from('abc')),
		};
		const options = await requestOptions(
			formOf(storedFile(5000, opened), inMemory, storedFile(2000, opened)),
		);
		expect(opened).toHaveLength(1);

		const pieces: Buffer[] = [];
		for await (const piece of options.body as Readable) pieces.push(piece as Buffer);
		const bytes = Buffer.concat(pieces);
		expect(options.headers).toMatchObject({ 'content-length': String(bytes.length) });
		const headers = { 'content-type': options.headers?.['content-type'] as string };
		const form = await new Response(bytes, { headers }).formData();
		expect(form.get('prompt')).toBe('Ö\n"x"');
		const files = form.getAll('imageFile') as unknown as File[];
		expect(files.map(({ size, type, name }) => [size, type, name])).toEqual(
			[5000, 3, 2000].map((size) => [size, 'image/png', 'a "quoted" name.png']),
		);
		for (const stream of opened) expect(await isClosed(stream)).toBe(true);
	});

	it('fails where a file is not as long as it was', async () => {
		const options = await requestOptions(formOf(storedFile(5000, [], 6000)));
		const read = async (): Promise<void> => {
			for await (const piece of options.body as Readable) expect(piece).toBeDefined();
		};
		await expect(read()).rejects.toThrow('changed while it was being sent');
	});
});

describe('a file that was not sent to its end is closed', () => {
	it('where nothing of a form was sent', async () => {
		const opened: Readable[] = [];
		const options = await requestOptions(
			formOf(storedFile(5000, opened), storedFile(5000, opened)),
		);
		closeBody(options);
		expect(opened).toHaveLength(1);
		expect(await isClosed(opened[0]!)).toBe(true);
	});

	it.each([3, 8])('where a form broke off after %d pieces', async (count) => {
		const opened: Readable[] = [];
		const options = await requestOptions(
			formOf(storedFile(4000, opened), storedFile(9000, opened)),
		);
		const pieces = (options.body as Readable)[Symbol.asyncIterator]();
		for (let index = 0; index < count; index++) await pieces.next();
		closeBody(options);
		for (const stream of opened) expect(await isClosed(stream)).toBe(true);
	});

	it('where it is the whole body', async () => {
		const opened: Readable[] = [];
		const file = storedFile(5000, opened);
		const options = await requestOptions({
			method: 'PUT',
			path: '/',
			body: { kind: 'file', file },
		});
		closeBody(options);
		expect(await isClosed(opened[0]!)).toBe(true);
	});

	it('and a body in memory needs nothing', async () => {
		const body = { kind: 'json', value: {} } as const;
		const options = await requestOptions({ method: 'POST', path: '/', body });
		expect(() => closeBody(options)).not.toThrow();
	});
});
