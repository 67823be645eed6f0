import { inARow } from '../../e2e/money/workflows';
import type { WorkflowNode } from '../../server/n8nClient';
import type { BenchStage } from '../n8n/benchStage';
import { publish, type BenchWorkflow } from '../n8n/production';
import { countFiles } from '../n8n/runTimes';
import { imageNode, makeImages, oneItemEach, webTrigger } from '../n8n/workflows';
import { cancelingVendor } from '../../vendors/roles';

const vendor = cancelingVendor;
const peerNode = 'Buffering Peer';

/** One way to bring images into n8n's storage. */
export interface Candidate {
	name: string;
	/** Publishes its workflow and answers with what brings so many images. */
	prepare(stage: BenchStage): Promise<(count: number) => Promise<void>>;
}

/** Our node: it submits, waits and downloads. */
export const ourNode: Candidate = {
	name: 'Nano Banana, 20 at once',
	prepare: async (stage) => {
		const row = [webTrigger('ours'), oneItemEach(), makeImages(stage, vendor, 20)];
		const workflow = await publish(stage, inARow('Ours', row), 'ours');
		let run = 0;
		return async (count) => {
			run++;
			const items = Array.from({ length: count }, (_, index) => ({
				prompt: `Large picture ${index + 1} of run ${run}`,
			}));
			await bring(workflow, imageNode, items);
		};
	},
};

/** What comparable nodes do with the images of tasks that have finished. */
export const bufferingPeer: Candidate = {
	name: 'each image in a Buffer',
	prepare: (stage) =>
		prepareDownload(stage, {
			id: crypto.randomUUID(),
			name: peerNode,
			type: 'n8n-nodes-bench-buffering-peer.bufferingPeer',
			typeVersion: 1,
			parameters: {},
		}),
};

async function prepareDownload(
	stage: BenchStage,
	node: WorkflowNode,
): Promise<(count: number) => Promise<void>> {
	const row = [webTrigger('peer'), oneItemEach(), node];
	const workflow = await publish(stage, inARow(node.name, row), 'peer');
	const urls = await finishedPictures(stage);
	return async (count) => {
		const items = Array.from({ length: count }, (_, index) => ({
			url: urls[index % urls.length],
		}));
		await bring(workflow, node.name, items);
	};
}

/** Answers with what frees all memory of n8n that is no longer needed. */
export async function collector(stage: BenchStage): Promise<() => Promise<void>> {
	const collect: WorkflowNode = {
		id: crypto.randomUUID(),
		name: 'Collect Garbage',
		type: 'n8n-nodes-bench-buffering-peer.collectGarbage',
		typeVersion: 1,
		parameters: {},
	};
	const row = [webTrigger('collect'), collect];
	const workflow = await publish(stage, inARow(collect.name, row), 'collect');
	return async () => {
		await workflow.run([{}]);
	};
}

async function bring(
	workflow: BenchWorkflow,
	node: string,
	items: readonly object[],
): Promise<void> {
	const files = countFiles(await workflow.run(items), node);
	if (files !== items.length) throw new Error(`${node} brought ${files} of ${items.length} images`);
}

/** Buys a few pictures at the sandbox without n8n, for those who only download. */
export async function finishedPictures({ sandbox }: BenchStage): Promise<string[]> {
	const baseUrl = sandbox.baseUrl(vendor);
	const headers = { authorization: `Bearer ${sandbox.settings.apiKey}` };
	const answer = await fetch(`${baseUrl}/v1/run`, {
		method: 'POST',
		headers: { ...headers, 'content-type': 'application/json' },
		body: JSON.stringify({
			model: 'google/gemini-3-pro-image',
			async: true,
			inputs: { prompt: 'A picture to download' },
		}),
	});
	const { status_url: statusUrl } = (await answer.json()) as { status_url: string };
	for (;;) {
		const poll = await fetch(statusUrl, { headers });
		const { result } = (await poll.json()) as { result?: { generated_images: string[] } };
		if (result !== undefined) return result.generated_images;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
