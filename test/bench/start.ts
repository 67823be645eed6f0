import { endAll, isStopping } from '../server/endings';
import { installN8n } from '../server/installN8n';
import { newest } from '../server/releases';
import { formatTable } from '../server/table';
import type { Benchmark, Figure } from './benchmark';
import { growth } from './growth';
import { limit } from './limit';
import { loading } from './loading';
import { memory } from './memory';
import { perImage } from './perImage';
import { processor } from './processor';
import { writeResults } from './resultsPage';
import { schedules } from './schedules';
import { speed } from './speed';

const benchmarks: readonly Benchmark[] = [
	schedules,
	speed,
	limit,
	memory,
	loading,
	processor,
	perImage,
	growth,
];

/** Runs what was asked for, all of it by default, and brings the rows of its page up to date. */
async function run(names: readonly string[]): Promise<boolean> {
	const unknown = names.filter((name) => !benchmarks.some((each) => each.name === name));
	if (unknown.length > 0) {
		const known = benchmarks.map(({ name }) => name).join(', ');
		throw new Error(`There is no benchmark "${unknown.join('", "')}"; there are ${known}`);
	}
	const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
	const figures: Figure[] = [];
	const failed: string[] = [];
	for (const benchmark of chosen) {
		const startedAt = Date.now();
		console.log(`\n${benchmark.name} …`);
		try {
			const measurement = await benchmark.measure();
			figures.push(...measurement.figures);
			console.log(`\n${measurement.details.join('\n\n')}\n`);
		} catch (error) {
			if (isStopping()) return false;
			failed.push(benchmark.name);
			console.error(error);
		}
		console.log(`${benchmark.name}: ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
	}
	console.log(`\n${consoleTable(figures)}\n`);
	if (failed.length > 0) console.log(`Not measured, because of an error: ${failed.join(', ')}`);
	else await writeResults(figures, await heading(), chosen.length === benchmarks.length);
	const missed = figures.filter(({ isMet }) => !isMet);
	console.log(`${figures.length - missed.length} goals met, ${missed.length} missed`);
	return failed.length === 0 && missed.length === 0;
}

function consoleTable(figures: readonly Figure[]): string {
	return formatTable([
		['', 'what', 'against', 'measured', 'goal'],
		...figures.map(({ what, against, goal, measured, isMet }) => [
			isMet ? 'met' : 'MISSED',
			what,
			against,
			measured,
			goal,
		]),
	]);
}

async function heading(): Promise<string> {
	const { version, node } = await installN8n(newest);
	return `Measured with n8n ${version} on Node ${node.version}, against the sandbox, by \`npm run bench\`.`;
}

async function main(): Promise<void> {
	let isGood = false;
	try {
		isGood = await run(process.argv.slice(2));
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
	}
	await endAll();
	if (!isStopping()) process.exit(isGood ? 0 : 1);
}

void main();
