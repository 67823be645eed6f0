import { inARow } from '../../e2e/money/workflows';
import type { BenchStage } from '../n8n/benchStage';
import { byHand, publish, type BenchWorkflow } from '../n8n/production';
import { countFiles, elapsedBetween } from '../n8n/runTimes';
import { imageNode, makeImages, oneItemEach, webTrigger } from '../n8n/workflows';
import { mean } from '../statistics';
import { createHeaderCredential, loopNodes, tutorialLoop } from './tutorialLoop';
import { uploadingVendor } from '../../vendors/roles';

/**
 * Apikley limits no requests, so that nothing but the way of waiting is compared, and says when a task
 * began and ended, as API Mall and Runbase do: only so can be known how long it took.
 */
const vendor = uploadingVendor;

export interface SpeedRun {
	wallMs: number;
	longestMs: number;
	pollsPerTask: number;
}

/** One way to make a list of pictures. */
export interface Contestant {
	name: string;
	/** Makes as many pictures as there are lengths; every task takes what the list says. */
	run(label: string, lengthsMs: readonly number[]): Promise<SpeedRun>;
}

/** Our node with so many tasks at once. */
export async function ourNode(
	stage: BenchStage,
	path: string,
	maxTasksAtOnce: number,
): Promise<Contestant> {
	const name = `Nano Banana, ${maxTasksAtOnce} at once`;
	const row = [webTrigger(path), oneItemEach(), makeImages(stage, vendor, maxTasksAtOnce)];
	const workflow = await publish(stage, inARow(name, row), path);
	return contestant(stage, name, workflow, imageNode, imageNode);
}

/** Our node in runs by hand, with pictures of another size: what the runs in production learn is of no use to it. */
export async function ourNodeByHand(
	stage: BenchStage,
	maxTasksAtOnce: number,
): Promise<Contestant> {
	const name = `Nano Banana by hand, ${maxTasksAtOnce} at once`;
	const images = makeImages(stage, vendor, maxTasksAtOnce, { resolution: '2K' });
	const row = [webTrigger('by-hand'), oneItemEach(), images];
	const workflow = await byHand(stage, inARow(name, row));
	return contestant(stage, name, workflow, imageNode, imageNode);
}

/** The loops of n8n's own nodes, with these pauses. */
export async function tutorialLoops(
	stage: BenchStage,
	pausesSeconds: readonly number[],
): Promise<Contestant[]> {
	const credentialId = await createHeaderCredential(stage);
	const loops: Contestant[] = [];
	for (const pauseSeconds of pausesSeconds) {
		const path = `loop-${pauseSeconds}`;
		const input = tutorialLoop(stage, path, pauseSeconds, credentialId);
		const workflow = await publish(stage, input, path);
		const name = `loop with ${pauseSeconds} s`;
		loops.push(contestant(stage, name, workflow, loopNodes.submit, loopNodes.download));
	}
	return loops;
}

function contestant(
	stage: BenchStage,
	name: string,
	workflow: BenchWorkflow,
	firstNode: string,
	lastNode: string,
): Contestant {
	return {
		name,
		run: async (label, lengthsMs) => {
			const prompts = lengthsMs.map((_, index) => `${label}, ${name}, picture ${index + 1}`);
			stage.setLengths(new Map(prompts.map((prompt, index) => [prompt, lengthsMs[index] ?? 0])));
			const execution = await workflow.run(prompts.map((prompt) => ({ prompt })));
			const files = countFiles(execution, lastNode);
			if (files !== prompts.length) {
				throw new Error(`${name} brought ${files} of ${prompts.length} pictures`);
			}
			const own = new Set(prompts);
			const tasks = stage.sandbox.ledger.tasks.filter(({ prompt }) => own.has(prompt));
			return {
				wallMs: elapsedBetween(execution, firstNode, lastNode),
				longestMs: Math.max(...lengthsMs),
				pollsPerTask: mean(tasks.map(({ polls }) => polls)),
			};
		},
	};
}
