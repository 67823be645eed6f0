import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { projectFolder } from '../server/paths';
import type { Figure } from './benchmark';

export const resultsFile = 'docs/benchmarks.md';
export const beginMarker = '<!-- bench:start -->';
export const endMarker = '<!-- bench:end -->';

const columns = ['#', 'what', 'against', 'measured', 'goal', 'met', 'on'];

/** A row as the page keeps it: the cells without the number, and how it was measured. */
interface Row {
	readonly cells: readonly string[];
	readonly method: string;
}

/**
 * The table as the page shows it, each row with the day on which it was measured, and below it how. Rows
 * of parts that were not measured this time stay as they are in `before`.
 */
export function resultsText(
	figures: readonly Figure[],
	{ heading, date, before = '' }: { heading: string; date: string; before?: string },
): string {
	const escaped = (text: string): string => text.replaceAll('|', '\\|');
	const newRows = figures.map(({ what, against, goal, measured, isMet, method }): Row => ({
		cells: [what, against, `**${measured}**`, goal, isMet ? 'yes' : 'no', date].map(escaped),
		method,
	}));
	const waiting = new Map(newRows.map((row) => [keyOf(row), row]));
	const kept = rowsIn(before).map((row) => {
		const newer = waiting.get(keyOf(row)) ?? row;
		waiting.delete(keyOf(row));
		return newer;
	});
	const rows = [...kept, ...waiting.values()];
	const table = [
		columns,
		columns.map(() => '---'),
		...rows.map(({ cells }, index) => [`${index + 1}`, ...cells]),
	].map((cells) => `| ${cells.join(' | ')} |`);
	return [heading, '', ...table, '', 'How each row is measured:', '', ...methodsOf(rows)].join(
		'\n',
	);
}

/** One line for each way of measuring, with the numbers of its rows. */
function methodsOf(rows: readonly Row[]): readonly string[] {
	const numbers = new Map<string, number[]>();
	for (const [index, { method }] of rows.entries()) {
		numbers.set(method, [...(numbers.get(method) ?? []), index + 1]);
	}
	return [...numbers].map(([method, ofRows]) => `- **${ofRows.join(', ')}:** ${method}`);
}

function keyOf({ cells: [what, against] }: Row): string {
	return JSON.stringify([what, against]);
}

/** The rows of a table, without its head, and how each was measured. */
function rowsIn(document: string): readonly Row[] {
	const lines = document.split('\n');
	const methods = new Map<string, string>();
	for (const line of lines) {
		const [, numbers = '', method = ''] = /^- \*\*([\d, ]+):\*\* (.*)$/.exec(line) ?? [];
		for (const number of numbers.split(', ')) methods.set(number, method);
	}
	const table = lines.filter((line) => line.startsWith('| ')).slice(2);
	return table.map((line) => {
		const [number = '', ...cells] = line
			.slice(1, line.lastIndexOf('|'))
			.split(/(?<!\\)\|/)
			.map((cell) => cell.trim());
		return { cells, method: methods.get(number) ?? '' };
	});
}

function betweenMarkers(document: string): string {
	return document.slice(document.indexOf(beginMarker), document.indexOf(endMarker));
}

/** Puts a text between the two markers in place of what stands there. */
export function replaceBetweenMarkers(document: string, text: string): string {
	const begin = document.indexOf(beginMarker);
	const end = document.indexOf(endMarker);
	if (begin < 0 || end < begin) {
		throw new Error(`${resultsFile} has no ${beginMarker} … ${endMarker}`);
	}
	return `${document.slice(0, begin + beginMarker.length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** Writes what was measured into the page of the benchmarks, formatted as the rest of it. */
export async function writeResults(
	figures: readonly Figure[],
	heading: string,
	isWhole: boolean,
): Promise<void> {
	const file = join(projectFolder, resultsFile);
	const document = readFileSync(file, 'utf8');
	const date = new Date().toISOString().slice(0, 10);
	const before = isWhole ? '' : betweenMarkers(document);
	const text = resultsText(figures, { heading, date, before });
	const options = await resolveConfig(file);
	const written = await format(replaceBetweenMarkers(document, text), {
		...options,
		filepath: file,
	});
	writeFileSync(file, written);
}
