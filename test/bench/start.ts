import { endAll, isStopping } from '../server/endings';
import { formatTable } from '../server/table';
import type { Benchmark, Figure } from './benchmark';
import { schedules } from './schedules';
import { speed } from './speed';

const all: readonly Benchmark[] = [schedules, speed];

async function main(): Promise<void> {
	const names = process.argv.slice(2);
	const figures: Figure[] = [];
	for (const b of all.filter((x) => names.length === 0 || names.includes(x.name))) {
		const m = await b.measure();
		figures.push(...m.figures);
		console.log(m.details.join('\n\n'));
	}
	console.log(
		formatTable(figures.map((f) => [f.isMet ? 'yes' : 'NO', f.what, f.measured, f.goal])),
	);
	await endAll();
	if (!isStopping()) process.exit(0);
}
void main();
