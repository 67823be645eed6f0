import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { filesBelow, projectFolder } from '../architecture/sources';

/** All papers that people read, from the project's folder. */
export const papers: readonly string[] = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	...filesBelow('docs').filter((file) => file.endsWith('.md')),
];

/** The text of a file of the project. */
export function read(file: string): string {
	return readFileSync(path.join(projectFolder, file), 'utf8');
}

/** The text without its blocks of code. */
export function withoutCode(text: string): string {
	return text.replace(/^```[^]*?^```$/gm, '');
}

export interface CodeBlock {
	readonly language: string;
	readonly text: string;
}

/** The blocks of code of a text. */
export function codeBlocks(text: string): readonly CodeBlock[] {
	return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', block = '']) => ({
		language,
		text: block,
	}));
}

/** The cells of all tables of a text, a list for each row, heads among them. */
export function tableRows(text: string): ReadonlyArray<readonly string[]> {
	return withoutCode(text)
		.split('\n')
		.filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
		.map((line) =>
			line
				.replace(/^\||\|$/g, '')
				.split(/(?<!\\)\|/)
				.map((cell) => cell.trim()),
		);
}

/** The texts within single backticks. */
export function quotedNames(text: string): readonly string[] {
	return [...withoutCode(text).matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
}

/** The targets of all links and images that are not on another host. */
export function relativeLinks(text: string): readonly string[] {
	const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(
		([, target = '']) => target,
	);
	return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a text's headings, as GitHub names them. */
export function anchorsOf(text: string): ReadonlySet<string> {
	const anchors = new Set<string>();
	for (const [, heading = ''] of withoutCode(text).matchAll(/^#+ (.+)$/gm)) {
		const slug = heading
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replace(/\s/g, '-');
		let anchor = slug;
		for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
		anchors.add(anchor);
	}
	return anchors;
}

/** What is wrong with a link in a file of the project; undefined: nothing. */
export function deadLink(file: string, target: string): string | undefined {
	const [place = '', anchor] = target.split('#');
	const linked = place === '' ? file : path.posix.join(path.posix.dirname(file), place);
	const words = `${file} → ${target}`;
	if (linked.startsWith('..') || !exists(linked)) return `${words}: there is no such file`;
	if (anchor === undefined) return undefined;
	return anchorsOf(read(linked)).has(anchor) ? undefined : `${words}: there is no such heading`;
}

function exists(file: string): boolean {
	return existsSync(path.join(projectFolder, file));
}
