import { inARow } from '../../e2e/money/workflows';
import type { RequestRecord } from '../../sandbox';
import { formatTable } from '../../server/table';
import { rounds, seconds, times, type Benchmark } from '../benchmark';
import { openBenchStage, type BenchStage } from '../n8n/benchStage';
import { publish, type BenchWorkflow } from '../n8n/production';
import { countFiles, elapsedBetween } from '../n8n/runTimes';
import { imageNode, makeImages, oneItemEach, webTrigger } from '../n8n/workflows';
import { evenlySpread, seededRandom } from '../random';
import { mean, median } from '../statistics';
import { lowerBoundMs } from './lowerBound';
import { plainVendor } from '../../vendors/roles';

interface LimitedRun {
	round: string;
	wallMs: number;
	boundMs: number;
	refused: number;
	requests: number;
	pollsPerTask: number;
}

const vendor = plainVendor;
const tasks = 50;
const requestLimit = { requests: 20, windowMs: 10_000 };
const spread = { minMs: 18_000, maxMs: 22_000 };
const restMs = requestLimit.windowMs;
const tooManyRequests = 429;
const seed = 47;

const mostTimesBound = 1.3;

/** How long a batch takes where the vendor allows few requests. */
export const limit: Benchmark = {
	name: 'limit',
	measure: async () => {
		const stage = await openBenchStage();
		stage.sandbox.settings.requestLimits = { [vendor]: requestLimit };
		try {
			const row = [webTrigger('limit'), oneItemEach(), makeImages(stage, vendor, tasks)];
			const workflow = await publish(stage, inARow('Request limit', row), 'limit');
			const random = seededRandom(seed);
			const runs: LimitedRun[] = [];
			for (let round = 0; round <= rounds; round++) {
				const name = round === 0 ? 'cold' : String(round);
				const lengthsMs = evenlySpread(tasks, spread, random);
				// Otherwise the run would begin with the requests of the one before counted against it.
				if (round > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
				runs.push(await makeBatch(stage, workflow, name, lengthsMs));
			}
			return report(runs);
		} finally {
			await stage.close();
		}
	},
};

async function makeBatch(
	stage: BenchStage,
	workflow: BenchWorkflow,
	round: string,
	lengthsMs: readonly number[],
): Promise<LimitedRun> {
	const { ledger } = stage.sandbox;
	const prompts = lengthsMs.map((_, index) => `Round ${round}, picture ${index + 1}`);
	stage.setLengths(new Map(prompts.map((prompt, index) => [prompt, lengthsMs[index] ?? 0])));
	const before = { requests: ledger.requests.length, tasks: ledger.tasks.length };
	const execution = await workflow.run(prompts.map((prompt) => ({ prompt })));
	const files = countFiles(execution, imageNode);
	if (files !== tasks) throw new Error(`${files} of ${tasks} pictures came`);
	const sent = ledger.requests.slice(before.requests).filter(isLimited);
	return {
		round,
		wallMs: elapsedBetween(execution, imageNode, imageNode),
		boundMs: lowerBoundMs(lengthsMs, requestLimit),
		refused: sent.filter(({ status }) => status === tooManyRequests).length,
		requests: sent.length,
		pollsPerTask: mean(ledger.tasks.slice(before.tasks).map(({ polls }) => polls)),
	};
}

/** Files are on the vendor's own host too, but the limit is one of its API. */
function isLimited({ verb }: RequestRecord): boolean {
	return verb === 'submit' || verb === 'getTask';
}

function report(runs: readonly LimitedRun[]) {
	const warm = runs.slice(1);
	const ratio = median(warm.map(({ wallMs, boundMs }) => wallMs / boundMs));
	const refused = runs.reduce((sum, run) => sum + run.refused, 0);
	const perWindow = `${requestLimit.requests} requests in ${requestLimit.windowMs / 1000} s`;
	return {
		figures: [
			{
				what: `${tasks} tasks of about 20 s at once under a limit of ${perWindow}: wall time, refusals`,
				against: 'the best that the limit allows',
				goal: `≤ ${times(mostTimesBound)}, no 429`,
				measured: `${times(ratio)} (${seconds(median(warm.map(({ wallMs }) => wallMs)))} against ${seconds(median(warm.map(({ boundMs }) => boundMs)))}), ${refused} × 429`,
				isMet: ratio <= mostTimesBound && refused === 0,
				method: `Real n8n, Runbase in the sandbox. The bound is one submit and one poll for each task, as early as the limit allows, with all lengths known beforehand. Median of ${rounds} runs after a first one.`,
			},
		],
		details: [
			formatTable([
				['round', 'wall time', 'bound', 'of the bound', '429', 'requests', 'polls per task'],
				...runs.map((run) => [
					run.round,
					seconds(run.wallMs),
					seconds(run.boundMs),
					times(run.wallMs / run.boundMs),
					String(run.refused),
					String(run.requests),
					run.pollsPerTask.toFixed(1),
				]),
			]),
		],
	};
}
