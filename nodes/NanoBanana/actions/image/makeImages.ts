import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mapConcurrently } from '../../core/concurrency';
import { failed, mayPass, type Outcome } from '../../core/failure';
import { isAborted } from '../../core/stop';
import { openImageNames, type ImageNames } from '../../core/imageNames';
import type { Cost, TaskReference } from '../../core/task';
import { imagesOfItem, placesOf } from '../../core/taskPlace';
import { known } from '../../core/tolerant';
import type { ImageVendor } from '../../core/vendor';
import { readMaxTasksAtOnce } from '../../platform/parameters';
import { loadReferences, type LoadedReferences } from '../../platform/references';
import type { ImageResult, ItemResult } from '../../platform/results';
import {
	openSubmissionLedger,
	type LedgerEntry,
	type Submission,
	type SubmissionLedger,
} from '../../platform/submissionLedger';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient, type VendorClient } from '../../platform/vendorClient';
import { readAbandonedRun } from '../../platform/parkedRun';
import { finishTask } from '../finishTask';
import { itemsOfRun, startRun, type Run } from '../runItems';
import { cancelAfterStop, cancelOrderedOnStop, noteOrdered } from './cancelAfterStop';
import { describeFinished, describeSubmitted } from './describeTask';
import { fetchParked } from './fetchParked';
import { nameImages } from './nameImages';
import { isParking, parkRun, sameCompletion } from './parkRun';
import { planItem, type ItemPlan } from './planItem';
import {
	imageIndexes,
	openEntry,
	withFormat,
	type PlannedRun,
	type PlannedTask,
} from './plannedTask';
import { sameMaxCost, withSpending } from './spending';
import { isTaken, knownFailure, submitTask, thrownFailure, type SubmittedTask } from './submitTask';

/** Runs `generate` and `edit`: checks all items, then submits, waits and downloads side by side. */
export async function makeImages(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	operation: 'generate' | 'edit',
): Promise<INodeExecutionData[]> {
	const run = startRun(context, vendor);
	const opened = await openVendorClient(context, vendor);
	const abandoned = readAbandonedRun(context);
	if (opened.ok && abandoned?.vendor === vendor.id) {
		return await fetchParked(run, opened.value, abandoned);
	}
	const plans = await planItems(run, operation, opened);
	// Bad input anywhere ends a run that does not continue on fail before the first item is paid for.
	run.throwIfFailed();

	if (!opened.ok) return itemsOfPlans(run, { operation, plans }, new Map());

	const client = opened.value;
	const tasks = await withSpending(run, plans.flatMap(tasksOfPlan(run, client)));
	const planned: PlannedRun = { operation, plans, tasks };
	const watchNoMore = cancelOrderedOnStop(run, client);
	try {
		return isParking(plans)
			? await parkRun(run, client, planned)
			: await makeTasks(run, client, planned);
	} finally {
		watchNoMore();
	}
}

async function makeTasks(
	run: Run,
	client: VendorClient,
	planned: PlannedRun,
): Promise<INodeExecutionData[]> {
	const { tasks } = planned;
	const outcomes = await mapConcurrently(tasks, readMaxTasksAtOnce(run.context), (task) =>
		makeTask(run, client, task),
	);
	const resultsOf = new Map<ItemPlan, ImageResult[]>();
	for (const [position, { plan }] of tasks.entries()) {
		const results = resultsOf.get(plan);
		const more = outcomes[position] ?? [];
		if (results === undefined) resultsOf.set(plan, [...more]);
		else results.push(...more);
	}
	return itemsOfPlans(run, planned, resultsOf);
}

function itemsOfPlans(
	run: Run,
	{ operation, plans }: Omit<PlannedRun, 'tasks'>,
	resultsOf: ReadonlyMap<ItemPlan, readonly ImageResult[]>,
): INodeExecutionData[] {
	return itemsOfRun(
		run,
		plans.map((plan, itemIndex): ItemResult => {
			if (!plan.ok) return { itemIndex, failure: plan.failure };
			const { settings } = plan.value;
			return { itemIndex, operation, settings, results: resultsOf.get(plan.value) ?? [] };
		}),
	);
}

async function planItems(
	run: Run,
	operation: 'generate' | 'edit',
	opened: Outcome<VendorClient>,
): Promise<readonly Outcome<ItemPlan>[]> {
	const { context, vendor } = run;
	const plans: Outcome<ItemPlan>[] = [];
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		const planned = opened.ok
			? await planItem(context, itemIndex, operation, vendor, opened.value.baseUrl).catch(
					(error: unknown) => failed(unexpectedFailure(error)),
				)
			: opened;
		const plan = sameMaxCost(sameCompletion(planned, plans), plans);
		if (!plan.ok) run.onFailure(plan.failure, itemIndex);
		plans.push(plan);
	}
	return plans;
}

function tasksOfPlan(run: Run, client: VendorClient) {
	const ledger = openSubmissionLedger(run.context, run.vendor, client.baseUrl);
	const names = openImageNames();
	return (plan: Outcome<ItemPlan>): readonly PlannedTask[] =>
		plannedTasks(run, client, ledger, names, plan);
}

function plannedTasks(
	run: Run,
	client: VendorClient,
	ledger: SubmissionLedger,
	names: ImageNames,
	planned: Outcome<ItemPlan>,
): readonly PlannedTask[] {
	if (!planned.ok) return [];
	const plan = planned.value;
	const load = (): Promise<Outcome<LoadedReferences>> =>
		loadReferences(run.context, plan.references, run.vendor, client, run.signal);
	let uploaded: Promise<Outcome<LoadedReferences>> | undefined;
	// What was uploaded serves all tasks of the item; bytes are loaded for each, to be let go after it.
	const references = (): Promise<Outcome<LoadedReferences>> =>
		run.vendor.references.delivery === 'upload' ? (uploaded ??= load()) : load();
	const { fileName } = plan.settings;
	return placesOf(plan.request, run.vendor.maxImagesInTask).map((place) => ({
		plan,
		place,
		nameImage: nameImages(names, fileName, place, imagesOfItem(plan.request)),
		references,
		ledger,
	}));
}

async function makeTask(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
): Promise<readonly ImageResult[]> {
	const { plan, place } = task;
	const outcomes = await submitAndFinish(run, client, task).catch(
		(error: unknown): readonly ImageResult[] => [{ ok: false, failure: unexpectedFailure(error) }],
	);
	const results = outcomes.map((result) =>
		result.ok ? result : { ...result, failure: withFormat(result.failure, place) },
	);
	for (const result of results) {
		if (!result.ok) run.onFailure(result.failure, plan.itemIndex);
	}
	return results;
}

/** Goes on with what an earlier run of the node has submitted, else submits; then brings the images. */
async function submitAndFinish(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
): Promise<readonly ImageResult[]> {
	const entry = await openEntry(task);
	return await workOn(run, client, task, entry).catch((error: unknown) => {
		task.spending?.giveUp();
		return [{ ok: false, failure: thrownFailure(error, entry) }];
	});
}

async function workOn(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
	entry: LedgerEntry,
): Promise<readonly ImageResult[]> {
	const earlier = entry.read();
	const refused = knownFailure(run, earlier);
	if (refused !== undefined) return [{ ok: false, failure: refused }];
	if (isTaken(earlier)) {
		run.taskIds.push(earlier.reference.taskId);
		const results = await finish(
			run,
			client,
			task,
			entry,
			{ submission: earlier, raw: null },
			false,
		);
		// A task that failed for a passing reason is submitted anew; every other end is the item's.
		if (isTaken(entry.read()) || isAborted(run.signal)) return results;
	}
	const submitted = await submitTask(run, client, task, entry);
	if (!submitted.ok) return [{ ok: false, failure: submitted.failure }];
	return await finish(run, client, task, entry, submitted.value, true);
}

async function finish(
	run: Run,
	client: VendorClient,
	{ plan, place, nameImage, spending }: PlannedTask,
	entry: LedgerEntry,
	submitted: SubmittedTask,
	isNew: boolean,
): Promise<readonly ImageResult[]> {
	const { submission } = submitted;
	if (plan.completion === 'submit') {
		await noteOrdered(run, client, submission.reference.taskId);
		return [{ ok: true, task: describeSubmitted(submitted), image: null }];
	}
	const finished = await finishTask(run, client, {
		taskId: submission.reference.taskId,
		settings: plan.settings,
		// A task that is picked up has the whole time limit again: this run waits for it anew.
		startedAtMs: isNew ? submission.submittedAtMs : Date.now(),
		submitTookMs: submitted.tookMs,
		isNew,
		durations: run.history.of(kindOf(run.vendor, plan)),
		indexOf: imageIndexes({ ...place, numberOfImages: imagesOfItem(plan.request) }),
		nameOf: (position) => nameImage(submission.reference.taskId, position),
		describe: (snapshot, polls, raw) =>
			describeFinished(submitted, place.imagesInTask, run.vendor, snapshot, polls, raw),
	});
	const results = finished.map((result) => withCost(result, submission.reference));
	spending?.end(costIn(results));
	const wasStopped = results.some((result) => !result.ok && result.failure.reason === 'stopped');
	if (wasStopped) await cancelAfterStop(run, client, [submission.reference.taskId]);
	noteEnd(run, entry, submission, results);
	return results;
}

/** All images of a task tell the same. */
function costIn([result]: readonly ImageResult[]): Cost | undefined {
	return result?.ok === true ? result.task.cost : result?.failure.cost;
}

/** A task that has not ended is charged all the same, where the vendor said so with its submit. */
function withCost(result: ImageResult, { cost }: TaskReference): ImageResult {
	return result.ok ? result : { ok: false, failure: { ...known({ cost }), ...result.failure } };
}

/** Tasks of one kind take about as long as one another. */
function kindOf({ id }: ImageVendor, { operation, request }: ItemPlan): string {
	return [id, operation, request.vendorModel, request.resolution ?? ''].join(' ');
}

/** What a further run of the node is to know of a task that brought no image. */
function noteEnd(
	run: Run,
	entry: LedgerEntry,
	submission: Submission & { readonly reference: TaskReference },
	results: readonly ImageResult[],
): void {
	const failure = results.flatMap((result) => (result.ok ? [] : result.failure))[0];
	if (failure?.task !== 'over') return;
	const position = run.taskIds.indexOf(submission.reference.taskId);
	if (position >= 0) run.taskIds.splice(position, 1);
	if (!mayPass(failure)) {
		entry.write({ ...submission, failure });
	} else {
		const { reference: _endedTask, ...untaken } = submission;
		const spentBefore = (untaken.spentBefore ?? 0) + (failure.cost?.amount ?? 0);
		entry.write({ ...untaken, ...(spentBefore > 0 ? { spentBefore } : {}) });
	}
}
