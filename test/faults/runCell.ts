import { setTimeout as wait } from 'node:timers/promises';

import { startSandbox, type ActiveFault, type Sandbox } from '../sandbox';
import { arrangementFor } from './arrangements';
import { nameOf, type Cell } from './cells';
import { errorOf } from './evidence';
import { judge, type Verdict } from './judge';
import { newKey } from './keys';
import type { N8nLog } from './n8nLog';
import { operations, waitFor, type Stage } from './operations';
import { waitsForImage } from './rules';

export interface Surroundings {
	readonly log: N8nLog;
	readonly restApiUrl: string;
	readonly reference: Buffer;
}

const taskDurationMs = 150;
const longestRunMs = 130_000;

/** For the cells in which the time limit of the node is what ends the run. */
const shortTimeoutSeconds = 4;
const longTimeoutSeconds = 120;

/** Runs one cell against a sandbox of its own and says what came of it. */
export async function runCell(cell: Cell, surroundings: Surroundings): Promise<Verdict> {
	const { settings, parameters = {} } = arrangementFor(cell.fault);
	const apiKey = newKey();
	const sandbox = await startSandbox({
		apiKey,
		flatPictures: true,
		allowPrivateCallbacks: true,
		taskDurationMs,
		...settings,
	});
	const { log, restApiUrl, reference } = surroundings;
	const endsByTimeout = cell.expectation.outcomes.includes('timeout');
	const stage: Stage = {
		sandbox,
		apiKey,
		restApiUrl,
		reference,
		parameters,
		vendor: cell.vendor,
		isRetried: cell.isRetried,
		timeoutSeconds: endsByTimeout ? shortTimeoutSeconds : longTimeoutSeconds,
		runs: [],
	};
	const startedAt = Date.now();
	let hasEnded = true;
	try {
		const fault = addFaults(sandbox, cell);
		const result = await withinLimit(operations[cell.operation](stage));
		const verdict = await judge(
			{ cell, stage, log, fault, result },
			(Date.now() - startedAt) / 1000,
		);
		const problems = await judgeRescue(cell, stage);
		return { ...verdict, problems: [...verdict.problems, ...problems] };
	} catch (error) {
		// What is still under way would meet another cell's sandbox on this one's port: it stays open.
		hasEnded = !(error instanceof NoEnd);
		return brokenOff(cell, (Date.now() - startedAt) / 1000, error);
	} finally {
		if (hasEnded) await sandbox.close();
	}
}

class NoEnd extends Error {}

/** Nothing can be said of it but that it is wrong. */
function brokenOff(cell: Cell, seconds: number, error: unknown): Verdict {
	return {
		cell,
		seconds,
		outcome: 'no end',
		problems: [error instanceof Error ? error.message : String(error)],
		charged: 0,
		lost: 0,
		duplicates: 0,
		keysOutside: 0,
	};
}

function addFaults(sandbox: Sandbox, cell: Cell): ActiveFault {
	const { vendor, verb, fault, expectation } = cell;
	const { specification, companion } = arrangementFor(fault);
	if (companion !== undefined) sandbox.faults.add({ vendor, verb: 'submit', fault: companion });
	const times = { once: 1, twice: 2, often: 8, always: Number.POSITIVE_INFINITY }[
		expectation.strikes
	];
	return sandbox.faults.add({ vendor, verb, fault, times, ...specification });
}

async function withinLimit<Value>(work: Promise<Value>): Promise<Value> {
	const ended = new AbortController();
	const limit = wait(longestRunMs, undefined, { signal: ended.signal }).then(() => {
		throw new NoEnd(`it has not ended within ${longestRunMs / 1000} s`);
	});
	try {
		return await Promise.race([work, limit]);
	} finally {
		ended.abort();
		limit.catch(() => undefined);
	}
}

/** Where an error says so, Task → Wait really brings the picture once the trouble is over. */
async function judgeRescue(cell: Cell, stage: Stage): Promise<readonly string[]> {
	const failedItem = stage.runs.at(-1)?.errorItems[0];
	const error = errorOf(failedItem);
	if (failedItem === undefined || error?.resumable !== true) return [];
	if (!waitsForImage(cell.operation) || cell.fault === 'taskNeverEnds') return [];
	stage.sandbox.faults.clear();
	const rescued = await withinLimit(
		waitFor({ ...stage, timeoutSeconds: longTimeoutSeconds }, [failedItem]),
	);
	return rescued.items[0]?.binary?.data === undefined
		? [`${nameOf(cell)} says "resumable", but Task → Wait brought no picture`]
		: [];
}
