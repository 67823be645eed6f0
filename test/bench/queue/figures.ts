import { formatTable } from '../../server/table';

/** One line of what the bench shows. */
export interface Figure {
	what: string;
	measured: string;
	goal: string;
	isMet: boolean;
	method: string;
}

export function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function formatFigures(figures: readonly Figure[]): string {
	return formatTable([
		['what', 'measured', 'goal', 'met', 'how'],
		...figures.map(({ what, measured, goal, isMet, method }) => [
			what,
			measured,
			goal,
			isMet ? 'yes' : 'NO',
			method,
		]),
	]);
}
