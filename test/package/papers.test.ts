import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { filesBelow, projectFolder } from '../architecture/sources';
import { defaultBaseUrl } from '../live/keyTest';
import { liveVendors } from '../live/vendors';

function read(file: string): string {
	return readFileSync(path.join(projectFolder, file), 'utf8');
}

const pages = filesBelow('docs/vendors');

it.each(liveVendors)('$id has a page that the README links, with facts as in the code', (live) => {
	const page = pages.find((file) => read(file).includes(`\`${live.id}\``)) ?? '';
	const text = read(page);
	expect(read('README.md')).toContain(`](${page})`);
	expect(text).toContain(`\`${defaultBaseUrl(live.credential)}\``);
	expect(text).toContain(`](${live.credential.documentationUrl ?? ''})`);
	expect(text).toContain(`npm run check:vendor -- ${live.id} `);
	expect(text).toContain('## Never verified live');
});

it('has no page of a vendor that is not there', () => {
	expect(pages).toHaveLength(liveVendors.length);
});

it.each(['README.md', 'CONTRIBUTING.md', ...pages])('%s links only what exists', (file) => {
	const targets = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
		([, target]) => target,
	);
	for (const target of targets) {
		expect(existsSync(path.join(projectFolder, path.dirname(file), target ?? ''))).toBe(true);
	}
});
