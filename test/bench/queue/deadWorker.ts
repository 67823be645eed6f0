import { readFileSync } from 'node:fs';
import { tasksInLog } from '../../e2e/money/serverLog';
import type { N8nServer } from '../../server/n8nServer';
import type { QueueStage } from './queueStage';

/** What became of an execution that a worker had in hand when it was killed. */
export interface DeadExecution {
	id: string;
	status: string;
	message: string;
	/** What n8n still has of it: nodes whose output is saved. */
	savedNodes: string[];
	/** Whether another worker began it once more after the kill. */
	isRunAgain: boolean;
	/** By the logs of the workers: what one has submitted and parked, another may have resumed. */
	taskIds: string[];
}

/** The executions that a worker has begun and not ended, by its own log. */
export function executionsInHand(worker: N8nServer): string[] {
	const open = new Map<string, number>();
	for (const line of readFileSync(worker.logFile, 'utf8').split('\n')) {
		const found = /Worker (started|finished|errored while running) execution (\d+)/.exec(line);
		if (found?.[2] === undefined) continue;
		const change = found[1] === 'started' ? 1 : -1;
		open.set(found[2], (open.get(found[2]) ?? 0) + change);
	}
	return [...open].filter(([, count]) => count > 0).map(([id]) => id);
}

/** How long the log of each worker is now: what comes after that is new. */
export function logLengths(workers: readonly N8nServer[]): Map<N8nServer, number> {
	return new Map(
		workers.map((worker) => [worker, readFileSync(worker.logFile, 'utf8').length] as const),
	);
}

/** Looks up what n8n says of the executions that died with a worker. */
export async function inspectDead(
	{ client, workers }: QueueStage,
	dead: N8nServer,
	executionIds: readonly string[],
	lettersAtKill: ReadonlyMap<N8nServer, number>,
): Promise<DeadExecution[]> {
	return Promise.all(
		executionIds.map(async (id) => {
			const { status, resultData } = await client.readExecution(id);
			return {
				id,
				status,
				message: resultData.error?.message ?? '',
				savedNodes: Object.keys(resultData.runData),
				isRunAgain: workers.some(
					(worker) =>
						worker !== dead &&
						readFileSync(worker.logFile, 'utf8')
							.slice(lettersAtKill.get(worker))
							.includes(`Worker started execution ${id} `),
				),
				taskIds: workers.flatMap((worker) => tasksInLog(worker, id)).map(({ taskId }) => taskId),
			};
		}),
	);
}
