import type { INodeExecutionData } from 'n8n-workflow';

import { readAttempts } from '../core/attempts';
import { mapConcurrently } from '../core/concurrency';
import { costSentence } from '../core/cost';
import { joinedFailure, type Failure } from '../core/failure';
import type { Order } from '../core/order';
import { known } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import type { NodeContext } from '../platform/nodeContext';
import { toErrorItem, unexpectedFailure, type ItemInput } from '../platform/nodeErrors';
import {
	itemPerImage,
	itemPerInput,
	type ImageResult,
	type ItemResult,
	type Succeeded,
} from '../platform/outputItems';
import { readMaxTasksAtOnce } from '../platform/parameters';
import { resultsWithoutImage } from './download';
import { ordersOf, type Plan } from './plan';
import type { Run } from './run';

/** The items of a run in input order, failed ones among them, and the run's cost above them. */
function report(run: Run, results: readonly ItemResult[]): INodeExecutionData[] {
	run.throwIfFailed();
	showCosts(run.context, results);
	const inputs = run.context.getInputData();
	return results.flatMap((item) => {
		const input = inputs[item.itemIndex];
		const attempts = readAttempts(input?.json);
		return itemsOfResult(run, item, { ...input, attempts });
	});
}

/**
 * Works on all orders of a plan side by side, at most Max Tasks at Once, and reports their results. The
 * first failure ends a run that does not continue on fail.
 */
export async function reportPlan(
	run: Run,
	plan: Plan,
	work: (order: Order) => Promise<readonly ImageResult[]>,
): Promise<INodeExecutionData[]> {
	const orders = ordersOf(plan);
	const results = await mapConcurrently(
		orders,
		readMaxTasksAtOnce(run.context),
		async (order): Promise<readonly ImageResult[]> => {
			const ofOrder = await work(order).catch((thrown: unknown): readonly ImageResult[] => {
				run.fail(order, unexpectedFailure(thrown));
				return resultsWithoutImage(run, order);
			});
			for (const result of ofOrder) if (!result.ok) run.failItem(order.itemIndex, result.failure);
			return ofOrder;
		},
	);
	const resultsOf = new Map(orders.map((order, position) => [order, results[position] ?? []]));
	return report(
		run,
		plan.map((item, itemIndex): ItemResult => {
			const [first] = item.orders;
			if (first === undefined) return { itemIndex, failure: item.failure ?? nothingAsked };
			return {
				itemIndex,
				operation: run.operation,
				settings: first.settings,
				results: item.orders.flatMap((order) => resultsOf.get(order) ?? []),
			};
		}),
	);
}

const nothingAsked: Failure = { reason: 'invalidRequest', message: 'The item asks for no image' };

/** The output items of one input item. */
export function itemsOfResult(
	{ context, vendor }: { readonly context: NodeContext; readonly vendor: ImageVendor },
	item: ItemResult,
	input: ItemInput | undefined,
): INodeExecutionData[] {
	const errorItem = (failure: Failure): INodeExecutionData =>
		toErrorItem(context, failure, item.itemIndex, vendor, input);
	if ('failure' in item) return [errorItem(item.failure)];
	const from = { ...item, ...known({ attempts: input?.attempts, input: input?.json }) };
	const succeeded = item.results.filter((result) => result.ok);
	if (item.settings.output === 'itemPerInput' && succeeded.length > 0) {
		return [itemPerInput(from, vendor, sharingWarnings(succeeded))];
	}
	if (item.settings.output === 'itemPerInput') {
		const [first, ...others] = item.results.flatMap((each) => (each.ok ? [] : each.failure));
		return first === undefined ? [] : [errorItem(joinedFailure(first, others))];
	}
	return item.results.map((result) =>
		result.ok ? itemPerImage(from, vendor, result) : errorItem(result.failure),
	);
}

/** If one item holds all images, each task carries the warnings of all its images. */
function sharingWarnings(results: readonly Succeeded[]): readonly Succeeded[] {
	const warningsOf = (taskId: string): readonly string[] => {
		const ofTask = results.filter(({ task }) => task.taskId === taskId);
		return [...new Set(ofTask.flatMap(({ task }) => task.warnings))];
	};
	return results.map((result) => ({
		...result,
		task: { ...result.task, warnings: warningsOf(result.task.taskId) },
	}));
}

/** Shows the cost of the run above the output. The answer to a callback has no place for it. */
export function showCosts(context: NodeContext, results: readonly ItemResult[]): void {
	if (!('addExecutionHints' in context)) return;
	const message = costSentence(
		results.flatMap((item) =>
			'failure' in item
				? [item.failure]
				: item.results.map((result) => (result.ok ? result.task : result.failure)),
		),
	);
	if (message === undefined) return;
	context.addExecutionHints({ message, type: 'info', location: 'outputPane' });
}
