import {
	readReferences,
	type ReferenceParameter,
} from '../../../nodes/NanoBanana/core/referenceValues';

function read(value: unknown, parameter: ReferenceParameter, fields: readonly string[] = []) {
	const outcome = readReferences(value, parameter, fields);
	if (!outcome.ok) throw new Error(outcome.failure.message);
	return outcome.value;
}

function urlsIn(value: unknown): readonly string[] {
	return read(value, 'Reference URLs').map((each) =>
		each.is === 'url' ? each.url : `(${each.is})`,
	);
}

function fieldsIn(value: unknown, fields?: readonly string[]): readonly string[] {
	return read(value, 'Image Field Name(s)', fields).map((each) => {
		if (each.is === 'field') return each.name;
		if (each.is === 'file') return `file ${each.file.id ?? each.file.base64 ?? '?'}`;
		return each.is === 'url' ? each.url : '*';
	});
}

function refused(value: unknown, parameter: ReferenceParameter) {
	const outcome = readReferences(value, parameter, []);
	if (outcome.ok) throw new Error(`Expected a refusal of ${JSON.stringify(value)}`);
	return outcome.failure;
}

const [a, b, c] = ['https://x.example/a.png', 'https://y.example/b.png', 'http://z.example/c'];

describe('reference URLs', () => {
	it.each<[unknown, readonly string[]]>([
		['', []],
		[' \n ', []],
		[null, []],
		[undefined, []],
		[[null, '', []], []],
		[a, [a]],
		[`${a}\n${b}\r\n\n${c}`, [a, b, c]],
		[`${a}, ${b}`, [a, b]],
		[`${a},${b};${c}`, [a, b, c]],
		[`${a} ${b}\t${c}`, [a, b, c]],
		[`  ${a} ,\n${b};  `, [a, b]],
		[`"${a}", "${b}"`, [a, b]],
		[`'${a}','${b}'`, [a, b]],
		[`<${a}>`, [a]],
		[`\ufeff${a}\u200b`, [a]],
		[
			[a, [b], `${c}\n${a}`],
			[a, b, c, a],
		],
		[JSON.stringify([a, b]), [a, b]],
		[JSON.stringify(a), [a]],
		[JSON.stringify({ url: a }), [a]],
		[{ url: a }, [a]],
		[
			[{ url: a, id: 'att1', filename: 'a.png', type: 'image/png', size: 1 }, { url: b }],
			[a, b],
		],
		[{ url: 'https://x.example/a, b.png' }, ['https://x.example/a, b.png']],
		[{ taskIds: ['t'], images: [{ url: a, fileName: 'a.png' }, { url: b }] }, [a, b]],
		[{ image: { url: a } }, [a]],
		[`${a} and ${b}`, [a, b]],
		[`${a}, and ${b} & ${c}`, [a, b, c]],
		[`${a} | ${b} / ${c}`, [a, b, c]],
		[`${a}|${b}|${c}`, [a, b, c]],
		[`${a} - ${b} + ${c} -> ${a}`, [a, b, c, a]],
		[`${a}，${b}、${c}`, [a, b, c]],
		[`${a}； ${b}، ${c}`, [a, b, c]],
		[`${a}\\n${b}\\r\\n${c}\\n`, [a, b, c]],
		['https:\\/\\/x.example\\/a.png, https:\\/\\/y.example\\/b.png', [a, b]],
		[`<${a}|a.png>`, [a]],
		[`<${a}|the front> <${b}|b.png>`, [a, b]],
		[`${a}${b}`, [a, b]],
		[`${a}\u200b${b}`, [a, b]],
		[{ url: `${a}, ${b}` }, [a, b]],
		[{ url: `${a}|${b}` }, [a, b]],
		[{ url: a, imageUrl: a }, [a]],
		[{ vendor: 'v', taskId: 't', url: a, image: c }, [a]],
		[{ vendor: 'v', taskIds: ['t'], url: c, images: [{ url: a }, { url: b }] }, [a, b]],
		[{ url: a, thumbnails: { small: { url: b } }, width: 5 }, [a]],
	])('%j are %j', (value, expected) => {
		expect(urlsIn(value)).toEqual(expected);
	});

	it.each([
		'https://s3.example/a.png?X-Amz-SignedHeaders=host,range,x&sig=a,b;c',
		'https://x.example/a,b.png',
		'https://cdn.example/fetch/w_100,h_100/https://x.example/a.png',
		'https://proxy.example/?url=https://x.example/a.png',
		'https://x.example/my photo, front.png',
		'https://x.example/my photo (1).png',
		'https://x.example/my photo - front (2).jpeg?sig=a,b;c',
		'https://x.example/my%20photo',
		'https://x.example/?next=a%3Dhttps://y.example/b.png',
		'https://thumbor.example/filters:watermark(https://x.example/l.png,10,0)/https://x.example/b.jpg',
	])('%s stays whole', (url) => {
		expect(urlsIn(url)).toEqual([url]);
		expect(urlsIn(`${a}, ${url}\n${b}`)).toEqual([a, url, b]);
	});

	it('may be data: URIs', () => {
		const uri = 'data:image/png;base64,iVBORw0KGgo=';
		for (const value of [uri, [a, uri], `${a}, ${uri}`, { url: uri }]) {
			expect(read(value, 'Reference URLs').at(-1)).toMatchObject({
				is: 'file',
				file: { mediaType: 'image/png', base64: 'iVBORw0KGgo=' },
			});
		}
	});

	it.each<[unknown, string]>([
		['product.png', `"product.png" in 'Reference URLs' is`],
		[`${a}\nproduct.png`, `"product.png" in 'Reference URLs', entry 2 is`],
		[[a, 7], `"7" in 'Reference URLs', entry 2 is`],
		[[a, true], `true in 'Reference URLs', entry 2 is`],
		[[a, { id: 1 }], `{"id":1} in 'Reference URLs', entry 2 is`],
		[{ url: null }, `{"url":null} in 'Reference URLs' is`],
		[{ images: [] }, `{"images":[]} in 'Reference URLs' is`],
		['[object Object]', `"[object Object]" in 'Reference URLs' is`],
		['data:image/png,abc', `"data:image/png,abc" in 'Reference URLs' is`],
		['www.x.example/a.png', `"www.x.example/a.png" in`],
		['//x.example/a.png', `"//x.example/a.png" in`],
		['/files/a.png', `"/files/a.png" in`],
		['file:///etc/passwd', `"file:///etc/passwd" in`],
		[{ id: 'F1', mimeType: 'image/png', name: 'of Google Drive' }, `{"id":"F1",`],
		[`${a} (front)`, `"(front)" in 'Reference URLs', entry 2 is`],
		[`${a} - the logo`, `"- the logo" in 'Reference URLs', entry 2 is`],
		[`${a}, data`, `"data" in 'Reference URLs', entry 2 is`],
		[`${a},b.png`, `"b.png" in 'Reference URLs', entry 2 is`],
		[`${a} as the front, ${b}`, `"as the front" in 'Reference URLs', entry 2 is`],
		[`${a}?v=1 (front)`, `"(front)" in 'Reference URLs', entry 2 is`],
		[`${c} (front)`, `"(front)" in 'Reference URLs', entry 2 is`],
		[`${c} behind ${a}`, `"behind" in 'Reference URLs', entry 2 is`],
		[`${c}${a}`, `"${c}${a}" in 'Reference URLs' is`],
		[{ url: c, images: [a, b] }, `{"url":`],
		[{ url: c, image: a }, `{"url":`],
		[{ url: a, images: [a, b] }, `{"url":`],
		[{ url: 'https://x.example', image: a }, `{"url":`],
		[{ url: c, image: { url: a } }, `{"url":`],
		[[{ url: c, photo_urls: [a] }], `{"url":`],
	])('%j is refused and named', (value, message) => {
		const failure = refused(value, 'Reference URLs');
		expect(failure.reason).toBe('invalidRequest');
		expect(failure.message.slice(0, message.length)).toBe(message);
		expect(failure.hint).not.toBe('');
	});

	it('that never end are refused', () => {
		const circle: unknown[] = [];
		circle.push(circle);
		expect(refused(circle, 'Reference URLs').message).toContain('is not a reference image');
	});

	it('say how an expression is to be written', () => {
		expect(refused('{{ $json.url }}', 'Reference URLs').hint).toBe(
			'Switch the field to Expression.',
		);
		expect(refused('[object Object]', 'Reference URLs').hint).toContain('one expression');
	});
});

describe('reference fields', () => {
	const stored = {
		mimeType: 'image/png',
		fileName: 'a.png',
		id: 'filesystem-v2:x/y',
		data: 'filesystem-v2',
	};
	const held = { mimeType: 'image/png', data: 'iVBORw0KGgo=' };

	it.each<[unknown, readonly string[]]>([
		['data', ['data']],
		[' data , logo,', ['data', 'logo']],
		['data; logo\nfront side', ['data', 'logo', 'front side']],
		['"data", \'logo\'', ['data', 'logo']],
		[
			['data', ['logo'], null],
			['data', 'logo'],
		],
		['["data","logo"]', ['data', 'logo']],
		['*', ['*']],
		[['*'], ['*']],
		[0, ['0']],
		[stored, ['file filesystem-v2:x/y']],
		[{ ...stored, data: undefined }, ['file filesystem-v2:x/y']],
		[
			[stored, 'data', held],
			['file filesystem-v2:x/y', 'data', 'file iVBORw0KGgo='],
		],
		[held, ['file iVBORw0KGgo=']],
		[{ ...held, data: `data:image/png;base64,${held.data}` }, ['file iVBORw0KGgo=']],
		[{ mimeType: 'image/png', fileType: 'image', fileName: 'x.png' }, ['file ?']],
		[{ data: stored, logo: held }, ['file filesystem-v2:x/y', 'file iVBORw0KGgo=']],
		[{ json: {}, binary: { data: stored } }, ['file filesystem-v2:x/y']],
		[JSON.stringify(stored), ['file filesystem-v2:x/y']],
		[a, [a]],
		[[{ url: a }], [a]],
		[`${a}, data`, [a, 'data']],
		[`${a},data; logo`, [a, 'data', 'logo']],
		[`data, ${a}`, ['data', a]],
		[`logo\n${a}\ndata`, ['logo', a, 'data']],
		[`${a} and ${b}`, [a, b]],
	])('%j are %j', (value, expected) => {
		expect(fieldsIn(value)).toEqual(expected);
	});

	it('may stand behind a URL that says nothing of its end', () => {
		expect(fieldsIn(`${c}?id=5, data,logo`, ['data', 'logo'])).toEqual([
			`${c}?id=5`,
			'data',
			'logo',
		]);
		const signed = `${a}?X-Amz-SignedHeaders=host,range&sig=a,b;c`;
		expect(fieldsIn(signed, ['data'])).toEqual([signed]);
	});

	it('may have a comma in their name', () => {
		expect(fieldsIn('front, side', ['front, side'])).toEqual(['front, side']);
		expect(fieldsIn('front, side', ['front', 'side'])).toEqual(['front', 'side']);
	});

	it.each([[{ id: 'x' }], [{}], [true], [[{ data: 1 }]], [{ mimeType: 'image/png', id: 'F1' }]])(
		'%j is refused and named',
		(value) => {
			const { message } = refused(value, 'Image Field Name(s)');
			expect(message).toMatch(/in 'Image Field Name\(s\)' is not a reference image$/);
		},
	);
});
