import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { iconViolations, packageViolations, type PackageJson } from './architecture/packageRules';
import {
	bannedWordViolations,
	importCircles,
	importViolations,
	vendorIdViolations,
} from './architecture/rules';
import {
	filesBelow,
	foldersIn,
	projectFolder,
	sourcesBelow,
	type Source,
} from './architecture/sources';

const sources = [...sourcesBelow('nodes', '.ts'), ...sourcesBelow('credentials', '.ts')];
const vendorIds = foldersIn('nodes/NanoBanana/vendors');
const packageJson = JSON.parse(
	readFileSync(path.join(projectFolder, 'package.json'), 'utf8'),
) as PackageJson;

function source(file: string, text: string): Source {
	return { path: file, text };
}

function readSvg(file: string): string | undefined {
	const svg = path.join(projectFolder, file);
	return existsSync(svg) ? readFileSync(svg, 'utf8') : undefined;
}

interface Described {
	readonly name?: string;
	readonly icon?: unknown;
	readonly test?: unknown;
	readonly documentationUrl?: string;
	readonly properties?: ReadonlyArray<{ readonly name: string; readonly default: unknown }>;
	readonly description?: { readonly name: string; readonly icon?: unknown };
}

/** The classes that n8n makes instances of. */
function instancesOf(ending: string): ReadonlyArray<readonly [string, Described]> {
	return sources
		.filter(({ path: file }) => file.endsWith(ending))
		.map(({ path: file }) => {
			// eslint-disable-next-line @typescript-eslint/no-require-imports -- as n8n loads it
			const exported = require(path.join(projectFolder, file)) as Record<
				string,
				new () => Described
			>;
			const className = path.basename(file).replace(ending, '');
			const described = exported[className];
			if (described === undefined) throw new Error(`${file} exports no class ${className}`);
			return [file, new described()] as const;
		});
}

describe('who may import whom', () => {
	it('is kept by every source file', () => {
		expect(sources.length).toBeGreaterThan(0);
		expect(sources.flatMap(importViolations)).toEqual([]);
	});

	it.each([
		['core', 'core/a.ts', "import { sleep } from 'n8n-workflow';"],
		['core', 'core/a.ts', "import { z } from 'zod';"],
		['core', 'core/a.ts', "import type { X } from '../platform/http';"],
		['core', 'core/a.ts', "import { vendors } from '../vendors';"],
		['core', 'core/a.ts', "export * from '../vendors/one';"],
		['core', 'core/a.ts', "import { readFile } from 'node:fs/promises';"],
		['core', 'core/a.ts', "type X = import('node:stream').Readable;"],
		['core', 'core/a.ts', "const x = await import('axios');"],
		['core', 'core/a.ts', "const x = require('axios');"],
		['vendor', 'vendors/one/index.ts', "import { other } from '../two';"],
		['vendor', 'vendors/one/index.ts', "import { other } from '../two/response';"],
		['vendor', 'vendors/one/index.ts', "import { vendors } from '..';"],
		['vendor', 'vendors/one/index.ts', "import { vendors } from '../index';"],
		['vendor', 'vendors/one/index.ts', "import type { IDataObject } from 'n8n-workflow';"],
		['vendor', 'vendors/one/index.ts', "import { clock } from '../../platform/clock';"],
		['registry', 'vendors/index.ts', "import type { IDataObject } from 'n8n-workflow';"],
		['registry', 'vendors/index.ts', "import { clock } from '../platform/clock';"],
		['platform', 'platform/a.ts', "import { vendors } from '../vendors';"],
		['platform', 'platform/a.ts', "import { one } from '../vendors/one';"],
		['platform', 'platform/a.ts', "import type { Run } from '../engine/run';"],
		['platform', 'platform/a.ts', "import axios from 'axios';"],
		['panel', 'panel/a.ts', "import { clock } from '../platform/clock';"],
		['panel', 'panel/a.ts', "import { one } from '../vendors/one';"],
		['panel', 'panel/a.ts', "import { operations } from '../operations';"],
		['engine', 'engine/a.ts', "import { z } from 'zod';"],
		['engine', 'engine/a.ts', "import { prompt } from '../panel/parameters';"],
		['engine', 'engine/a.ts', "import type { Operation } from '../operations/operation';"],
		['engine', 'engine/a.ts', "import { one } from '../vendors/one';"],
		['operations', 'operations/a.ts', "import { z } from 'zod';"],
		['operations', 'operations/a.ts', "import { NanoBanana } from '../NanoBanana.node';"],
		['node', 'NanoBanana.node.ts', "import { vendors } from './vendors';"],
		['node', 'NanoBanana.node.ts', "import { stopped } from './core/stop';"],
		['node', 'NanoBananaTrigger.node.ts', "import { NanoBanana } from './NanoBanana.node';"],
	])('is broken by %s: %s with %s', (_zone, file, text) => {
		expect(importViolations(source(`nodes/NanoBanana/${file}`, text))).toHaveLength(1);
	});

	it.each([
		['credentials/OneApi.credentials.ts', "import { one } from '../nodes/NanoBanana/vendors/one';"],
		['nodes/NanoBanana/helpers/a.ts', 'export const a = 1;'],
		['nodes/NanoBanana/utils.ts', 'export const a = 1;'],
		['nodes/Other/Other.node.ts', 'export const a = 1;'],
	])('is broken by %s with %s', (file, text) => {
		expect(importViolations(source(file, text))).toHaveLength(1);
	});

	it.each([
		['nodes/NanoBanana/core/a.ts', "import type { Clock } from './clock';"],
		[
			'nodes/NanoBanana/vendors/one/index.ts',
			"import { z } from 'zod'; import { a } from './request'; import { b } from '../../core/task';",
		],
		[
			'nodes/NanoBanana/vendors/index.ts',
			"import { one } from './one'; import type { ImageVendor } from '../core/vendor';",
		],
		[
			'nodes/NanoBanana/platform/a.ts',
			"import { sleep } from 'n8n-workflow'; import { b } from '../core/task'; import './b';",
		],
		[
			'nodes/NanoBanana/engine/a.ts',
			"import { vendors } from '../vendors'; import { clock } from '../platform/clock'; import { b } from './b';",
		],
		[
			'nodes/NanoBanana/operations/a.ts',
			"import { vendors } from '../vendors'; import { submit } from '../engine/submit'; import { p } from '../panel/p';",
		],
		[
			'nodes/NanoBanana/NanoBanana.node.ts',
			"import { runOperation } from './operations'; import { p } from './panel/p'; import { resume } from './engine/resume';",
		],
		[
			'credentials/OneApi.credentials.ts',
			"import type { ICredentialType } from 'n8n-workflow'; import './keyTest';",
		],
	])('is kept by %s with %s', (file, text) => {
		expect(importViolations(source(file, text))).toEqual([]);
	});
});

describe('circles of imports', () => {
	it('are nowhere, those of types included', () => {
		expect(importCircles(sources)).toEqual([]);
	});

	it('are found, however long they are and whatever is imported', () => {
		const ofFiles = (...texts: readonly string[]) =>
			importCircles(
				texts.map((text, index) => source(`nodes/NanoBanana/core/${'abc'[index] ?? ''}.ts`, text)),
			);
		expect(ofFiles("import './b';", "import type { C } from './c';", 'export {};')).toEqual([]);
		expect(ofFiles("import { b } from './b';", "import type { A } from './a';")).toHaveLength(1);
		expect(
			ofFiles("import { b } from './b';", "import './c';", "type A = import('./a').A;"),
		).toEqual([['a', 'b', 'c'].map((name) => `nodes/NanoBanana/core/${name}`).join(' → ')]);
		expect(ofFiles("import './a';")).toHaveLength(1);
	});
});

describe('the id of a vendor', () => {
	it('stands only in its own folders and its credential', () => {
		expect(vendorIds.length).toBeGreaterThan(0);
		expect(sources.flatMap((file) => vendorIdViolations(file, vendorIds))).toEqual([]);
	});

	it('stands in no test but those of its own folder', () => {
		const tests = [...sourcesBelow('test', '.ts'), ...sourcesBelow('test', 'js')];
		expect(tests.length).toBeGreaterThan(200);
		expect(tests.flatMap((file) => vendorIdViolations(file, vendorIds))).toEqual([]);
	});

	it.each([
		['nodes/NanoBanana/engine/run.ts', "if (vendor === 'two') stop();"],
		['nodes/NanoBanana/engine/run.ts', 'switch (id) { case `two`: break; }'],
		['nodes/NanoBanana/engine/run.ts', "const credentials = [{ name: 'twoApi' }];"],
		['nodes/NanoBanana/engine/run.ts', 'const url = `/${base}/two/${path}`;'],
		['nodes/NanoBanana/descriptions/a.ts', "const show = { '/vendor': ['two'] };"],
		['nodes/NanoBanana/descriptions/a.ts', 'const is = /^two$/.test(id);'],
		['nodes/NanoBanana/core/a.ts', 'const expression = \'={{ $json.vendor === "two" }}\';'],
		['nodes/NanoBanana/vendors/one/index.ts', "export const other = 'two';"],
		['credentials/OneApi.credentials.ts', "const name = 'twoApi';"],
		['test/engine/a.test.ts', "const parameters = imageParameters('two', 'generate');"],
		['test/sandbox/faults.ts', "if (vendor === 'two') return;"],
		['test/vendors/one/facts.ts', "const facts = { id: 'two' };"],
		['test/vendors/roles.ts', "export const cancelingVendor = 'two';"],
	])('is found in %s: %s', (file, text) => {
		expect(vendorIdViolations(source(file, text), ['one', 'two'])).toHaveLength(1);
	});

	it.each([
		[
			'nodes/NanoBanana/vendors/two/index.ts',
			"export const two = { id: 'two', credentialType: 'twoApi' };",
		],
		[
			'nodes/NanoBanana/vendors/index.ts',
			"import { two } from './two'; export const vendors = [two];",
		],
		['credentials/TwoApi.credentials.ts', "const name = 'twoApi';"],
		['test/vendors/two/facts.ts', "const facts = { id: 'two' };"],
		['test/vendors/index.ts', "import { two } from './two'; const known = [two];"],
		['nodes/NanoBanana/core/a.ts', "const text = 'twofold networks'; // two"],
	])('is no finding in %s: %s', (file, text) => {
		expect(vendorIdViolations(source(file, text), ['one', 'two'])).toEqual([]);
	});
});

describe('timers, globals and any', () => {
	it('are in no source file', () => {
		expect(sources.flatMap(bannedWordViolations)).toEqual([]);
	});

	it.each([
		'setTimeout(() => {}, 5);',
		'const wait = setInterval;',
		'const key = process.env.KEY;',
		"const timer = globalThis['setTimeout'];",
		'const x: any = 1;',
		'const x = y as any;',
		'function f(list: any[]): void {}',
		'type X = Record<string, any>;',
		"const fs = require('fs');",
		'const here = __dirname;',
		"const run = new Function('return 1');",
	])('are found: %s', (text) => {
		expect(bannedWordViolations(source('nodes/NanoBanana/core/a.ts', text)).length).toBeGreaterThan(
			0,
		);
	});

	it.each([
		"const text = 'setTimeout, process and any';",
		'// process any globalThis',
		'task.process = 1;',
		'const anything: unknown = { process: 1 };',
	])('are no finding: %s', (text) => {
		expect(bannedWordViolations(source('nodes/NanoBanana/core/a.ts', text))).toEqual([]);
	});
});

describe('package.json', () => {
	it('matches the files and brings nothing along', () => {
		const files = [...filesBelow('nodes'), ...filesBelow('credentials')];
		expect(packageViolations(packageJson, files)).toEqual([]);
	});

	const good: PackageJson = {
		license: 'MIT',
		keywords: ['n8n-community-node-package'],
		files: ['dist'],
		peerDependencies: { 'n8n-workflow': '*' },
		n8n: {
			n8nNodesApiVersion: 1,
			credentials: ['dist/credentials/OneApi.credentials.js'],
			nodes: ['dist/nodes/One/One.node.js'],
		},
	};
	const files = ['credentials/OneApi.credentials.ts', 'nodes/One/One.node.ts', 'nodes/One/a.ts'];

	it('is good like this', () => {
		expect(packageViolations(good, files)).toEqual([]);
	});

	it.each<[string, Partial<PackageJson>, readonly string[]]>([
		['a runtime dependency', { dependencies: { axios: '1' } }, files],
		['an optional dependency', { optionalDependencies: { sharp: '1' } }, files],
		['bundled dependencies', { bundledDependencies: ['zod'] }, files],
		['another peer', { peerDependencies: { 'n8n-workflow': '*', zod: '3' } }, files],
		['no peer', { peerDependencies: {} }, files],
		['a credential without a file', {}, files.slice(1)],
		['a credential that is not listed', {}, [...files, 'credentials/TwoApi.credentials.ts']],
		['a node that is not listed', {}, [...files, 'nodes/One/OneTrigger.node.ts']],
		['another API version', { n8n: { ...good.n8n, n8nNodesApiVersion: 2 } }, files],
		['no keyword', { keywords: [] }, files],
		['more files', { files: ['dist', 'test'] }, files],
		['another licence', { license: 'ISC' }, files],
	])('is refused with %s', (_name, changes, sourceFiles) => {
		expect(packageViolations({ ...good, ...changes }, sourceFiles)).toHaveLength(1);
	});
});

describe('icons', () => {
	const described = [...instancesOf('.node.ts'), ...instancesOf('.credentials.ts')];

	it.each(described.map(([file, instance]) => [file, instance] as const))(
		'%s has a light and a dark one of its own',
		(file, instance) => {
			const icon = instance.description?.icon ?? instance.icon;
			expect(iconViolations(file, icon, readSvg)).toEqual([]);
		},
	);

	it('are all used, and no two vendors share one', () => {
		const used = described.flatMap(([, instance]) =>
			Object.values((instance.description?.icon ?? instance.icon) as Record<string, string>),
		);
		const names = new Set(used.map((reference) => path.basename(reference)));
		expect([...names].sort()).toEqual(
			filesBelow('icons')
				.map((file) => path.basename(file))
				.sort(),
		);
	});

	const square =
		'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M0 0"/></svg>';
	const icon = { light: 'file:../icons/a.svg', dark: 'file:../icons/b.svg' };

	it.each<[string, unknown, Readonly<Record<string, string>>]>([
		['none at all', undefined, {}],
		['one for both', 'file:../icons/a.svg', { 'icons/a.svg': square }],
		['no dark one', icon, { 'icons/a.svg': square }],
		['no file', { ...icon, dark: 'fa:star' }, { 'icons/a.svg': square }],
		['two that are alike', icon, { 'icons/a.svg': square, 'icons/b.svg': square }],
		[
			'one that is not square',
			icon,
			{ 'icons/a.svg': square, 'icons/b.svg': square.replace('64 64', '64 32') },
		],
		[
			'one that loads something',
			icon,
			{
				'icons/a.svg': square,
				'icons/b.svg': square.replace('<path', '<image href="https://x.example/a.png"/><path'),
			},
		],
		[
			'one that is large',
			icon,
			{ 'icons/a.svg': square, 'icons/b.svg': square.replace('M0 0', 'M0 0'.repeat(2_000)) },
		],
	])('%s: found', (_name, value, files) => {
		const found = iconViolations('credentials/AApi.credentials.ts', value, (file) => files[file]);
		expect(found).toHaveLength(1);
	});
});

describe('credentials', () => {
	const credentials = instancesOf('.credentials.ts');

	it('there is one for each vendor', () => {
		const types = credentials.map(([, { name }]) => name).sort();
		expect(types).toEqual(vendorIds.map((id) => `${id}Api`).sort());
	});

	it.each(credentials)('%s has key, base URL, documentation and a test', (_file, instance) => {
		expect(instance.properties?.map(({ name }) => name)).toEqual(['apiKey', 'baseUrl']);
		expect(instance.properties?.[1]?.default).toMatch(/^https:\/\/[^/]+$/);
		expect(instance.documentationUrl).toMatch(/^https:\/\//);
		expect(instance.test).toBeDefined();
	});
});
