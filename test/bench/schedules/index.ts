import { keptDurations } from '../../../nodes/NanoBanana/core/taskDurations';
import { percent, seconds, type Benchmark, type Figure, type Measurement } from '../benchmark';
import { formatTable } from '../../server/table';
import { evenlySpread, seededRandom } from '../random';
import { competitors } from './competitors';
import { ours } from './ours';
import { isBetterInBoth, simulate, type SimulationResult } from './simulate';

interface Load {
	readonly name: string;
	readonly minMs: number;
	readonly maxMs: number;
	/** With history, at most. */
	readonly lagShare: number;
	readonly polls: number;
}

const tasks = 10_000;
const seed = 20_260;

const loads: readonly Load[] = [
	{ name: '30–80 s', minMs: 30_000, maxMs: 80_000, lagShare: 0.04, polls: 10 },
	{ name: '5–15 s', minMs: 5_000, maxMs: 15_000, lagShare: 0.1, polls: 8 },
];

/** How late a finished task is noticed, and how many polls that costs. */
export const schedules: Benchmark = {
	name: 'schedules',
	measure: () => Promise.resolve(join(loads.map(measureLoad))),
};

function measureLoad(load: Load): Measurement {
	const lengthsMs = evenlySpread(tasks, load, seededRandom(seed));
	const play = (schedule: typeof ours, memory: number): SimulationResult =>
		simulate(schedule, lengthsMs, { random: seededRandom(seed + 1), remembered: memory });
	const others = competitors.map((competitor) => play(competitor, 0));
	const cold = { ...play(ours, 0), schedule: `${ours.name}, nothing remembered` };
	const warm = { ...play(ours, keptDurations), schedule: `${ours.name}, with history` };
	const method = `Simulated clock: ${tasks.toLocaleString('en')} tasks with evenly spread lengths. A poll takes 0.15 s. "Better in both" means less late with fewer polls.`;
	const figureOf = (own: SimulationResult, isWarm: boolean): Figure => {
		const better = others.filter((other) => isBetterInBoth(other, own));
		const isQuick = !isWarm || (own.meanLagShare <= load.lagShare && own.meanPolls <= load.polls);
		const limit = `≤ ${percent(load.lagShare)} late and ≤ ${load.polls} polls; `;
		const names = better.map(({ schedule }) => schedule).join(', ');
		return {
			what: `Tasks of ${load.name}, ${isWarm ? 'earlier tasks remembered' : 'nothing remembered'}: how late, and polls`,
			against: 'a poll every 0.5, 2, 3, 5, 10, 20 s; the backoff of AWS',
			goal: `${isWarm ? limit : ''}none better in both`,
			measured: `${percent(own.meanLagShare)} late, ${own.meanPolls.toFixed(1)} polls; better in both: ${names === '' ? 'none' : names}`,
			isMet: isQuick && better.length === 0,
			method,
		};
	};
	return {
		figures: [figureOf(cold, false), figureOf(warm, true)],
		details: [`Tasks of ${load.name}\n${tableOf([cold, warm, ...others])}`],
	};
}

function tableOf(results: readonly SimulationResult[]): string {
	return formatTable([
		['schedule', 'late on average', 'of the length', '95 % below', 'polls', '95 % below'],
		...results.map((result) => [
			result.schedule,
			seconds(result.meanLagMs),
			percent(result.meanLagShare),
			percent(result.lagShare95),
			result.meanPolls.toFixed(1),
			String(result.polls95),
		]),
	]);
}

function join(parts: readonly Measurement[]): Measurement {
	return {
		figures: parts.flatMap(({ figures }) => figures),
		details: parts.flatMap(({ details }) => details),
	};
}
