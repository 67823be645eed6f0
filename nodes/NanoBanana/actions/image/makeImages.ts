import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../../core/concurrency';
import type { Outcome } from '../../core/failure';
import type { TaskReference, TaskSnapshot } from '../../core/task';
import type { ImageVendor } from '../../core/vendor';
import { readMaxTasksAtOnce } from '../../platform/parameters';
import { loadReferences, type LoadedReferences } from '../../platform/references';
import type { ImageResult, ItemResult, TaskResult } from '../../platform/results';
import { openVendorClient, type VendorClient } from '../../platform/vendorClient';
import { finishTask } from '../finishTask';
import { itemsOfRun, startRun, type Run } from '../runItems';
import { planItem, type ItemPlan } from './planItem';
import { submitTask } from './submitTask';

/** One task to be submitted: a whole item, or a part of it where the vendor makes one image a task. */
interface PlannedTask {
	readonly plan: ItemPlan;
	readonly imagesInTask: number;
	readonly firstImageIndex: number;
	/** Loaded with the first task of the item that is begun, then shared by its others. */
	readonly references: () => Promise<Outcome<LoadedReferences>>;
}

/** Runs `generate` and `edit`: checks all items, then submits, waits and downloads side by side. */
export async function makeImages(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	operation: 'generate' | 'edit',
): Promise<INodeExecutionData[]> {
	const run = startRun(context, vendor);
	const opened = await openVendorClient(context, vendor);
	const items = context.getInputData();
	const plans: Outcome<ItemPlan>[] = [];
	for (let itemIndex = 0; itemIndex < items.length; itemIndex++) {
		const plan = opened.ok
			? await planItem(context, itemIndex, operation, vendor, opened.value.baseUrl)
			: opened;
		if (!plan.ok) run.onFailure(plan.failure, itemIndex);
		plans.push(plan);
	}
	// Bad input anywhere ends a run that does not continue on fail before the first item is paid for.
	run.throwIfFailed();

	const tasks = opened.ok ? plans.flatMap((plan) => plannedTasks(run, opened.value, plan)) : [];
	const outcomes = await mapConcurrently(tasks, readMaxTasksAtOnce(context), (task) =>
		opened.ok ? makeTask(run, opened.value, task) : Promise.resolve([]),
	);
	return itemsOfRun(
		run,
		plans.map((plan, itemIndex): ItemResult => {
			if (!plan.ok) return { itemIndex, failure: plan.failure };
			const results = outcomes.filter((_, position) => tasks[position]?.plan === plan.value).flat();
			return { itemIndex, operation, settings: plan.value.settings, results };
		}),
	);
}

function plannedTasks(
	run: Run,
	client: VendorClient,
	planned: Outcome<ItemPlan>,
): readonly PlannedTask[] {
	if (!planned.ok) return [];
	const plan = planned.value;
	let loading: Promise<Outcome<LoadedReferences>> | undefined;
	const references = (): Promise<Outcome<LoadedReferences>> =>
		(loading ??= loadReferences(run.context, plan.references, run.vendor, client, run.signal));
	const tasks: PlannedTask[] = [];
	const { numberOfImages } = plan.request;
	for (let first = 0; first < numberOfImages; first += run.vendor.maxImagesInTask) {
		const imagesInTask = Math.min(run.vendor.maxImagesInTask, numberOfImages - first);
		tasks.push({ plan, imagesInTask, firstImageIndex: first, references });
	}
	return tasks;
}

async function makeTask(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
): Promise<readonly ImageResult[]> {
	const { plan } = task;
	const results = await submitAndFinish(run, client, task);
	for (const result of results) {
		if (!result.ok) run.onFailure(result.failure, plan.itemIndex);
	}
	return results;
}

async function submitAndFinish(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
): Promise<readonly ImageResult[]> {
	const { plan } = task;
	const references = await task.references();
	if (!references.ok) return [{ ok: false, failure: references.failure }];
	const submittedAtMs = Date.now();
	const submitted = await submitTask(run, client, plan, task.imagesInTask, references.value);
	if (!submitted.ok) return [{ ok: false, failure: submitted.failure }];
	const { reference, raw } = submitted.value;
	if (plan.completion === 'submit') {
		return [
			{ ok: true, task: describeSubmitted(plan, reference, submittedAtMs, raw), image: null },
		];
	}
	return await finishTask(run, client, {
		taskId: reference.taskId,
		settings: plan.settings,
		startedAtMs: submittedAtMs,
		isNew: true,
		firstImageIndex: task.firstImageIndex,
		describe: (snapshot, polls, lastRaw) =>
			describeFinished(plan, reference, submittedAtMs, snapshot, polls, lastRaw),
	});
}

function describeSubmitted(
	plan: ItemPlan,
	reference: TaskReference,
	submittedAtMs: number,
	raw: unknown,
): TaskResult {
	const { request } = plan;
	return {
		taskId: reference.taskId,
		state: reference.state,
		requestId: reference.requestId,
		cost: reference.cost,
		submittedAtMs,
		polls: 0,
		warnings: request.warnings,
		model: request.model,
		prompt: request.prompt,
		aspectRatio: request.aspectRatio,
		resolution: request.resolution ?? null,
		raw,
	};
}

function describeFinished(
	plan: ItemPlan,
	reference: TaskReference,
	submittedAtMs: number,
	snapshot: TaskSnapshot,
	polls: number,
	raw: unknown,
): TaskResult {
	const submitted = describeSubmitted(plan, reference, submittedAtMs, raw);
	return {
		...submitted,
		state: snapshot.state,
		text: snapshot.text,
		requestId: reference.requestId ?? snapshot.requestId,
		// What the account has left is said at the submit only; the final price at the end.
		cost: snapshot.cost === undefined ? reference.cost : { ...reference.cost, ...snapshot.cost },
		// The time of this machine: vendors' clocks differ, and the user waited by this one.
		completedAtMs: Date.now(),
		polls,
	};
}
