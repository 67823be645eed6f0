import { setTimeout as delay } from 'node:timers/promises';
import { inARow } from '../../e2e/money/workflows';
import { formatTable } from '../../server/table';
import { rounds, times, type Benchmark } from '../benchmark';
import { openBenchStage } from '../n8n/benchStage';
import { observe, type ObservedProcess } from '../n8n/processOf';
import { publish, type BenchWorkflow } from '../n8n/production';
import { countFiles } from '../n8n/runTimes';
import { imageNode, makeImages, oneItemEach, webTrigger } from '../n8n/workflows';
import { median } from '../statistics';
import { cancelingVendor } from '../../vendors/roles';

/** What an execution costs by itself is in all sizes, so the differences between them are free of it. */
const fewest = 10;
const few = 100;
const many = 1_000;
/** As many items in each round as in the one execution of many, so that both are measured for as long. */
const parts = many / few;
const atOnce = 100;
const settleMs = 500;

const mostGrowth = 1.1;

/** How much processor time of n8n one item costs, and whether it costs more among many. */
export const processor: Benchmark = {
	name: 'processor',
	measure: async () => {
		const stage = await openBenchStage();
		try {
			const observed = observe(stage.server);
			const row = [webTrigger('cost'), oneItemEach(), makeImages(stage, cancelingVendor, atOnce)];
			const workflow = await publish(stage, inARow('Cost of an item', row), 'cost');
			const cost = (items: number, executions = 1): Promise<number> =>
				processorMs(observed, workflow, items, executions);
			// Until the code is compiled as far as it ever will be.
			await cost(few, parts);
			await cost(many, 2);
			const costs: Array<{ fewest: number; few: number; many: number }> = [];
			for (let round = 0; round < rounds; round++) {
				costs.push({
					fewest: await cost(fewest, parts),
					few: await cost(few, parts),
					many: await cost(many),
				});
				stage.sandbox.ledger.clear();
			}
			const ofFewest = median(costs.map((round) => round.fewest));
			const ofFew = median(costs.map((round) => round.few));
			const ofMany = median(costs.map((round) => round.many));
			const perFew = ofFew / few;
			const perMany = ofMany / many;
			const nextOfFew = (ofFew - ofFewest) / (few - fewest);
			const nextOfMany = (ofMany - ofFew) / (many - few);
			return {
				figures: [
					{
						what: `Processor time for each of ${many.toLocaleString('en')} items`,
						against: `each of ${few} items`,
						goal: `≤ ${times(mostGrowth)}`,
						measured: `${times(perMany / perFew)} (${perMany.toFixed(1)} ms against ${perFew.toFixed(1)} ms); one more item: ${nextOfMany.toFixed(1)} ms against ${nextOfFew.toFixed(1)} ms`,
						isMet: perMany <= mostGrowth * perFew,
						method: `Processor time of a real n8n from /proc, for executions of ${fewest}, ${few} (${parts} of each in a round) and ${many.toLocaleString('en')} items, divided by the items, with ${atOnce} tasks at once. Medians of ${rounds} rounds, alternating, after a warm-up. "One more item" is the extra cost of the next larger execution for each further item.`,
					},
				],
				details: [
					formatTable([
						['round', `${fewest} items`, `${few} items`, `${many} items`],
						...costs.map((round, index) => [
							String(index + 1),
							...[round.fewest, round.few, round.many].map((spentMs) => `${spentMs.toFixed(0)} ms`),
						]),
					]),
				],
			};
		} finally {
			await stage.close();
		}
	},
};

/** What one execution costs, on average over several. */
async function processorMs(
	observed: ObservedProcess,
	workflow: BenchWorkflow,
	items: number,
	executions: number,
): Promise<number> {
	const before = observed.processorMs();
	for (let count = 0; count < executions; count++) {
		const execution = await workflow.run(
			Array.from({ length: items }, (_, index) => ({ prompt: `Picture ${index + 1}` })),
		);
		const files = countFiles(execution, imageNode);
		if (files !== items) throw new Error(`${files} of ${items} pictures came`);
	}
	await delay(settleMs);
	return (observed.processorMs() - before) / executions;
}
