import './harness/environment';

import type { IDataObject, IExecuteFunctions, INodeParameters, INodeType } from 'n8n-workflow';

import type { Sandbox, VendorId } from '../sandbox';
import { formVendor, plainVendor } from '../vendors/roles';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import {
	runWorkflow,
	withBinaryDataInMemory,
	type RunOptions,
	type TestItem,
} from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

let instance: Instance;
beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});

const taking = vendorCases.filter(({ vendor }) => vendor.references.delivery !== 'url');
const fetching = vendorCases.filter(({ vendor }) => vendor.references.delivery === 'url');

/** Runs an edit in an n8n that the vendor can reach. */
async function edit(
	id: VendorId,
	parameters: INodeParameters,
	item: TestItem,
	options: Partial<RunOptions> = {},
) {
	return await run(id, {
		parameters: imageParameters(id, 'edit', { referenceBinaryFields: '', ...parameters }),
		items: [item],
		restApiUrl: instance.restApiUrl,
		...options,
	});
}

function urlOf(json: IDataObject | undefined): string {
	const { url } = (json?.image ?? json) as { url: string };
	return url;
}

/** The sizes of the references of the last task, in bytes. */
function sizes(): readonly unknown[] {
	return sandbox.ledger.tasks.at(-1)?.references.map(({ bytes }) => bytes) ?? [];
}

async function twoFiles() {
	const front = await picture('png', 100, 64);
	const back = await picture('jpeg', 64, 64);
	const binary = {
		front: { bytes: front, mediaType: 'image/png', fileName: 'front.png' },
		back: { bytes: back, mediaType: 'image/jpeg', fileName: 'back.jpg' },
	};
	return { front: front.length, back: back.length, item: { json: {}, binary } };
}

describe.each(vendorCases)('$vendor.displayName: reference files may be given as', ({ id }) => {
	it.each<[string, INodeParameters['x'], ReadonlyArray<'front' | 'back'>]>([
		['a name', 'front', ['front']],
		['names with commas', 'front, back', ['front', 'back']],
		['an array of names', '={{ ["back", "front"] }}', ['back', 'front']],
		['all files', '*', ['front', 'back']],
		['a file object', '={{ $binary.back }}', ['back']],
		['file objects', '={{ [$binary.back, $binary.front] }}', ['back', 'front']],
		['names and objects', '={{ ["front", $binary.back] }}', ['front', 'back']],
		['all file objects', '={{ $binary }}', ['front', 'back']],
		['a file of an earlier node', "={{ $('Start').item.binary.back }}", ['back']],
		["an earlier node's item", "={{ $('Start').item.binary }}", ['front', 'back']],
		['JSON', '={{ JSON.stringify(["front", "back"]) }}', ['front', 'back']],
	])('%s', async (_form, referenceBinaryFields, expected) => {
		const { item, ...lengths } = await twoFiles();

		const { error } = await edit(id, { referenceBinaryFields }, item);

		expect(error).toBeUndefined();
		expect(sizes()).toEqual(expected.map((name) => lengths[name]));
	});

	it('file objects among the URLs', async () => {
		const { item, back } = await twoFiles();

		const { error } = await edit(id, { referenceUrls: '={{ $binary.back }}' }, item);

		expect(error).toBeUndefined();
		expect(sizes()).toEqual([back]);
	});

	it('files within the json, where n8n keeps them in the mode "combined"', async () => {
		const { item, ...lengths } = await twoFiles();
		const files = await storedFiles(item);
		for (const [referenceBinaryFields, expected] of [
			['front', ['front']],
			['*', ['front', 'back']],
			['={{ $json._files.back }}', ['back']],
			['={{ $json._files }}', ['front', 'back']],
		] as const) {
			const { error } = await edit(
				id,
				{ referenceBinaryFields, prompt: `With ${referenceBinaryFields.replace('={{', '')}` },
				{ json: { _files: files } as never },
				{ settings: { binaryMode: 'combined' } as never },
			);
			expect(error).toBeUndefined();
			expect(sizes()).toEqual(expected.map((name) => lengths[name]));
		}
	});
});

/** The descriptions of files that n8n has put into its storage. */
async function storedFiles(item: TestItem): Promise<unknown> {
	let files: unknown;
	const start: INodeType = {
		description: { displayName: 'Start', name: 'start', properties: [] } as never,
		async execute(this: IExecuteFunctions) {
			const stored = Object.entries(item.binary ?? {}).map(
				async ([field, { bytes, fileName, mediaType }]) =>
					[field, await this.helpers.prepareBinaryData(bytes, fileName, mediaType)] as const,
			);
			files = Object.fromEntries(await Promise.all(stored));
			return [[]];
		},
	};
	await run(plainVendor, { parameters: imageParameters(plainVendor, 'generate'), start });
	return files;
}

describe.each(taking)('$vendor.displayName', ({ id }) => {
	it('takes file objects whose bytes are in memory, where an expression leaves them out', async () => {
		const { item, ...lengths } = await twoFiles();

		const { error } = await withBinaryDataInMemory(
			async () => await edit(id, { referenceBinaryFields: '={{ $binary.back }}' }, item),
		);

		expect(error).toBeUndefined();
		expect(sizes()).toEqual([lengths.back]);
	});

	it('takes data: URIs and base64', async () => {
		const bytes = await picture();
		const base64 = bytes.toString('base64');

		const { error } = await edit(
			id,
			{
				referenceUrls: '={{ $json.uri }}',
				referenceBinaryFields: '={{ $json.file }}',
			},
			{
				json: {
					uri: `data:image/png;base64,${base64}`,
					file: { mimeType: 'image/png', data: base64 },
				},
			},
		);

		expect(error).toBeUndefined();
		expect(sizes()).toEqual([bytes.length, bytes.length]);
	});
});

describe.each(fetching)('$vendor.displayName', ({ id }) => {
	it('takes no data: URIs, and says so', async () => {
		const uri = `data:image/png;base64,${(await picture()).toString('base64')}`;

		const { error } = await edit(id, { referenceUrls: '={{ $json.uri }}' }, { json: { uri } });

		expect(error?.message).toContain('takes reference images only as URLs');
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it.each([
		['the type', 'image/webp', 'photo.png'],
		['the extension of the name', 'image/png', 'photo.HEIC'],
		['both', 'application/octet-stream', 'photo.jpg'],
	])(
		'gets a file under its right type where %s was stored wrong',
		async (_what, mediaType, fileName) => {
			const bytes = await picture('png');
			const before = instance.served().length;

			const { error } = await edit(
				id,
				{ referenceBinaryFields: 'data' },
				{ json: {}, binary: { data: { bytes, mediaType, fileName } } },
			);

			expect(error).toBeUndefined();
			expect(sizes()).toEqual([bytes.length]);
			expect(instance.served().slice(before)).toEqual([
				{ mediaType: 'image/png', fileName: 'reference-1.png' },
			]);
		},
	);

	it('gets a file that was stored right as it is', async () => {
		const bytes = await picture('jpeg');
		const before = instance.served().length;

		await edit(
			id,
			{ referenceBinaryFields: 'data' },
			{ json: {}, binary: { data: { bytes, mediaType: 'image/jpeg', fileName: 'me.jpeg' } } },
		);

		expect(instance.served().slice(before)).toEqual([
			{ mediaType: 'image/jpeg', fileName: 'me.jpeg' },
		]);
	});
});

describe.each(vendorCases)('$vendor.displayName: reference URLs may be given as', ({ id }) => {
	async function finishedUrls(): Promise<readonly [string, string]> {
		const made = await run(id, {
			parameters: imageParameters(id, 'generate', { numberOfImages: 2 }),
		});
		const [one, two] = made.items.map(({ json }) => urlOf(json));
		if (one === undefined || two === undefined) throw new Error('No images');
		return [one, two];
	}

	it.each<[string, string, (urls: readonly string[]) => unknown]>([
		['lines', '={{ $json.urls }}', (urls) => urls.join('\n')],
		['a text with commas', '={{ $json.urls }}', (urls) => urls.join(', ')],
		['a text with semicolons', '={{ $json.urls }}', (urls) => `${urls.join(';')};`],
		['a text with blanks', '={{ $json.urls }}', (urls) => ` ${urls.join(' ')} `],
		['an array', '={{ $json.urls }}', (urls) => urls],
		['JSON', '={{ $json.urls }}', (urls) => JSON.stringify(urls)],
		[
			'attachments of Airtable',
			'={{ $json.urls }}',
			(urls) =>
				urls.map((url, id) => ({ id: `att${id}`, url, filename: 'a.png', type: 'image/png' })),
		],
		['images of ours', '={{ $json.urls }}', (urls) => ({ images: urls.map((url) => ({ url })) })],
		['an item of ours', '={{ $json }}', ([url]) => ({ url })],
	])('%s', async (form, referenceUrls, valueOf) => {
		const urls = await finishedUrls();
		const value = valueOf(urls);
		const json = form === 'an item of ours' ? { url: urls[0] } : { urls: value };

		const { error } = await edit(id, { referenceUrls }, { json: json as never });

		expect(error).toBeUndefined();
		expect(sizes()).toHaveLength(form === 'an item of ours' ? 1 : 2);
	});

	it.each<[string, unknown, string]>([
		['an object without a URL', [{ id: 7 }], '{"id":7}'],
		['a name', 'https://pictures.example/a, b.png\nlogo', '"logo"'],
		['a name behind a URL', 'https://pictures.example/a.png, b.png', '"b.png"'],
		['a number', ['https://pictures.example/a.png', 12], '"12"'],
	])('nothing else: %s stops the item and is named', async (_what, urls, named) => {
		const { error } = await edit(
			id,
			{ referenceUrls: '={{ $json.urls }}' },
			{ json: { urls } as never },
		);

		expect(error?.message).toContain(`${named} in 'Reference URLs'`);
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it('only addresses that the vendor can open', async () => {
		for (const url of [
			'http://localhost:5678/rest/binary-data/signed?token=abc',
			'http://192.168.0.7/a.png',
			'http://[::1]/a.png',
			'https://nas.local/a.png',
			'https://photos.app.goo.gl/abc',
		]) {
			const { error } = await runWorkflow({
				parameters: imageParameters(id, 'edit', { referenceUrls: url }),
				credentials: credentialFor(sandbox, id, { baseUrl: 'https://api.example.com' }),
			});
			expect(error?.message).toMatch(/cannot open "|opens a Google Photos page/);
		}
		expect(sandbox.ledger.requests).toEqual([]);
	});
});

describe.each(vendorCases)('$vendor.displayName: after a form', ({ id }) => {
	it('the only image is taken, with a warning', async () => {
		const bytes = await picture();
		const binary = {
			Product_Photo: { bytes, mediaType: 'image/png' },
			Order: { bytes: Buffer.from('%PDF-1.7'), mediaType: 'application/pdf' },
		};

		const { items, error } = await edit(
			id,
			{ referenceBinaryFields: 'data' },
			{ json: {}, binary },
		);

		expect(error).toBeUndefined();
		expect(sizes()).toEqual([bytes.length]);
		expect(items[0]?.json.warnings).toEqual([
			expect.stringContaining("no field 'data': its only image, in 'Product_Photo', was taken"),
		]);
	});

	it.each([
		['data', ''],
		['photo', ''],
		['photo', 'https://pictures.example/a.png'],
	])(
		'a missing field is named, with those that there are (%s, %s)',
		async (field, referenceUrls) => {
			const file = { bytes: await picture(), mediaType: 'image/png' };

			const { error } = await edit(
				id,
				{ referenceBinaryFields: field, referenceUrls },
				{ json: {}, binary: { Product_Photo: file, Logo: file } },
			);

			expect(error?.message).toContain(
				`The item has no field '${field}'. It has: Product_Photo, Logo`,
			);
			expect(sandbox.ledger.requests).toEqual([]);
		},
	);

	it('a field that was typed is not replaced', async () => {
		const file = { bytes: await picture(), mediaType: 'image/png' };

		const { error } = await edit(
			id,
			{ referenceBinaryFields: 'photo' },
			{ json: {}, binary: { Product_Photo: file } },
		);

		expect(error?.message).toContain("no field 'photo'. It has: Product_Photo");
	});
});

describe.each(vendorCases)('$vendor.displayName: a message says', ({ id, vendor }) => {
	const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');

	it.each<[string, Buffer, RegExp]>([
		[
			'HEIC',
			Buffer.concat([heic, Buffer.alloc(100)]),
			/holds a HEIC image \(n8n has it as image\/jpeg/,
		],
		['a page', Buffer.from('<!DOCTYPE html><html>no</html>'), /holds a web page \(HTML\)/],
		['GIF', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), /holds a GIF image/],
		['nothing', Buffer.alloc(0), /holds nothing \(0 bytes\)/],
	])('what the bytes are: %s', async (_what, bytes, message) => {
		const { error } = await edit(
			id,
			{ referenceBinaryFields: 'data' },
			{ json: {}, binary: { data: { bytes, mediaType: 'image/jpeg', fileName: 'IMG_1.jpg' } } },
		);

		expect(error?.message).toMatch(message);
		expect(error?.message).toContain(`${vendor.displayName} takes PNG, JPEG and WebP`);
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it.each([
		['png', 12],
		['png', -20],
		['jpeg', -2],
		['jpeg', -300],
		['webp', -10],
		['png', 20],
		['jpeg', 3],
		['jpeg', 40],
		['webp', 20],
		['webp', 200],
	] as const)('that a %s file is cut short (%d bytes)', async (format, length) => {
		const whole = await picture(format, 300, 200);
		const bytes = whole.subarray(0, length);

		const { error } = await edit(
			id,
			{ referenceBinaryFields: 'data' },
			{ json: {}, binary: { data: { bytes, mediaType: `image/${format}` } } },
		);

		expect(error?.message).toMatch(
			new RegExp(
				`The field 'data' holds only a part of a (PNG|JPEG|WebP) image .${bytes.length} bytes`,
			),
		);
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it('which file is gone', async () => {
		const { item } = await twoFiles();
		const files = (await storedFiles(item)) as Record<string, { id: string }>;
		const gone = { ...files.back, id: `${files.back?.id.slice(0, -4) ?? ''}0000` };

		const { error } = await edit(
			id,
			{ referenceBinaryFields: '={{ $json.gone }}' },
			{ json: { gone } },
		);

		expect(error?.message).toContain('The file "back.jpg" could not be read');
		expect(sandbox.ledger.requests).toEqual([]);
	});
});

describe('a reference URL that the node itself downloads', () => {
	it('whose host does not exist is told so', async () => {
		const bytes = await picture();

		const { error } = await run(formVendor, {
			parameters: imageParameters(formVendor, 'edit', {
				referenceUrls: 'https://no-such-host.invalid-tld-of-this-test/a.png',
			}),
			items: [{ json: {}, binary: { data: { bytes, mediaType: 'image/png' } } }],
		});

		expect(error?.message).toContain('its address could not be found');
		expect(sandbox.ledger.tasks).toEqual([]);
	});

	it('and is too large has a hint that helps', async () => {
		const bytes = await picture();
		const made = await run(plainVendor, { parameters: imageParameters(plainVendor, 'generate') });
		const url = urlOf(made.items[0]?.json);
		sandbox.faults.add({ fault: 'fileHugeAnnounced', megabytes: 11, vendor: plainVendor });

		const { error } = await run(formVendor, {
			parameters: imageParameters(formVendor, 'edit', { referenceUrls: url }),
			items: [{ json: {}, binary: { data: { bytes, mediaType: 'image/png' } } }],
		});

		expect(error?.message).toContain('is larger than 10 MB');
		expect(error?.description).toContain('Make it smaller');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});
