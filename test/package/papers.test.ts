import path from 'node:path';

import { filesBelow } from '../architecture/sources';
import { defaultBaseUrl } from '../live/keyTest';
import { liveVendors } from '../live/vendors';
import { anchorsOf, deadLink, papers, read, relativeLinks } from './markdown';

const vendorPages = filesBelow('docs/vendors');

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
		const { repository } = JSON.parse(read('package.json')) as { repository: { url: string } };
		const page = repository.url.replace(/^git\+|\.git$/g, '');
		const codex = filesBelow('nodes/NanoBanana').filter((file) => file.endsWith('.node.json'));
		const ofNodes = codex.flatMap((file) =>
			[...read(file).matchAll(/"url": *"([^"]+)"/g)].map(([, url = '']) => url),
		);
		expect(ofNodes.length).toBeGreaterThanOrEqual(2 * codex.length);
		expect(ofNodes.filter((url) => !url.startsWith(page))).toEqual([]);
		// A credential leads to the page of its vendor, which the next tests look at, or to one of ours.
		const ofCredentials = liveVendors.map(({ credential }) => credential.documentationUrl ?? '');
		for (const url of [...ofNodes, ...ofCredentials.filter((each) => each.startsWith(page))]) {
			const target = url.slice(page.length).replace(/^\/blob\/main\//, '');
			if (target === '#readme') continue;
			expect(deadLink('README.md', target)).toBeUndefined();
		}
	});
});

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
