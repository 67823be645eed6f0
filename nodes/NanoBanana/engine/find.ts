import {
	failed,
	joinedFailure,
	ofTask,
	success,
	type Failure,
	type Outcome,
} from '../core/failure';
import { nameImages } from '../core/imageNames';
import { foundOrder } from '../core/order';
import { isBrokenPlaceholderId } from '../core/placeholder';
import { isUsableTaskId, quotedTaskId, trimmedTaskId } from '../core/task';
import { objectOf, textOf } from '../core/tolerant';
import { readSettings } from '../platform/parameters';
import { unexpectedFailure } from '../platform/nodeErrors';
import { vendors } from '../vendors';
import { ordersOf, type Plan } from './plan';
import type { Run } from './run';

/**
 * The orders that the items name by their task ids: bought before by this node, another execution or
 * another program. An item whose task is not known has a failure instead.
 */
export function findOrders(run: Run): Plan {
	const plan = run.context
		.getInputData()
		.map((_item, itemIndex) => findOrdersOfItem(run, itemIndex));
	run.orders = ordersOf(plan);
	run.nameImage = nameImages(run.orders, run.vendor.maxImagesInTask);
	for (const [itemIndex, item] of plan.entries()) {
		if (item.failure !== undefined) run.failItem(itemIndex, item.failure);
	}
	return plan;
}

function findOrdersOfItem(run: Run, itemIndex: number): Plan[number] {
	const taskIds = readTaskIds(run, itemIndex);
	if (!taskIds.ok) return { orders: [], failure: taskIds.failure };
	for (const taskId of taskIds.value) run.taskIds.add(taskId);
	const settings = tried(() => readSettings(run.context, itemIndex));
	const refusal = run.refusal ?? (settings.ok ? undefined : settings.failure);
	if (refusal !== undefined || !settings.ok) {
		return { orders: [], failure: ofTasks(refusal ?? noTask(undefined), taskIds.value) };
	}
	const imagesOfItem = taskIds.value.length;
	const orders = taskIds.value.map((taskId, firstImageIndex) =>
		foundOrder(
			run.vendor.id,
			taskId,
			itemIndex,
			{ ...settings.value, completion: 'wait' },
			{ firstImageIndex, imagesOfItem },
		),
	);
	return { orders };
}

/** A failure that keeps all tasks of an item from being polled must name each of them. */
function ofTasks(failure: Failure, taskIds: readonly string[]): Failure {
	const [first, ...others] = taskIds.map((taskId) => ofTask(failure, taskId));
	return first === undefined ? failure : joinedFailure(first, others);
}

/** n8n throws where it cannot resolve an expression: that must fail this item alone. */
function tried<Value>(work: () => Outcome<Value>): Outcome<Value> {
	try {
		return work();
	} catch (thrown) {
		return failed(unexpectedFailure(thrown));
	}
}

/**
 * The task ids of an item. An item that names another vendor is refused: its ids would mean nothing here.
 */
function readTaskIds({ context, vendor }: Run, itemIndex: number): Outcome<readonly string[]> {
	const asked = tried(() => success(context.getNodeParameter('taskId', itemIndex, '')));
	if (!asked.ok) return { ok: false, failure: { ...asked.failure, task: 'maybe' } };
	const taskIds = idsIn(asked.value);
	const json = context.getInputData()[itemIndex]?.json;
	const error = objectOf(json?.error);
	if (taskIds.length === 0) return failed(noTask(json?.error));
	const unusable = taskIds.find((taskId) => !isUsable(taskId));
	if (unusable !== undefined) {
		return failed(ofTasks(unusableId(unusable), taskIds.filter(isUsable)));
	}
	// A failed item keeps the fields of its input: the task in its error comes before every older one.
	// A column of the user's may have the same name, so only our own vendor ids are believed.
	const isOurs = (name: unknown): boolean => vendors.some(({ id }) => id === name);
	const named = [error?.vendor, error === undefined ? json?.vendor : undefined].find(isOurs);
	const itsTasks =
		error === undefined
			? [...idsIn(json?.taskId), ...idsIn(json?.taskIds)]
			: [...idsIn(error.taskId), ...idsIn(error.taskIds)];
	const [foreign] = taskIds.filter((taskId) => itsTasks.includes(taskId));
	if (foreign === undefined || named === undefined || named === vendor.id) return success(taskIds);
	return failed({
		reason: 'invalidRequest',
		message: `Task ${foreign} was submitted to "${textOf(named) ?? ''}", not to ${vendor.displayName}`,
		hint: 'Choose the vendor that took the task.',
		taskId: foreign,
		task: 'running',
	});
}

function idsIn(value: unknown): readonly string[] {
	const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
	return [...new Set(entries.flatMap((entry) => trimmedTaskId(entry) ?? []))];
}

function isUsable(taskId: string): boolean {
	return isUsableTaskId(taskId) && !isBrokenPlaceholderId(taskId);
}

function unusableId(taskId: string): Failure {
	return {
		reason: 'invalidRequest',
		message: `The task ID ${quotedTaskId(taskId)} cannot be used`,
		hint: "Give the task ID of an earlier Nano Banana step, or leave 'Task ID' at its default, which finds it.",
		task: 'maybe',
	};
}

function noTask(error: unknown): Failure {
	const isFailedItem = (error ?? '') !== '';
	return {
		reason: 'invalidRequest',
		message: isFailedItem
			? "This item's task is not known: the step before failed without one"
			: 'The task ID is empty',
		hint: isFailedItem
			? "Read the item's error: it says whether a task may exist, and what to do next."
			: "Give the task ID of an earlier Nano Banana step, or leave 'Task ID' at its default, which finds it. A list of IDs works too.",
		task: 'maybe',
	};
}
