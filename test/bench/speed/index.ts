import {
	rounds,
	seconds,
	times,
	type Benchmark,
	type Figure,
	type Measurement,
} from '../benchmark';
import { openBenchStage } from '../n8n/benchStage';
import { evenlySpread, seededRandom } from '../random';
import { median } from '../statistics';
import { formatTable } from '../../server/table';
import {
	ourNode,
	ourNodeByHand,
	tutorialLoops,
	type Contestant,
	type SpeedRun,
} from './contestants';

interface Result extends SpeedRun {
	round: string;
	name: string;
}

const items = 20;
const spread = { minMs: 5_600, maxMs: 10_400 };
const pausesSeconds = [1, 3, 5];
const seed = 31;

/** The round of the first run, which knows nothing of durations. */
const cold = 'cold';

const mostTimesLongest = 1.06;
const mostPolls = 8;
const leastTimesOneByOne = 14;

/** How long 20 pictures take in a real n8n, against other ways to do the same there. */
export const speed: Benchmark = {
	name: 'speed',
	measure: async () => {
		const stage = await openBenchStage();
		try {
			const own = await ourNode(stage, 'ours', items);
			const hand = await ourNodeByHand(stage, items);
			const oneByOne = await ourNode(stage, 'one-by-one', 1);
			const loops = await tutorialLoops(stage, pausesSeconds);
			const random = seededRandom(seed);
			const lengths = (): number[] => evenlySpread(items, spread, random);

			const results: Result[] = [];
			const coldLengths = lengths();
			for (const each of [own, hand]) results.push(await measured(cold, each, coldLengths));
			// So that the loops, too, have run before they are measured.
			for (const loop of loops) await loop.run('warm-up', [500, 500]);
			// It has one task in flight and asks about once a second, which disturbs nobody.
			const first = lengths();
			const alone = measured('1', oneByOne, first);
			alone.catch(() => undefined);
			for (let round = 1; round <= rounds; round++) {
				const lengthsMs = round === 1 ? first : lengths();
				for (const each of rotated([own, hand, ...loops], round)) {
					results.push(await measured(String(round), each, lengthsMs));
				}
			}
			return report(results, await alone, own, hand, loops);
		} finally {
			await stage.close();
		}
	},
};

async function measured(round: string, who: Contestant, lengthsMs: number[]): Promise<Result> {
	return { round, name: who.name, ...(await who.run(`Round ${round}`, lengthsMs)) };
}

/** So that nobody is always the first. */
function rotated<Entry>(entries: readonly Entry[], by: number): Entry[] {
	return entries.map((_, index) => entries[(index + by) % entries.length] as Entry);
}

function report(
	results: readonly Result[],
	oneByOne: Result,
	own: Contestant,
	hand: Contestant,
	loops: readonly Contestant[],
): Measurement {
	const of = (who: Contestant): Result[] =>
		results.filter(({ name, round }) => name === who.name && round !== cold);
	const share = ({ wallMs, longestMs }: SpeedRun): number => wallMs / longestMs;
	const firstRun = (who: Contestant): string => {
		const run = results.find(({ name, round }) => name === who.name && round === cold);
		return `first run ${times(run === undefined ? Number.NaN : share(run))}`;
	};
	const timesLongest = (who: Contestant): number => median(of(who).map(share));
	const pollsOf = (who: Contestant): number =>
		median(of(who).map(({ pollsPerTask }) => pollsPerTask));
	// Whether a loop's next turn comes right after the longest task or a whole pause later is luck.
	const rangeOf = (who: Contestant): string => {
		const shares = of(who).map(share);
		return `${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}`;
	};
	const ours = timesLongest(own);
	const [fastest] = of(own);
	const gain = fastest === undefined ? Number.NaN : oneByOne.wallMs / fastest.wallMs;
	const how = `Real n8n, production executions, a vendor that reports how long its tasks took. The lengths of ${items} tasks are spread over 8 s ± 30 %. Times come from n8n's own run data. Median of ${rounds} runs after a first one.`;
	const figures: Figure[] = [
		{
			what: `${items} images, ${items} at once: wall time`,
			against: 'the longest task',
			goal: `≤ ${times(mostTimesLongest)}`,
			measured: `${times(ours)} (${firstRun(own)})`,
			isMet: ours <= mostTimesLongest,
			method: how,
		},
		{
			what: `${items} images in a run by hand, after a first one by hand`,
			against: 'the longest task',
			goal: `≤ ${times(mostTimesLongest)}`,
			measured: `${times(timesLongest(hand))} (${firstRun(hand)}) with ${pollsOf(hand).toFixed(1)} polls`,
			isMet: timesLongest(hand) <= mostTimesLongest,
			method: `Real n8n, executions started as from the editor, with 2K images, of which the production runs have taught nothing. Median of ${rounds} runs after a first one.`,
		},
		{
			what: `${items} images: wall time and polls per task`,
			against: `a loop of n8n's own nodes (submit → Wait → poll → IF), every ${pausesSeconds.join(', ')} s`,
			goal: `quicker than all, ≤ ${mostPolls} polls`,
			measured: `${times(ours)} (${rangeOf(own)}) with ${pollsOf(own).toFixed(1)} polls; loops ${loops.map((loop) => `${times(timesLongest(loop))} (${rangeOf(loop)}) with ${pollsOf(loop).toFixed(1)}`).join(', ')}`,
			isMet: loops.every((loop) => ours < timesLongest(loop)) && pollsOf(own) <= mostPolls,
			method:
				'Real n8n, the same task lengths for all, one after the other in changing order. × is the longest task; the best and the worst run are in brackets.',
		},
		{
			what: `${items} images: wall time`,
			against: 'one item after the other (the same node with 1 at once)',
			goal: `≥ ${leastTimesOneByOne} × faster`,
			measured: `${times(gain, 1)} (${seconds(fastest?.wallMs ?? Number.NaN)} against ${seconds(oneByOne.wallMs)})`,
			isMet: gain >= leastTimesOneByOne,
			method:
				'Real n8n, the same task lengths. One item after the other runs once, beside the others.',
		},
	];
	const rows = [...results, oneByOne].map((result) => [
		result.round,
		result.name,
		seconds(result.wallMs),
		seconds(result.longestMs),
		times(share(result), 3),
		result.pollsPerTask.toFixed(1),
	]);
	const head = ['round', 'how', 'wall time', 'longest task', 'of the longest', 'polls per task'];
	return { figures, details: [formatTable([head, ...rows])] };
}
