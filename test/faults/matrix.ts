import { faultNames, vendorIds, type FaultName } from '../sandbox';
import { testedVendor } from '../vendors';
import type { Verdict } from './judge';

const legend =
	'Cells of each fault, over all operations: ok = the picture (state, balance) came, e = the right error, ' +
	'? = "may have been taken", ! = wrong.';

export interface Totals {
	readonly cells: number;
	readonly wrong: number;
	readonly charged: number;
	readonly lost: number;
	readonly duplicates: number;
	readonly keysOutside: number;
}

export function totalsOf(verdicts: readonly Verdict[]): Totals {
	const sum = (valueOf: (verdict: Verdict) => number) =>
		verdicts.reduce((total, verdict) => total + valueOf(verdict), 0);
	return {
		cells: verdicts.length,
		wrong: sum(({ problems }) => (problems.length > 0 ? 1 : 0)),
		charged: sum(({ charged }) => charged),
		lost: sum(({ lost }) => lost),
		duplicates: sum(({ duplicates }) => duplicates),
		keysOutside: sum(({ keysOutside }) => keysOutside),
	};
}

/** The matrix and its totals as text: a row a fault, a column a vendor. */
export function renderMatrix(title: string, verdicts: readonly Verdict[]): string {
	const rows = faultNames.map((fault) => [fault, ...columnsOf(fault, verdicts)]);
	const lines = [
		[
			'',
			...vendorIds.map((vendor) =>
				testedVendor(vendor).credential.displayName.replace(/ API$/, '').slice(0, 15),
			),
		],
		...rows,
	].map((columns) =>
		columns
			.map((text, column) => text.padEnd(column === 0 ? 26 : 16))
			.join('')
			.trimEnd(),
	);
	const { cells, wrong, charged, lost, duplicates, keysOutside } = totalsOf(verdicts);
	const totals =
		`${cells} cells, ${wrong} wrong; ${charged} tasks charged and kept, lost paid tasks: ${lost}, ` +
		`duplicate charges: ${duplicates}, keys seen outside: ${keysOutside}`;
	return ['', `Fault matrix, ${title}`, legend, ...lines, '', `${title}: ${totals}`, ''].join('\n');
}

function columnsOf(fault: FaultName, verdicts: readonly Verdict[]): readonly string[] {
	return vendorIds.map((vendor) =>
		marksOf(verdicts.filter(({ cell }) => cell.fault === fault && cell.vendor === vendor)),
	);
}

function marksOf(verdicts: readonly Verdict[]): string {
	if (verdicts.length === 0) return '·';
	const counts = new Map<string, number>();
	for (const verdict of verdicts) {
		const mark = markOf(verdict);
		counts.set(mark, (counts.get(mark) ?? 0) + 1);
	}
	return ['ok', 'e', '?', '!']
		.flatMap((mark) => {
			const count = counts.get(mark);
			return count === undefined ? [] : [`${count}${mark}`];
		})
		.join(' ');
}

function markOf({ problems, outcome }: Verdict): string {
	if (problems.length > 0) return '!';
	if (outcome === 'success') return 'ok';
	return outcome === 'submitUnknown' ? '?' : 'e';
}
