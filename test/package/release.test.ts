import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { projectFolder } from '../architecture/sources';
import { read } from './markdown';

const codexFiles = ['NanoBanana.node.json', 'NanoBananaTrigger.node.json'].map(
	(name) => `nodes/NanoBanana/${name}`,
);
const page = 'https://github.com/banana-people/n8n-nodes-nano-banana-vendors';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'nano-banana-vendors-release-'));
	mkdirSync(path.join(folder, 'nodes', 'NanoBanana'), { recursive: true });
	for (const file of ['package.json', 'CHANGELOG.md', ...codexFiles]) {
		cpSync(path.join(projectFolder, file), path.join(folder, file));
	}
});

afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

function check(): { readonly code: number | null; readonly output: string } {
	const script = path.join(projectFolder, 'scripts', 'check-release.mjs');
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], {
		encoding: 'utf8',
		env: { ...process.env, NODE_OPTIONS: '' },
	});
	return { code: status, output: `${stdout}${stderr}` };
}

function write(file: string, text: string): void {
	writeFileSync(path.join(folder, file), text);
}

type Manifest = Record<string, unknown>;

function changeManifest(changes: Manifest): void {
	const file = path.join(folder, 'package.json');
	const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
	write('package.json', JSON.stringify({ ...manifest, ...changes }));
}

const filled: Manifest = {
	version: '0.2.0',
	private: undefined,
	author: { name: 'Ada Banana', email: 'ada@banana-people.org' },
	repository: { type: 'git', url: `git+${page}.git` },
	homepage: `${page}#readme`,
	bugs: { url: `${page}/issues` },
};
const changelog =
	'# Changelog\n\n## [0.2.0] - 2026-12-01\n\n- Everything.\n\n## [0.1.0]\n\n- First.\n';

/** All that an owner fills in. */
function fillIn(changes: Manifest = {}): void {
	changeManifest({ ...filled, ...changes });
	write('CHANGELOG.md', changelog);
	for (const file of codexFiles) {
		write(file, read(file).replace(/https:\/\/github\.com\/[^/]+\/[^/#"]+/g, page));
	}
}

it('refuses the placeholders of this repository, with a list of what to fill in', () => {
	const { code, output } = check();
	expect(code).toBe(1);
	for (const missing of ['author.name', 'author.email', 'repository.url', '"private"', 'links']) {
		expect(output).toContain(missing);
	}
	expect(output).not.toContain(' at ');
});

it('accepts a package with everything filled in', () => {
	fillIn();
	expect(check()).toEqual({ code: 0, output: 'Nothing is missing for a release.\n' });
});

it('accepts an author in one line', () => {
	fillIn({ author: 'Ada Banana <ada@banana-people.org> (https://banana-people.org)' });
	expect(check().code).toBe(0);
});

it.each<[string, Manifest, string]>([
	['no name', { author: { name: ' ', email: 'ada@banana-people.org' } }, 'author.name'],
	['no e-mail', { author: 'Ada Banana' }, 'author.email'],
	['the placeholder of an e-mail', { author: { name: 'A', email: 'a@b.example' } }, 'author.email'],
	['no repository', { repository: undefined }, 'repository.url'],
	['another homepage', { homepage: 'https://github.com/banana-people/other#readme' }, 'homepage'],
	['a placeholder in bugs', { bugs: { url: 'https://github.com/OWNER/x/issues' } }, 'bugs.url'],
	['another version than the changelog', { version: '0.3.0' }, '"## [0.3.0] - <date>"'],
	['what npm does not publish', { private: true }, '"private"'],
])('refuses %s', (_name, changes, words) => {
	fillIn(changes);
	const { code, output } = check();
	expect(code).toBe(1);
	expect(output).toContain(words);
	expect(output.match(/^- /gm)?.length).toBeLessThanOrEqual(3);
});

it.each([
	['no date', '## [0.2.0]\n\n- Everything.\n', 'the date of version 0.2.0'],
	['nothing to tell', '## [0.2.0] - 2026-12-01\n\n## [0.1.0]\n\n- First.\n', 'what version 0.2.0'],
])('refuses a changelog with %s', (_name, text, words) => {
	fillIn();
	write('CHANGELOG.md', text);
	expect(check()).toMatchObject({ code: 1, output: expect.stringContaining(words) as string });
});

it('refuses links of the editor to another repository', () => {
	fillIn();
	write(codexFiles[0]!, read(codexFiles[0]!));
	expect(check()).toMatchObject({
		code: 1,
		output: expect.stringContaining(codexFiles[0]!) as string,
	});
});

it('runs when the package is published, and not when it is packed', () => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
	expect(scripts['check:release']).toBe('node scripts/check-release.mjs');
	expect(scripts.prepublishOnly).toBe(scripts['check:release']);
	expect(scripts.prepack).not.toContain('release');
	const steps = read('.github/workflows/publish.yml');
	expect(steps.indexOf('npm run check:release')).toBeGreaterThan(0);
	expect(steps.indexOf('npm run check:release')).toBeLessThan(steps.indexOf('npm publish'));
});
