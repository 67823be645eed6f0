import { Checks, expect } from '../../e2e/checks';
import { itemsFrom } from '../../e2e/money/pictures';
import { expectPurchases } from '../../e2e/money/purchases';
import { imageNode } from '../../e2e/money/workflows';
import { endAll, isStopping } from '../../server/endings';
import { newest } from '../../server/releases';
import { durationOf, finishBatch, startBatch, type BatchPlan } from './batch';
import type { DeadExecution } from './deadWorker';
import { formatFigures, seconds, type Figure } from './figures';
import { killWorkerDuring, type KillResult } from './killWorker';
import { expectWholePicture } from './pictures';
import { openQueueStage, slotsPerWorker, workerCount, type QueueStage } from './queueStage';
import { full, small } from './sizes';
import { cancelingVendor, uploadingVendor } from '../../vendors/roles';

const size = process.argv.includes('--small') ? small : full;
/** `--only wait` and `--only callback` leave the other way of going on out. */
const only = process.argv[process.argv.indexOf('--only') + 1];
const completions = (['wait', 'callback'] as const).filter(
	(completion) => !process.argv.includes('--only') || completion === only,
);
const checks = new Checks();
const figures: Figure[] = [];
const slots = workerCount * slotsPerWorker;
const spareMs = 60_000;
const shownLetters = 60;

async function runAll(): Promise<void> {
	const stage = await openQueueStage(newest, size.queueEnvironment);
	for (const completion of completions) await measureBatch(stage, completion);
	for (const completion of size.kill.completions) {
		if (completions.includes(completion)) await measureKill(stage, completion);
	}
}

/** All executions at once: how long they take, and whether each has its picture. */
async function measureBatch(stage: QueueStage, completion: BatchPlan['completion']): Promise<void> {
	const { executions: count, taskDurationMs } = size;
	stage.sandbox.settings.taskDurationMs = taskDurationMs;
	const boundMs = Math.ceil(count / slots) * taskDurationMs;
	const goalMs = completion === 'callback' ? size.callbackGoalMs : undefined;
	let durationMs = Infinity;
	let whole = 0;
	console.log(`${count} executions, completion "${completion}" …`);
	await checks.run(`queue: ${count} executions, completion "${completion}"`, async () => {
		const batch = await startBatch(stage, {
			name: `Batch ${completion}`,
			executions: count,
			vendor: cancelingVendor,
			completion,
		});
		const executions = await finishBatch(stage, batch, 2 * boundMs + spareMs);
		const bad = executions.filter(({ status }) => status !== 'success');
		expect(bad.length === 0, `${bad.length} ended as ${bad[0]?.status ?? ''}`);
		expect(executions.length === count, `there are ${executions.length} executions`);
		durationMs = durationOf(batch, executions);
		expectPurchases(stage.sandbox, batch.prompts, []);
		for (const { id } of executions) {
			const items = itemsFrom(await stage.client.readExecution(id), imageNode);
			expect(items.length === 1, `execution ${id} has ${items.length} items`);
			await expectWholePicture(stage, items[0]);
			whole++;
		}
		if (goalMs !== undefined) expect(durationMs <= goalMs, `it took ${seconds(durationMs)}`);
	});
	figures.push(
		{
			what: `${count} executions, "${completion}"`,
			measured: seconds(durationMs),
			goal: goalMs === undefined ? 'all end' : `at most ${seconds(goalMs)}`,
			isMet: durationMs <= (goalMs ?? Number.MAX_VALUE),
			method: `first webhook to last end, tasks of ${seconds(taskDurationMs)}; ${seconds(boundMs)} if each holds one of ${slots} slots`,
		},
		{
			what: 'their pictures, whole',
			measured: `${whole} of ${count}`,
			goal: 'all',
			isMet: whole === count,
			method: "from n8n's database, byte for byte what the vendor serves, decoded",
		},
	);
}

/** `kill -9` of one worker: what became of what it had in hand. */
async function measureKill(stage: QueueStage, completion: BatchPlan['completion']): Promise<void> {
	const { executions, taskDurationMs, settleTimeoutMs } = size.kill;
	const vendor = completion === 'wait' ? cancelingVendor : uploadingVendor;
	let result: KillResult | undefined;
	console.log(`kill -9 of a worker, completion "${completion}" …`);
	await checks.run(`queue: kill -9 of a worker, completion "${completion}"`, async () => {
		const name = `Killed ${completion}`;
		result = await killWorkerDuring(stage, {
			...{ name, executions, vendor, completion, taskDurationMs, settleTimeoutMs },
		});
	});
	for (const line of describeDead(result?.dead ?? [])) console.log(`        ${line}`);
	const measured =
		result === undefined
			? 'see above'
			: `${result.finished} finished, ${result.dead.length} died, ${result.fetched} fetched`;
	figures.push({
		what: `kill -9 of a worker, "${completion}"`,
		measured,
		goal: 'none lost, none paid twice',
		isMet: result !== undefined,
		method: `the ledger's charges are pictures in items, or Task → Wait brings them by the workers' logs; n8n settled it in ${seconds(result?.settledAfterMs ?? NaN)} (${size.queueSettings})`,
	});
}

/** One line for all that shared a fate. */
function describeDead(dead: readonly DeadExecution[]): string[] {
	const fates = new Map<string, DeadExecution[]>();
	for (const execution of dead) {
		const { status, isRunAgain, savedNodes, message } = execution;
		const again = isRunAgain ? 'RUN AGAIN by the other worker' : 'not run again';
		const saved = savedNodes.length === 0 ? 'no output saved' : `saved ${savedNodes.join(', ')}`;
		const fate = [status, again, saved, `"${message.slice(0, shownLetters)}"`].join(', ');
		fates.set(fate, [...(fates.get(fate) ?? []), execution]);
	}
	return [...fates].map(([fate, executions]) => {
		const ids = executions.map(({ id, taskIds }) => `${id} (task ${taskIds.join() || 'none'})`);
		return `${fate}: executions ${ids.join(', ')}`;
	});
}

async function main(): Promise<void> {
	try {
		await runAll();
	} catch (error) {
		if (!isStopping()) {
			await checks.run('queue: the bench came to its end', () => {
				throw error;
			});
		}
	}
	await endAll();
	if (isStopping()) return;
	console.log(`\n${formatFigures(figures)}`);
	process.exit(checks.finish() ? 0 : 1);
}

void main();
