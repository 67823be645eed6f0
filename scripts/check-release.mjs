import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main } from './lib/main.mjs';
import { projectFolder } from './lib/paths.mjs';

/** What an owner replaces before the first release. */
const placeholders = ['OWNER', '.example', 'Nano Banana Vendors contributors', 'example.com'];

/** Their links open in the editor of n8n, so they must lead to the public repository. */
const codexFiles = ['NanoBanana.node.json', 'NanoBananaTrigger.node.json'];

await main(async () => {
	const folder = resolve(process.argv[2] ?? projectFolder);
	const missing = missingIn(folder);
	if (missing.length > 0) {
		const list = missing.map((line) => `- ${line}`).join('\n');
		throw new Error(`This package is not ready to be published. Fill in:\n${list}`);
	}
	console.log('Nothing is missing for a release.');
});

/**
 * What has to be filled in before this folder can be published.
 * @param {string} folder
 * @returns {string[]}
 */
function missingIn(folder) {
	const manifest = JSON.parse(read(folder, 'package.json'));
	return [
		...personOf(manifest.author),
		...addressesOf(manifest),
		...(manifest.private === true ? ['package.json: remove "private"'] : []),
		...changelogEntry(read(folder, 'CHANGELOG.md'), String(manifest.version)),
		...codexLinks(folder, pageOf(manifest.repository?.url)),
	];
}

/**
 * @param {unknown} author in one of the two forms that npm takes
 * @returns {string[]}
 */
function personOf(author) {
	const text = typeof author === 'string' ? author : '';
	const { name, email } =
		typeof author === 'object' && author !== null
			? author
			: { name: text.replace(/[<(].*/, '').trim(), email: /<([^>]*)>/.exec(text)?.[1] };
	return [
		...(isFilled(name) ? [] : ['package.json: author.name']),
		...(isFilled(email) && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)
			? []
			: ['package.json: author.email']),
	];
}

/**
 * @param {{ repository?: { url?: unknown }, homepage?: unknown, bugs?: { url?: unknown } }} manifest
 * @returns {string[]}
 */
function addressesOf({ repository, homepage, bugs }) {
	const page = pageOf(repository?.url);
	if (page === undefined) {
		return ['package.json: repository.url, then homepage and bugs.url of the same repository'];
	}
	return [
		...(isFilled(homepage) && isWithin(homepage, page)
			? []
			: [`package.json: homepage, below ${page}`]),
		...(isFilled(bugs?.url) && isWithin(bugs.url, page)
			? []
			: [`package.json: bugs.url, below ${page}`]),
	];
}

/**
 * The web page of a repository; undefined where it is missing or a placeholder.
 * @param {unknown} url
 * @returns {string | undefined}
 */
function pageOf(url) {
	if (!isFilled(url)) return undefined;
	return /^(?:git\+)?(https:\/\/[^/\s]+\/[^/\s]+\/[^/\s]+?)(?:\.git)?$/.exec(url)?.[1];
}

/**
 * @param {string} text
 * @param {string} version
 * @returns {string[]}
 */
function changelogEntry(text, version) {
	const lines = text.split('\n');
	const head = lines.findIndex((line) => line.startsWith(`## [${version}]`));
	if (head < 0) return [`CHANGELOG.md: an entry "## [${version}] - <date>"`];
	const end = lines.findIndex((line, index) => index > head && line.startsWith('## '));
	const entry = lines.slice(head + 1, end < 0 ? undefined : end);
	return [
		...(/\] - \d{4}-\d{2}-\d{2}$/.test(lines[head].trim())
			? []
			: [`CHANGELOG.md: the date of version ${version}, as in "## [${version}] - 2026-01-31"`]),
		...(entry.some((line) => line.startsWith('- '))
			? []
			: [`CHANGELOG.md: what version ${version} brings`]),
	];
}

/**
 * @param {string} folder
 * @param {string | undefined} page of the repository
 * @returns {string[]}
 */
function codexLinks(folder, page) {
	return codexFiles.flatMap((name) => {
		const file = `nodes/NanoBanana/${name}`;
		if (!existsSync(join(folder, file))) return [`${file}: is missing`];
		const links = [...read(folder, file).matchAll(/"url": *"([^"]+)"/g)].map(([, url]) => url);
		const isRight = links.every((url) => page !== undefined && isWithin(url, page));
		return isRight ? [] : [`${file}: links, below ${page ?? 'the page of the repository'}`];
	});
}

/**
 * @param {string} url
 * @param {string} page
 */
function isWithin(url, page) {
	return url === page || url.startsWith(`${page}/`) || url.startsWith(`${page}#`);
}

/**
 * Whether somebody has filled it in.
 * @param {unknown} value
 * @returns {value is string}
 */
function isFilled(value) {
	return (
		typeof value === 'string' &&
		value.trim() !== '' &&
		!placeholders.some((placeholder) => value.includes(placeholder))
	);
}

/**
 * @param {string} folder
 * @param {string} file
 */
function read(folder, file) {
	return readFileSync(join(folder, file), 'utf8');
}
