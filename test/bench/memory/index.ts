import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatTable } from '../../server/table';
import { megabytes, rounds, times, type Benchmark } from '../benchmark';
import { openBenchStage } from '../n8n/benchStage';
import { observe } from '../n8n/processOf';
import { median } from '../statistics';
import { bufferingPeer, collector, ourNode, type Candidate } from './candidates';
import { referenceLoads } from './references';
import { idleBytes, peakBytes } from './watchMemory';
import { cancelingVendor } from '../../vendors/roles';

interface MemoryUse {
	name: string;
	idle: number;
	/** Above idle, one for each run. */
	peaks: number[];
}

const images = 20;
const imageMegabytes = 25;
const restMs = 2_000;
const peerFolder = join(__dirname, 'bufferingPeer');

const mostBytes = 80 * 1024 * 1024;
const leastTimesLess = 5;

const mostBytesOfReferences = 250 * 1024 * 1024;

/** How much more memory n8n's process needs while large images come in. */
export const memory: Benchmark = {
	name: 'memory',
	measure: async () => {
		const own = await use(ourNode);
		const peer = await use(bufferingPeer);
		const [ownPeak, peerPeak] = [median(own.peaks), median(peer.peaks)];
		const edits: MemoryUse[] = [];
		for (const each of referenceLoads) edits.push(await use(each, each.items, each.megabytes));
		const load = `${images} images of ${imageMegabytes} MB: peak memory above idle`;
		const method = `A fresh n8n for each way, with file-system storage. The resident size is read from /proc every 50 ms; idle is measured after a warm-up run and a garbage collection. Median of ${rounds} runs, a garbage collection between them.`;
		return {
			figures: [
				{
					what: load,
					against: 'an idle n8n',
					goal: `≤ ${megabytes(mostBytes)}`,
					measured: megabytes(ownPeak),
					isMet: ownPeak <= mostBytes,
					method,
				},
				{
					what: load,
					against: 'a node that reads each image into a Buffer, all at once',
					goal: `≥ ${leastTimesLess} × less`,
					measured: `${times(peerPeak / ownPeak, 1)} less (${megabytes(ownPeak)} against ${megabytes(peerPeak)})`,
					isMet: peerPeak / ownPeak >= leastTimesLess,
					method: 'The same way, with a small node of the benchmark installed beside ours.',
				},
				...edits.map(({ name, peaks }) => {
					const peak = median(peaks);
					return {
						what: `reference files: peak memory above idle (${name})`,
						against: 'an idle n8n',
						goal: `≤ ${megabytes(mostBytesOfReferences)}`,
						measured: megabytes(peak),
						isMet: peak <= mostBytesOfReferences,
						method: `${method} HTTP Request stores the files in the same run, which counts, too.`,
					};
				}),
			],
			details: [
				formatTable([
					['how', 'idle', 'peak above idle, each run'],
					...[own, peer, ...edits].map(({ name, idle, peaks }) => [
						name,
						megabytes(idle),
						peaks.map(megabytes).join(', '),
					]),
				]),
			],
		};
	},
};

/** In an n8n of its own, since what one way leaves behind would count as another's idle. */
async function use(
	candidate: Candidate,
	count = images,
	size = imageMegabytes,
): Promise<MemoryUse> {
	const stage = await openBenchStage([peerFolder]);
	try {
		const observed = observe(stage.server);
		const bring = await candidate.prepare(stage);
		const collect = await collector(stage);
		// What stays for good: loaded code, caches, open files. V8 frees the rest when it likes.
		const rest = async () => {
			await collect();
			await delay(restMs);
		};
		await bring(count);
		await rest();
		const idle = await idleBytes(observed);
		const serveLarge = { fault: 'fileHugeAnnounced', megabytes: size } as const;
		stage.sandbox.faults.add({ ...serveLarge, vendor: cancelingVendor });
		const peaks: number[] = [];
		for (let round = 0; round < rounds; round++) {
			peaks.push((await peakBytes(observed, () => bring(count))) - idle);
			await rest();
		}
		return { name: candidate.name, idle, peaks };
	} finally {
		await stage.close();
	}
}
