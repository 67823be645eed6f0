import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { projectFolder } from '../server/paths';
import type { Figure } from './benchmark';

export const beginMarker = '<!-- bench:start -->';
export const endMarker = '<!-- bench:end -->';

const columns = ['what', 'against', 'measured', 'goal', 'met', 'how', 'on'];

/**
 * The table as the README shows it, each row with the day on which it was measured. Rows of parts that
 * were not measured this time stay as they are in `before`.
 */
export function markdownTable(
	figures: readonly Figure[],
	{ heading, date, before = '' }: { heading: string; date: string; before?: string },
): string {
	const escaped = (text: string): string => text.replaceAll('|', '\\|');
	const newRows = figures.map(({ what, against, goal, measured, isMet, method }) =>
		[what, against, `**${measured}**`, goal, isMet ? 'yes' : 'no', method, date].map(escaped),
	);
	const waiting = new Map(newRows.map((row) => [keyOf(row), row]));
	const rows = rowsIn(before).map((row) => {
		const newer = waiting.get(keyOf(row)) ?? row;
		waiting.delete(keyOf(row));
		return newer;
	});
	const lines = [columns, columns.map(() => '---'), ...rows, ...waiting.values()];
	return [heading, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

function keyOf([what, against]: readonly string[]): string {
	return JSON.stringify([what, against]);
}

/** The cells of a table's rows, without its head. */
function rowsIn(document: string): readonly string[][] {
	const lines = document.split('\n').filter((line) => line.startsWith('| '));
	return lines.slice(2).map((line) =>
		line
			.slice(1, line.lastIndexOf('|'))
			.split(/(?<!\\)\|/)
			.map((cell) => cell.trim()),
	);
}

function betweenMarkers(document: string): string {
	return document.slice(document.indexOf(beginMarker), document.indexOf(endMarker));
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

/** Writes what was measured into the README's table, formatted as the rest of it. */
export async function writeReadme(
	figures: readonly Figure[],
	heading: string,
	isWhole: boolean,
): Promise<void> {
	const file = join(projectFolder, 'README.md');
	const document = readFileSync(file, 'utf8');
	const date = new Date().toISOString().slice(0, 10);
	const before = isWhole ? '' : betweenMarkers(document);
	const table = markdownTable(figures, { heading, date, before });
	const options = await resolveConfig(file);
	const written = await format(replaceBetweenMarkers(document, table), {
		...options,
		filepath: file,
	});
	writeFileSync(file, written);
}
