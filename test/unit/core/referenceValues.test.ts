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
	])('%j are %j', (value, expected) => {
		expect(urlsIn(value)).toEqual(expected);
	});

	it.each([
		'https://s3.example/a.png?X-Amz-SignedHeaders=host,range,x&sig=a,b;c',
		'https://x.example/a,b.png',
		'https://cdn.example/fetch/w_100,h_100/https://x.example/a.png',
		'https://proxy.example/?url=https://x.example/a.png',
		'https://x.example/my photo, front.png',
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
	])('%j are %j', (value, expected) => {
		expect(fieldsIn(value)).toEqual(expected);
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
