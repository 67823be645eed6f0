import { setTimeout as delay } from 'node:timers/promises';
import { formatTable } from '../../server/table';
import { rounds, times, type Benchmark } from '../benchmark';
import { openBenchStage } from '../n8n/benchStage';
import { observe, type ObservedProcess } from '../n8n/processOf';
import { evenlySpread, seededRandom } from '../random';
import { ourNode, tutorialLoops, type Contestant } from '../speed/contestants';
import { median } from '../statistics';

const images = 100;
const spread = { minMs: 5_600, maxMs: 10_400 };
const pausesSeconds = [3];
const seed = 47;
const settleMs = 500;

const mostTimesLoop = 1;

/** How much processor time of n8n one image costs, beside the loop that n8n's own nodes make of it. */
export const perImage: Benchmark = {
	name: 'perImage',
	measure: async () => {
		const stage = await openBenchStage();
		try {
			const observed = observe(stage.server);
			const own = await ourNode(stage, 'own', images);
			const [loop] = await tutorialLoops(stage, pausesSeconds);
			if (loop === undefined) throw new Error('There is no loop');
			const random = seededRandom(seed);
			const lengths = (): number[] => evenlySpread(images, spread, random);
			// Until the code is compiled, and what a first run learns is learned.
			const warmUp = lengths();
			for (const each of [own, loop]) await processorMs(observed, each, warmUp);
			const costs: Array<{ own: number; loop: number }> = [];
			for (let round = 1; round <= rounds; round++) {
				const lengthsMs = lengths();
				const cost = { own: 0, loop: 0 };
				const order = round % 2 === 1 ? (['own', 'loop'] as const) : (['loop', 'own'] as const);
				for (const who of order) {
					cost[who] = await processorMs(observed, who === 'own' ? own : loop, lengthsMs);
				}
				costs.push(cost);
			}
			const ofOwn = median(costs.map(({ own: spent }) => spent / images));
			const ofLoop = median(costs.map(({ loop: spent }) => spent / images));
			return {
				figures: [
					{
						what: `Processor time for each of ${images} images`,
						against: `a loop of n8n's own nodes (submit → Wait → poll → IF → download), every ${pausesSeconds.join()} s`,
						goal: `≤ ${times(mostTimesLoop)}`,
						measured: `${times(ofOwn / ofLoop)} (${ofOwn.toFixed(1)} ms against ${ofLoop.toFixed(1)} ms)`,
						isMet: ofOwn <= mostTimesLoop * ofLoop,
						method: `Processor time of a real n8n from /proc, for executions of ${images} images whose tasks take 8 s ± 30 %, the same lengths for both, one after the other in changing order. Medians of ${rounds} rounds after a warm-up, divided by the images.`,
					},
				],
				details: [
					formatTable([
						['round', 'Nano Banana', 'loop'],
						...costs.map(({ own: ours, loop: theirs }, index) => [
							String(index + 1),
							...[ours, theirs].map((spentMs) => `${spentMs.toFixed(0)} ms`),
						]),
					]),
				],
			};
		} finally {
			await stage.close();
		}
	},
};

/** What one execution costs. */
async function processorMs(
	observed: ObservedProcess,
	who: Contestant,
	lengthsMs: readonly number[],
): Promise<number> {
	const before = observed.processorMs();
	await who.run(`${lengthsMs[0]?.toFixed(3)} ms first`, lengthsMs);
	await delay(settleMs);
	return observed.processorMs() - before;
}
