import type { Execution } from '../../server/n8nClient';

/** From the beginning of one node's first run to the end of another's last, as n8n has noted it. */
export function elapsedBetween(execution: Execution, firstNode: string, lastNode: string): number {
	const { runData } = execution.resultData;
	const beginnings = (runData[firstNode] ?? []).map(({ startTime }) => startTime);
	const ends = (runData[lastNode] ?? []).map((run) => run.startTime + run.executionTime);
	if (beginnings.length === 0 || ends.length === 0) {
		throw new Error(`${firstNode} or ${lastNode} did not run`);
	}
	return Math.max(...ends) - Math.min(...beginnings);
}

/** How many files a node has put out, over all its runs. */
export function countFiles(execution: Execution, node: string): number {
	return (execution.resultData.runData[node] ?? [])
		.flatMap((run) => run.data?.main ?? [])
		.flatMap((items) => items ?? [])
		.filter(({ binary }) => binary?.['data'] !== undefined).length;
}
