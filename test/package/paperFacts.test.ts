import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import {
	errorCodes,
	reasons,
	type Failure,
	type Reason,
} from '../../nodes/NanoBanana/core/failure';
import type { OrderSettings } from '../../nodes/NanoBanana/core/order';
import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import { maxImagesOfItem, maxNumberOfImages, modelNames } from '../../nodes/NanoBanana/core/words';
import { modelsOf } from '../../nodes/NanoBanana/panel/modelChoices';
import { itemForAgent } from '../../nodes/NanoBanana/platform/agentTool';
import type { StoredImage } from '../../nodes/NanoBanana/platform/downloadImage';
import type { NodeContext } from '../../nodes/NanoBanana/platform/nodeContext';
import { toErrorItem } from '../../nodes/NanoBanana/platform/nodeErrors';
import {
	itemPerImage,
	itemPerInput,
	ownFields,
	type ImageResults,
	type Succeeded,
	type TaskResult,
} from '../../nodes/NanoBanana/platform/outputItems';
import { vendors } from '../../nodes/NanoBanana/vendors';
import type { PackageJson } from '../architecture/packageRules';
import { filesBelow, projectFolder, sourcesBelow } from '../architecture/sources';
import { resultsFile } from '../bench/resultsPage';
import { codeBlocks, papers, quotedNames, read, tableRows, withoutCode } from './markdown';

/** A parameter or an option: n8n shows it several times where its choices depend on the vendor. */
interface Shown {
	readonly names: Set<string>;
	readonly values: Set<string>;
	readonly defaults: Set<string>;
}

/** The text for the model of an agent, and the collection itself. */
const notForPeople = ['toolDescription', 'options'];
const unshown = ['notice', 'hidden', 'credentials'];

/** By the name that saved workflows hold. */
function shownIn(properties: readonly INodeProperties[], into = new Map<string, Shown>()) {
	for (const property of properties) {
		if (property.type === 'collection') {
			shownIn((property.options ?? []) as INodeProperties[], into);
		}
		if (unshown.includes(property.type) || notForPeople.includes(property.name)) continue;
		const shown = into.get(property.name) ?? {
			names: new Set(),
			values: new Set(),
			defaults: new Set(),
		};
		into.set(property.name, shown);
		shown.names.add(property.displayName.replace(/ \(Seconds\)$/, ''));
		shown.defaults.add(defaultInWords(property.default));
		if (property.type === 'collection') continue;
		for (const option of property.options ?? []) {
			if ('value' in option) shown.values.add(String(option.value));
		}
	}
	return into;
}

function defaultInWords(value: unknown): string {
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return Array.isArray(value) || value === '' ? 'none' : String(value);
}

/** Rows "label | `name` | text with the default in bold" of a page. */
function parameterRows(page: string) {
	return tableRows(read(page)).flatMap(([label = '', quoted = '', text = '']) => {
		const name = /^`(\w+)`$/.exec(quoted)?.[1];
		return name === undefined ? [] : [{ label: label.replace(/^Options → | ◆$/g, ''), name, text }];
	});
}

describe.each([
	['docs/parameters.md', new NanoBanana().description.properties],
	['docs/callbacks.md', new NanoBananaTrigger().description.properties],
])('the parameters in %s', (page, properties) => {
	const shown = shownIn(properties);
	const rows = parameterRows(page);

	it('are all that the panel has, and no others', () => {
		const named = rows.map(({ name }) => name);
		const chosen = page === 'docs/parameters.md' ? ['resource', 'operation'] : [];
		expect([...named, ...chosen].sort()).toEqual([...shown.keys()].sort());
	});

	it.each(rows)('$name has the label, the values and the default of the panel', (row) => {
		const { names, values, defaults } = shown.get(row.name)!;
		expect([...names]).toContain(row.label);
		// Ratios are told once for all fields.
		const listed = [...values].filter((value) => !value.includes(':'));
		for (const value of listed) expect(quotedNames(row.text)).toContain(value);
		const bold = /\*\*`?([^*`]+)`?\*\*/.exec(row.text)?.[1];
		if (bold === undefined) expect(listed).toEqual([]);
		else expect([...defaults]).toContain(bold);
	});
});

it('docs/parameters.md names each ratio and each operation', () => {
	const names = quotedNames(read('docs/parameters.md'));
	const shown = shownIn(new NanoBanana().description.properties);
	for (const parameter of ['aspectRatio', 'resource', 'operation']) {
		for (const value of shown.get(parameter)?.values ?? []) expect(names).toContain(value);
	}
});

it('the papers tell the limits of the code', () => {
	expect(read('docs/parameters.md')).toContain(`**\`1\`** to ${maxNumberOfImages} `);
	expect(read('docs/batches.md')).toContain(`at most ${maxImagesOfItem} images`);
});

it('docs/errors.md lists exactly the codes of the code, in its order', () => {
	const listed = tableRows(read('docs/errors.md')).flatMap(
		([cell = '']) => /^`(\w+)`$/.exec(cell)?.[1] ?? [],
	);
	expect(listed.filter((code) => code !== 'code')).toEqual([...errorCodes]);
});

it('docs/errors.md quotes messages that the node has', () => {
	const sources = [...sourcesBelow('nodes', '.ts'), ...sourcesBelow('credentials', '.ts')]
		.map(({ text }) => text)
		.join('\n');
	const rows = tableRows(read('docs/errors.md'));
	const first = rows.findIndex(([head]) => head === 'the message says');
	expect(first).toBeGreaterThan(0);
	const quoted = rows
		.slice(first + 1)
		.flatMap(([message = '']) => message.split(/…|·/))
		.map((part) => part.trim().replace(/^"|"$/g, ''))
		.filter((part) => part.length > 7);
	expect(quoted.length).toBeGreaterThan(10);
	expect(quoted.filter((part) => !sources.includes(part))).toEqual([]);
});

/** The vendors in the head of a table. */
function vendorsOf(head: readonly string[] = []): readonly ImageVendor[] {
	return head.slice(1).flatMap((cell) => {
		const name = /^\[(.*)\]/.exec(cell)?.[1];
		return vendors.find(({ displayName }) => displayName === name) ?? [];
	});
}

describe('the table of vendors', () => {
	const shortName = (model: keyof typeof modelNames) =>
		modelNames[model].replace(/^Nano Banana (?=.)/, '');
	const references = (vendor: ImageVendor): string => {
		const { maxReferences = 14 } = vendor.models.nanoBananaPro ?? {};
		return `${maxReferences}`;
	};
	const cost = ({ costs }: ImageVendor): string => {
		if (costs === undefined) return 'not reported';
		return costs.isToldBySubmit ? costs.unit : `${costs.unit}, at the end`;
	};
	const abilities = (vendor: ImageVendor): string =>
		[
			...(vendor.getBalance === undefined ? [] : ['balance']),
			...(vendor.callback === undefined ? [] : ['callbacks']),
			...(vendor.cancelTask === undefined ? [] : ['cancel']),
		].join(', ');
	const rows = tableRows(read('README.md'));
	const start = rows.findIndex(([, first = '']) => first.includes('docs/vendors/'));
	const columns = vendorsOf(rows[start]);
	const rowOf = <Cell>(cell: (vendor: ImageVendor) => Cell) => columns.map(cell);
	const expected = {
		Models: rowOf((vendor) =>
			modelsOf(vendor)
				.map(([id]) => shortName(id))
				.join(', '),
		),
		Sizes: rowOf((vendor) => (vendor.models.nanoBananaPro?.resolutions ?? []).join(' ')),
		'References, at most': rowOf(references),
		'Your files': rowOf(({ references: { delivery } }) =>
			delivery === 'url' ? 'need a public n8n' : 'sent directly',
		),
		'Cost in the item': rowOf(cost),
		Also: rowOf(abilities),
	};

	it('in the README has a column for each vendor, and six rows with the facts of the code', () => {
		expect(new Set(columns)).toEqual(new Set(vendors));
		// The default comes first.
		expect(columns[0]).toBe(vendors[0]);
		const six = rows.slice(start + 1, start + 7);
		expect(Object.fromEntries(six.map(([name = '', ...cells]) => [name, cells]))).toEqual(expected);
	});

	it('in docs/vendors.md has the same vendors, IDs and models', () => {
		const all = tableRows(read('docs/vendors.md'));
		const cellsOf = (name: string) => all.find(([first = '']) => first.startsWith(name))?.slice(1);
		expect(vendorsOf(all[0])).toEqual(columns);
		expect(cellsOf('`vendor`')).toEqual(rowOf(({ id }) => `\`${id}\``));
		expect(cellsOf('Models')).toEqual(expected.Models);
		expect(cellsOf('Images per task')).toEqual(
			rowOf(({ maxImagesInTask: most }) => (most === 1 ? '1' : `up to ${most}`)),
		);
		expect(cellsOf('Get Balance')).toEqual(
			rowOf(({ getBalance }) => (getBalance === undefined ? 'no' : 'yes')),
		);
		const calls = cellsOf('[Calls n8n back]') ?? [];
		expect(calls.map((cell) => cell !== 'no')).toEqual(
			rowOf(({ callback }) => callback !== undefined),
		);
		const cancel = cellsOf('Cancel a task') ?? [];
		expect(cancel.map((cell) => cell !== 'no')).toEqual(
			rowOf(({ cancelTask }) => cancelTask !== undefined),
		);
		const safe = cellsOf('Safe to submit twice') ?? [];
		expect(safe.map((cell) => cell !== 'no')).toEqual(
			rowOf(({ submitIsIdempotent }) => submitIsIdempotent),
		);
		const sizes = cellsOf('Size of one file') ?? [];
		expect(sizes).toEqual(
			rowOf(({ references: { maxBytes } }) =>
				maxBytes === undefined ? 'not published' : `${maxBytes / 1_000_000} MB`,
			),
		);
	});

	it('gives every other page the vendors with an ability by name', () => {
		const able = (has: (vendor: ImageVendor) => boolean) =>
			vendors.filter(has).map(({ displayName }) => displayName);
		for (const [page, words, has] of [
			['docs/cost.md', 'Get Balance', (vendor) => vendor.getBalance !== undefined],
			['docs/cost.md', 'with the submit:', (vendor) => vendor.costs?.isToldBySubmit === true],
			['docs/callbacks.md', 'can call n8n', (vendor) => vendor.callback !== undefined],
		] as ReadonlyArray<readonly [string, string, (vendor: ImageVendor) => boolean]>) {
			const line = withoutCode(read(page))
				.split('\n')
				.find((each) => each.includes(words));
			const named = vendors.filter(({ displayName }) => line?.includes(displayName) === true);
			expect(named.map(({ displayName }) => displayName)).toEqual(able(has));
		}
	});
});

describe('the papers name', () => {
	const { scripts = {} } = JSON.parse(read('package.json')) as PackageJson;

	it.each(papers)('only commands that exist: %s', (file) => {
		const named = [...read(file).matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map(
			([, name = '']) => name,
		);
		expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
	});

	it.each(['CONTRIBUTING.md', ...filesBelow('docs/dev')])('only files that exist: %s', (file) => {
		const isFile = (name: string) =>
			/^(test|core|engine|panel|platform|operations|docs|scripts|examples|nodes|credentials|\.github)\/[\w./-]+$/.test(
				name,
			);
		const named = quotedNames(read(file)).filter(isFile);
		const places = ['', 'nodes/NanoBanana', 'test/bench'];
		const missing = named.filter((name) =>
			places.every((place) =>
				['', '.ts'].every(
					(ending) => !existsSync(path.join(projectFolder, place, `${name}${ending}`)),
				),
			),
		);
		expect(missing).toEqual([]);
	});
});

it('the figures of the README and of the summary stand in the table of the benchmarks', () => {
	const page = read(resultsFile);
	const rows = tableRows(page);
	const figureOf = (what: string, against: string, pattern: RegExp) => {
		const row = rows.find((cells) => cells[1] === what && cells[2]?.startsWith(against) === true);
		const found = pattern.exec(row?.[3] ?? '');
		if (found === null)
			throw new Error(`No row "${what}" against "${against}" with ${pattern.source}`);
		return found.slice(1);
	};
	const [atOnce = ''] = figureOf('20 images, 20 at once: wall time', 'the longest', /([\d.]+) ×/);
	const [oneByOne = ''] = figureOf('20 images: wall time', 'one item after', /([\d.]+) ×/);
	const [ours = '', theirs = ''] = figureOf(
		'20 images of 25 MB: peak memory above idle',
		'a node that reads',
		/\((\d+ MB) against (\d+ MB)\)/,
	);
	expect(read('README.md')).toContain(`${Math.round((Number(atOnce) - 1) * 100)} % longer`);
	expect(page).toContain(`take ${atOnce} times as long`);
	expect(page).toContain(`they take ${Math.round(Number(oneByOne))} times as long`);
	expect(page).toContain(`need ${ours}.`);
	expect(page).toContain(`needs ${theirs}.`);
});

describe('samples of JSON', () => {
	const samplesOf = (file: string): readonly Sample[] =>
		codeBlocks(read(file))
			.filter(({ language }) => language === 'json')
			.map(({ text }) => JSON.parse(text) as Sample);
	const all = papers.flatMap((file) => samplesOf(file).map((sample) => ({ file, sample })));
	const fieldsOf = (value: unknown) => Object.keys(value as Sample);

	it('of an image have the fields of a real item, in their order', () => {
		const ofImages = all.filter(({ sample }) => 'taskId' in sample);
		expect(ofImages.length).toBeGreaterThanOrEqual(2);
		for (const { sample } of ofImages) {
			const vendor = vendorIn(sample);
			const { json } = itemPerImage(shortItem, vendor, resultOf(sample, sample));
			expect(fieldsOf(sample)).toEqual(fieldsOf(json));
			expect(sample).toEqual(json);
		}
	});

	it('of all images of an item have the fields of a real item, in their order', () => {
		const ofInputs = all.filter(({ sample }) => 'taskIds' in sample);
		expect(ofInputs.length).toBeGreaterThanOrEqual(1);
		for (const { sample } of ofInputs) {
			const results = (sample.images as Sample[]).map((image, index) =>
				resultOf({ ...sample, ...image, taskId: (sample.taskIds as string[])[index] }, image),
			);
			const { json } = itemPerInput(shortItem, vendorIn(sample), results);
			expect(fieldsOf(sample)).toEqual(fieldsOf(json));
			expect(sample).toEqual(json);
		}
	});

	it('of a failed item have the fields of a real one, in their order', () => {
		const failedOnes = all.filter(({ sample }) => 'error' in sample && 'product' in sample);
		expect(failedOnes.length).toBeGreaterThanOrEqual(1);
		for (const { sample } of failedOnes) {
			const error = sample.error as Sample;
			const failure: Failure = {
				reason: error.code as Reason,
				message: String(error.message).replace(/ \[item 0\]$/, ''),
				hint: String(error.hint),
				taskId: String(error.taskId),
				task: 'running',
			};
			const context = { getNode: () => ({}) } as NodeContext;
			const { error: _ofSample, ...input } = sample;
			const { json } = toErrorItem(context, failure, 0, vendorIn(error), {
				json: input as IDataObject,
			});
			const shown = json.error as Sample;
			expect(fieldsOf(error)).toEqual(fieldsOf(shown));
			const [attempt] = error.attempts as Sample[];
			const [real] = shown.attempts as Sample[];
			expect(fieldsOf(attempt)).toEqual(fieldsOf(real));
			expect({ ...error, attempts: [] }).toEqual({ ...shown, attempts: [] });
			expect(error.hint).toBe(reasons[failure.reason].hint);
		}
	});

	it('of an agent have the fields that it gets, in their order', () => {
		const [answer, failure] = samplesOf('docs/agents.md');
		const signedUrl = 'https://n8n.example.com/rest/binary-data/signed?token=…';
		const context = { helpers: { createBinarySignedUrl: () => signedUrl } } as never;
		const [sample] = answer as unknown as readonly [Sample];
		const { signedUrl: _ofN8n, ...item } = sample;
		const binary = { data: { id: 'stored', data: '', mimeType: 'image/webp' } };
		const { json } = itemForAgent(context, { json: item as IDataObject, binary });
		expect(JSON.stringify(sample)).toBe(JSON.stringify(json));
		const error = itemForAgent(context, { json: failure as IDataObject });
		expect(JSON.stringify(failure)).toBe(JSON.stringify(error.json));
	});

	it('stand beside a list of all fields that an item can have', () => {
		const listed = tableRows(read('docs/output.md')).flatMap(([cell = '']) => quotedNames(cell));
		const elsewhere = ['taskIds', 'images', 'signedUrl', 'balance', 'error'];
		expect([...listed, ...elsewhere].sort()).toEqual([...ownFields].sort());
	});
});

type Sample = Readonly<Record<string, unknown>>;

function vendorIn({ vendor }: Sample): ImageVendor {
	const found = vendors.find(({ id }) => id === vendor);
	if (found === undefined) throw new Error(`No vendor "${String(vendor)}"`);
	return found;
}

const shortItem: ImageResults = {
	itemIndex: 0,
	operation: 'generate',
	settings: { binaryField: 'data', simplify: true, includeInputFields: false } as OrderSettings,
	results: [],
};

/** A result as the engine would have it, for what a sample shows. */
function resultOf(task: Sample, image: Sample): Succeeded {
	const { taskId, state, prompt, aspectRatio, cost } = task as Sample & TaskResult;
	return {
		ok: true,
		task: {
			taskId,
			state,
			prompt,
			aspectRatio,
			...(cost === undefined ? {} : { cost }),
			model: null,
			resolution: null,
			polls: 1,
			warnings: [],
		},
		image: {
			index: 0,
			url: image.url as string,
			stored: {
				binary: { data: '', mimeType: 'image/png' },
				fileName: image.fileName,
				width: image.width,
				height: image.height,
			} as StoredImage,
		},
	};
}
