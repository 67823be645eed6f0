import { imagesOf, severalImagesIn } from '../../../nodes/NanoBanana/core/imageSources';
import { inlineImage, withoutImages } from '../../../nodes/NanoBanana/core/inlineImage';
import { checkedImages } from '../../../nodes/NanoBanana/core/resultUrls';
import { cleanText, shortened } from '../../../nodes/NanoBanana/core/text';
import { gif } from '../../images';
import { picture } from '../../engine/harness/pictures';

const url = 'https://files.example/1.png';
let base64: string;

beforeAll(async () => {
	base64 = (await picture()).toString('base64');
});

describe('where the images of an answer are', () => {
	it.each<[string, unknown]>([
		['a list', [url]],
		['a text', url],
		['an object', { url }],
		['objects', [{ url }, { href: `${url}?2` }, { image_url: { url: `${url}?3` } }]],
		['JSON in a text', JSON.stringify([url])],
		['a file of Gemini', [{ fileData: { fileUri: url, mimeType: 'image/png' } }]],
	])('%s', (_name, value) => {
		expect(imagesOf(value)[0]).toEqual({ url });
		expect(imagesOf(value)).toHaveLength(Array.isArray(value) ? value.length : 1);
	});

	it.each<[string, (content: string) => unknown]>([
		['b64_json', (content) => [{ b64_json: content }]],
		['image_base64', (content) => ({ image_base64: content })],
		['inlineData', (content) => [{ inlineData: { mimeType: 'image/png', data: content } }]],
		['inline_data', (content) => [{ inline_data: { mime_type: 'image/png', data: content } }]],
		['bytesBase64Encoded', (content) => [{ bytesBase64Encoded: content }]],
		['a data: URI', (content) => [`data:image/png;base64,${content}`]],
		['a data: URI of no type', (content) => [{ url: `data:;base64,${content}` }]],
		['a list of base64', (content) => [content]],
	])('%s', (_name, valueOf) => {
		const found = checked(imagesOf(valueOf(base64)));
		expect(found).toEqual([{ url: '', content: base64 }]);
	});

	it.each<[string, (content: string) => unknown]>([
		['beside an empty list', (content) => ({ urls: [], image_base64: content })],
		['anywhere in the result', (content) => ({ a: { b: [{ c: content }] } })],
		[
			'in the parts of Gemini',
			(content) => ({
				candidates: [{ content: { parts: [{ text: 'Here' }, { inlineData: { data: content } }] } }],
			}),
		],
	])('%s', (_name, resultOf) => {
		expect(checked(imagesOf([], resultOf(base64)))).toEqual([{ url: '', content: base64 }]);
	});

	it.each<[string, (content: string) => unknown]>([
		['a URL', () => url],
		['a URL without a scheme', () => 'files.example/1.png'],
		['a data: URI', (content) => `data:image/png;base64,${content}`],
		['a list', () => [url]],
		['a list in a text', () => JSON.stringify([url])],
		['an object in a text', () => JSON.stringify({ urls: [url] })],
		['JSON that was encoded twice', () => JSON.stringify(JSON.stringify({ resultUrls: [url] }))],
		['a text of JSON within', () => ({ answer: JSON.stringify({ images: [{ url }] }) })],
		['sizes', () => ({ urls: { thumb: `${url}?t`, original: 'https://files.example/1' } })],
		['a host without a scheme', () => ({ url: 'files.example/1.png' })],
		['a signed URL', () => ({ signed_url: url })],
		['a list of any name', () => ({ finished: [url] })],
		['a list under `data`', () => ({ data: ['https://files.example/1'] })],
		['the words of a result', () => ({ output: `Here it is: ![a](${url})` })],
	])('the result itself: %s', (_name, resultOf) => {
		const found = checked(imagesOf(undefined, resultOf(base64)));
		expect(found).toHaveLength(1);
		expect(found[0]?.content ?? found[0]?.url).toMatch(/^(?:https:\/\/files\.example\/1|iVBOR)/);
	});

	it.each<[string, unknown]>([
		['an id', [{ image: 'img_123', url }]],
		['an address of a bucket', [{ uri: 'gs://bucket/1.png', url }]],
		['a media type', [{ data: 'image/png', url }]],
		['a path of the server', [{ src: '/tmp/1.png', url }]],
		['an object with an id', [{ image: { data: 'x' }, url }]],
	])('beside %s', (_name, value) => {
		expect(imagesOf(value)).toEqual([{ url }]);
		expect(imagesOf(undefined, { results: value })).toEqual([{ url }]);
	});

	it.each<[string, unknown]>([
		['pages', { citations: ['https://wiki.example/bananas', 'https://maps.example/1'] }],
		['a reference', { reference_urls: [url], source_image: url, inputImages: [url], mask: url }],
		['the request in a text', { param: JSON.stringify({ input: { image_input: [url] } }) }],
		['other addresses', { status_url: url, callback_url: url, urls: { get: url, cancel: url } }],
		['words', ['n/a', 'see https://files.example/terms']],
	])('not in %s', (_name, result) => {
		expect(imagesOf(undefined, result)).toEqual([]);
	});

	it('a better name comes first, however deep', () => {
		const result = { links: [`${url}?source`], parts: [{ inlineData: { data: base64 } }] };
		expect(checked(imagesOf(undefined, result))).toEqual([{ url: '', content: base64 }]);
	});

	it.each<[unknown, number]>([
		[{ images: [{ url }, { url: `${url}?2` }] }, 2],
		[[url, `${url}?2`, `${url}?3`], 3],
		[JSON.stringify({ resultUrls: [url, `${url}?2`] }), 2],
		[{ parts: [{ text: 'Two' }, { image_url: url }, { image_url: `${url}?2` }] }, 2],
		[{ url, download_url: `${url}?d`, preview: { url: `${url}?p` } }, 0],
		[{ images: [{ url, download_url: `${url}?d` }] }, 0],
		[{ input: { image_urls: [url, `${url}?2`] } }, 0],
	])('several of %j: %i', (value, count) => {
		expect(severalImagesIn(value)).toHaveLength(count);
	});

	it('but not in the request that the answer repeats', () => {
		const result = { input: { image_input: [base64], prompt: url }, params: { images: [url] } };
		expect(imagesOf([], result)).toEqual([]);
	});

	it.each([undefined, null, '', 7, true, {}, [], [{}], [null], { data: {} }, '[', '{"urls":'])(
		'nowhere in %j',
		(value) => {
			expect(imagesOf(value, value)).toEqual([]);
		},
	);

	it('and they are not looked for without end', () => {
		let nested: unknown = { url };
		for (let depth = 0; depth < 1_000; depth++) nested = [nested];
		expect(imagesOf(nested, nested)).toEqual([]);
	});
});

function checked(images: ReturnType<typeof imagesOf>) {
	return checkedImages(images, 'https://api.example/base', 'https://api.example/base/v1/tasks/t1');
}

describe('addresses that are not whole', () => {
	it.each([
		['/files/1.png', 'https://api.example/files/1.png'],
		['files/1.png', 'https://api.example/files/1.png'],
		['./1.png', 'https://api.example/base/v1/tasks/1.png'],
		['../1.png?a=b', 'https://api.example/base/v1/1.png?a=b'],
		['//cdn.example/1.png', 'https://cdn.example/1.png'],
		['cdn.example/1.png', 'https://cdn.example/1.png'],
		['cdn.example:8443/1.png', 'https://cdn.example:8443/1.png'],
		['cdn.example/files/r 1.png', 'https://cdn.example/files/r%201.png'],
		[' https://cdn.example/1.png\n', 'https://cdn.example/1.png'],
		['HTTPS://CDN.example/1.png', 'https://cdn.example/1.png'],
	])('%j is %s', (text, expected) => {
		expect(checked([{ url: text }])).toEqual([{ url: expected }]);
	});

	it.each([
		'javascript:alert(1)',
		'file:///etc/passwd',
		'data:text/html,<script>alert(1)</script>',
		'data:image/png;base64,bm90IGFuIGltYWdl',
		'//169.254.169.254/latest/meta-data/',
		'169.254.169.254/latest/meta-data/',
		'localhost:5678/rest/settings',
		'[::1]/x.png',
		'//user:secret@cdn.example/x.png',
		'\\\\10.0.0.5\\share\\x.png',
		'http://cdn.example/1.png',
		'I cannot draw this',
	])('%j is refused', (text) => {
		expect(checked([{ url: text }])).toEqual([{ url: '', refusal: expect.any(String) }]);
	});
});

describe('the bytes of an image', () => {
	it('are known in every writing', () => {
		const lines = base64.replace(/.{76}/g, '$&\r\n');
		const ofUrls = base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
		for (const text of [base64, lines, ofUrls, `image/png;base64,${base64}`, ` ${base64}\n`]) {
			const content = inlineImage(text) ?? '';
			expect(Buffer.from(content, 'base64').equals(Buffer.from(base64, 'base64'))).toBe(true);
		}
		const percent = [...gif(3, 2)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
		expect(Buffer.from(inlineImage(`data:image/gif,${percent}`) ?? '', 'base64')).toEqual(
			gif(3, 2),
		);
	});

	it.each([
		'',
		'iVBORw0KGgo=',
		'https://files.example/iVBORw0KGgo.png',
		'/9j/files/4AAQSkZJRgABAQAAAQABAAD.jpg',
	])('are not in %j', (text) => {
		expect(inlineImage(text)).toBeUndefined();
	});

	it('do not stand in what is shown', () => {
		const nested = JSON.stringify({ resultUrls: [`data:image/png;base64,${base64}`] });
		const escaped = JSON.stringify({ images: [base64] }).replaceAll('/', '\\/');
		const shown = JSON.stringify([
			shortened({ b64_json: base64, resultJson: nested, escaped, list: [{ data: base64 }] }),
			cleanText(`Here it is: ![image](data:image/png;base64,${base64})`),
			withoutImages(`before ${base64} behind`),
		]);
		expect(shown).not.toMatch(/[A-Za-z0-9+/]{30}/);
		expect(shown).toContain('before [image] behind');
	});

	it('are the only long texts that go', () => {
		const token = Buffer.from('a long token that is not an image at all, but long').toString(
			'base64',
		);
		expect(withoutImages(token)).toBe(token);
		expect(shortened({ url: `${url}?signature=${token}` })).toEqual({
			url: `${url}?signature=${token}`,
		});
	});
});
