import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { projectFolder } from '../server/paths';
import type { Figure } from './benchmark';

export const beginMarker = '<!-- bench:start -->';
export const endMarker = '<!-- bench:end -->';

/** The table as the README shows it. */
export function markdownTable(figures: readonly Figure[], heading: string): string {
	const cell = (text: string): string => text.replaceAll('|', '\\|');
	const rows = figures.map(({ what, against, goal, measured, isMet, method }) =>
		[what, against, `**${measured}**`, goal, isMet ? 'yes' : 'no', method].map(cell).join(' | '),
	);
	return [
		heading,
		'',
		'| what | against | measured | goal | met | how |',
		'| --- | --- | --- | --- | --- | --- |',
		...rows.map((row) => `| ${row} |`),
	].join('\n');
}

/** Puts a text between the two markers in place of what stands there. */
export function replaceBetweenMarkers(document: string, text: string): string {
	const begin = document.indexOf(beginMarker);
	const end = document.indexOf(endMarker);
	if (begin < 0 || end < begin) {
		throw new Error(`The README has no ${beginMarker} … ${endMarker}`);
	}
	return `${document.slice(0, begin + beginMarker.length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** Writes the newest table into the README, formatted as the rest of it. */
export async function writeReadme(figures: readonly Figure[], heading: string): Promise<void> {
	const file = join(projectFolder, 'README.md');
	const table = markdownTable(figures, heading);
	const document = replaceBetweenMarkers(readFileSync(file, 'utf8'), table);
	const options = await resolveConfig(file);
	writeFileSync(file, await format(document, { ...options, filepath: file }));
}
