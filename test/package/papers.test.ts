import { existsSync } from 'node:fs';
import path from 'node:path';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import { errorCodes } from '../../nodes/NanoBanana/core/failure';
import { vendors } from '../../nodes/NanoBanana/vendors';
import type { PackageJson } from '../architecture/packageRules';
import { filesBelow, projectFolder, sourcesBelow } from '../architecture/sources';
import { defaultBaseUrl } from '../live/keyTest';
import { liveVendors } from '../live/vendors';
import {
	anchorsOf,
	codeBlocks,
	deadLink,
	papers,
	quotedNames,
	read,
	relativeLinks,
	tableRows,
	withoutCode,
} from './markdown';

const packageJson = JSON.parse(read('package.json')) as PackageJson & {
	readonly repository: { readonly url: string };
};
const vendorPages = filesBelow('docs/vendors');
const devPages = ['CONTRIBUTING.md', ...filesBelow('docs/dev')];

describe('sizes', () => {
	const most = (file: string): number | undefined => {
		if (file === 'README.md') return 12_000;
		if (file === 'CONTRIBUTING.md') return 10_000;
		return file.startsWith('docs/') ? 8_000 : undefined;
	};

	it.each(papers)('%s can be read in one sitting', (file) => {
		expect(Buffer.byteLength(read(file))).toBeLessThanOrEqual(
			most(file) ?? Number.POSITIVE_INFINITY,
		);
	});
});

describe('links', () => {
	it.each(papers)('%s leads only to files and headings that exist', (file) => {
		const dead = relativeLinks(read(file)).flatMap((target) => deadLink(file, target) ?? []);
		expect(dead).toEqual([]);
	});

	it('lead to every page, from the README on', () => {
		const found = new Set(['README.md']);
		for (const file of found) {
			for (const target of relativeLinks(read(file))) {
				const [place = ''] = target.split('#');
				const linked = path.posix.join(path.posix.dirname(file), place);
				if (papers.includes(linked)) found.add(linked);
			}
		}
		expect(papers.filter((file) => !found.has(file))).toEqual([]);
	});

	it('use every picture', () => {
		const used = papers.flatMap((file) =>
			relativeLinks(read(file)).map((target) => path.posix.join(path.posix.dirname(file), target)),
		);
		expect(filesBelow('docs/images').filter((picture) => !used.includes(picture))).toEqual([]);
	});

	it('are found dead without their file, their heading or their place in the project', () => {
		expect(deadLink('docs/money.md', 'none.md')).toContain('no such file');
		expect(deadLink('docs/money.md', 'errors.md#none')).toContain('no such heading');
		expect(deadLink('docs/money.md', '#none')).toContain('no such heading');
		expect(deadLink('README.md', '../package.json')).toContain('no such file');
		expect(deadLink('docs/money.md', '../README.md#quick-start')).toBeUndefined();
		const names = anchorsOf('# A → b\n## `Code`, and more\n## A b\n## A b\n```\n# no\n```\n');
		expect([...names]).toEqual(['a--b', 'code-and-more', 'a-b', 'a-b-1']);
	});

	it('from the editor of n8n lead to pages and headings of this repository', () => {
		const page = packageJson.repository.url.replace(/^git\+|\.git$/g, '');
		const codex = filesBelow('nodes/NanoBanana').filter((file) => file.endsWith('.node.json'));
		expect(codex).toHaveLength(2);
		const links = codex.flatMap((file) =>
			[...read(file).matchAll(/"url": *"([^"]+)"/g)].map(([, url = '']) => url),
		);
		expect(links.length).toBeGreaterThanOrEqual(4);
		for (const url of [...links, ...liveVendors.map(documentationUrlOf)]) {
			if (links.includes(url)) expect(url.startsWith(`${page}`)).toBe(true);
			else if (!url.startsWith(page)) continue;
			const [place = '', anchor = 'readme'] = url.slice(page.length).split('#');
			if (place === '' && anchor === 'readme') continue;
			const target = `${place.replace('/blob/main/', '')}${url.includes('#') ? `#${anchor}` : ''}`;
			expect(deadLink('README.md', target)).toBeUndefined();
		}
	});
});

function documentationUrlOf({ credential }: (typeof liveVendors)[number]): string {
	return credential.documentationUrl ?? '';
}

describe('the pages of the vendors', () => {
	it.each(liveVendors)('$id has one that the README links, with facts as in the code', (live) => {
		const page = vendorPages.find((file) => read(file).includes(`\`${live.id}\``)) ?? '';
		const text = read(page);
		expect(read('README.md')).toContain(`](${page})`);
		expect(text).toContain(`\`${defaultBaseUrl(live.credential)}\``);
		expect(text).toContain(`](${live.credential.documentationUrl ?? ''})`);
		expect(text).toContain(`npm run check:vendor -- ${live.id} `);
		expect(text).toContain('## Never verified live');
	});

	it('are those of the vendors that are there', () => {
		expect(vendorPages).toHaveLength(liveVendors.length);
	});
});
