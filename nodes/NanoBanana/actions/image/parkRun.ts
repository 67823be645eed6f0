import { NodeOperationError, type INodeExecutionData } from 'n8n-workflow';

import { readAttempts } from '../../core/attempts';
import { mapConcurrently } from '../../core/concurrency';
import { failed, success, type Failure, type Outcome } from '../../core/failure';
import { imagesOfItem } from '../../core/taskPlace';
import { readMaxTasksAtOnce } from '../../platform/parameters';
import { runIndexOf } from '../../platform/nodeContext';
import {
	saveParkedRun,
	type ParkedItem,
	type ParkedRun,
	type ParkedTask,
} from '../../platform/parkedRun';
import type { LedgerEntry } from '../../platform/submissionLedger';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import type { VendorClient } from '../../platform/vendorClient';
import { awaitTask } from '../finishTask';
import type { Run } from '../runItems';
import { noteOrdered } from './cancelAfterStop';
import { lookAtParked, type EndedTask } from './lookAtParked';
import { errorOfParked, parkedItemsOf } from './parkedItems';
import { itemWhileParked } from './itemWhileParked';
import type { ItemPlan } from './planItem';
import { openEntry, withFormat, type PlannedRun, type PlannedTask } from './plannedTask';
import { isTaken, knownFailure, submitTask, thrownFailure } from './submitTask';

/** So long after the last task's time limit a callback is still taken. */
const lateCallMs = 30_000;

/** For the pictures of the last callback: n8n must not go on by itself while they are being downloaded. */
const downloadMs = 60_000;

/** Whether the run is to be parked until the vendor calls back. */
export function isParking(plans: readonly Outcome<ItemPlan>[]): boolean {
	return plans.some((plan) => plan.ok && plan.value.completion === 'callback');
}

/** An execution is parked as a whole, so the items of a run cannot differ in that. */
export function sameCompletion(
	plan: Outcome<ItemPlan>,
	earlier: readonly Outcome<ItemPlan>[],
): Outcome<ItemPlan> {
	const first = earlier.find((other) => other.ok)?.value.completion;
	if (!plan.ok || first === undefined) return plan;
	const { completion } = plan.value;
	const isMixed = completion !== first && [completion, first].includes('callback');
	if (!isMixed) return plan;
	return failed({
		reason: 'invalidRequest',
		message: 'Some items of this run shall wait for a callback and some not',
		hint: "Choose the same for all items in 'When to Continue': an execution is parked as a whole.",
	});
}

/**
 * Submits all tasks of a run with the execution's own resume URL and parks the execution: no worker and
 * no memory is held while the vendor works. What goes on then is `resumeRun`.
 */
export async function parkRun(
	run: Run,
	client: VendorClient,
	{ operation, plans, tasks }: PlannedRun,
): Promise<INodeExecutionData[]> {
	const { context, vendor } = run;
	const outcomes = await mapConcurrently(tasks, readMaxTasksAtOnce(context), async (task) => {
		const outcome = await submitOnce(run, client, task).catch((error: unknown) =>
			failed(unexpectedFailure(error)),
		);
		if (outcome.ok) return outcome;
		const failure = withFormat(outcome.failure, task.place);
		run.onFailure(failure, task.plan.itemIndex);
		return failed(failure);
	});
	run.throwIfFailed();

	const submitted = new Map<ItemPlan, Outcome<ParkedTask>[]>();
	for (const [position, { plan }] of tasks.entries()) {
		const outcome = outcomes[position] as Outcome<ParkedTask>;
		submitted.set(plan, [...(submitted.get(plan) ?? []), outcome]);
	}
	const timeouts = [...submitted].flatMap(([{ settings }, outcomes]) =>
		outcomes.flatMap((outcome) =>
			outcome.ok ? outcome.value.submission.submittedAtMs + settings.timeoutMs : [],
		),
	);
	const callbacksUntilMs = Math.max(...timeouts) + lateCallMs;
	const parked: ParkedRun = {
		id: crypto.randomUUID(),
		executionId: context.getExecutionId(),
		runIndex: runIndexOf(context),
		vendor: vendor.id,
		operation,
		callbacksUntilMs,
		items: plans.map((plan, itemIndex) =>
			plan.ok
				? parkedItem(run, plan.value, submitted.get(plan.value) ?? [])
				: { tasks: [], failures: [plan.failure], ...inputOf(run, itemIndex) },
		),
	};
	const parkedTasks = parked.items.flatMap((item) => item.tasks);
	// What ended before the parking has called an execution that n8n would not let it resume.
	const ended = new Map<string, EndedTask>();
	const { haveAllEnded } = await lookAtParked(
		{ client, vendor, signal: run.signal },
		[...parkedTasks].reverse(),
		ended,
	);
	run.throwIfFailed();
	if (haveAllEnded) {
		const from = { context, vendor, client, signal: run.signal };
		const items =
			errorOfParked(context, parked, ended) ?? (await parkedItemsOf(from, parked, ended));
		if (items instanceof NodeOperationError) throw items;
		return items;
	}

	saveParkedRun(context, parked);
	const inputs = context.getInputData();
	for (const [itemIndex, input] of inputs.entries()) {
		const item = itemWhileParked(context, vendor, parked, itemIndex, input);
		input.json = item.json;
		// The files of the input are no picture: whoever gets this item has only the task.
		if (item.binary === undefined) delete input.binary;
	}
	await context.putExecutionToWait(new Date(callbacksUntilMs + downloadMs));
	// A list of its own: where a node has an error output, n8n empties the one that it is given.
	return [...inputs];
}

function parkedItem(
	run: Run,
	plan: ItemPlan,
	outcomes: readonly Outcome<ParkedTask>[],
): ParkedItem {
	return {
		tasks: outcomes.flatMap((outcome) => (outcome.ok ? outcome.value : [])),
		failures: outcomes.flatMap((outcome): Failure[] => (outcome.ok ? [] : [outcome.failure])),
		settings: plan.settings,
		numberOfImages: imagesOfItem(plan.request),
		...inputOf(run, plan.itemIndex),
	};
}

/** What an item will have to show again; where n8n lays the input under it, its json is not kept twice. */
function inputOf({ context }: Run, itemIndex: number): Pick<ParkedItem, 'input'> {
	const input = context.getInputData()[itemIndex];
	const earlier = readAttempts(input?.json);
	const attempts = earlier.length === 0 ? {} : { attempts: earlier };
	if (!context.continueOnFail()) return { input: attempts };
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		input: {
			...attempts,
			...(hasErrorOutput || input === undefined ? {} : { json: input.json }),
			...(input?.binary === undefined ? {} : { binary: input.binary }),
		},
	};
}

/** Submits a task, unless an earlier run of the node in this execution has done so. */
async function submitOnce(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
): Promise<Outcome<ParkedTask>> {
	const entry = await openEntry(task);
	return await workOn(run, client, task, entry).catch((error: unknown) => {
		task.spending?.giveUp();
		return failed(thrownFailure(error, entry));
	});
}

async function workOn(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
	entry: LedgerEntry,
): Promise<Outcome<ParkedTask>> {
	const { plan, place } = task;
	const earlier = entry.read();
	const refused = knownFailure(run, earlier);
	if (refused !== undefined) return failed(refused);
	if (isTaken(earlier)) {
		const { taskId } = earlier.reference;
		run.taskIds.push(taskId);
		if (earlier.callsBack === run.context.getExecutionId()) {
			return success({ submission: earlier, ...place });
		}
		// It will call an execution that is over ("Retry execution"): so this one waits for it itself.
		const { outcome } = await awaitTask(run, client, {
			taskId,
			settings: plan.settings,
			startedAtMs: Date.now(),
			isNew: false,
		});
		if (!outcome.ok) return outcome;
		return success({ submission: earlier, ...place });
	}
	const submitted = await submitTask(run, client, task, entry);
	if (!submitted.ok) return submitted;
	const { submission } = submitted.value;
	await noteOrdered(run, client, submission.reference.taskId);
	return success({ submission, ...place });
}
