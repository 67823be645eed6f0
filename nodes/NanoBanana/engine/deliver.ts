import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import { codeOf, ofTask, type ErrorCode, type Failure } from '../core/failure';
import { nameImages } from '../core/imageNames';
import { foundOrder, type Order } from '../core/order';
import type { ImageVendor } from '../core/vendor';
import { toErrorItem, unexpectedFailure } from '../platform/nodeErrors';
import { itemPerImage } from '../platform/outputItems';
import { readTriggerSettings } from '../platform/parameters';
import { download } from './download';
import { openRun, type Run } from './run';
import { watch } from './watch';

/** The vendor's own answer about the task that a delivery names. */
export type Verdict =
	| { readonly kind: 'ended'; readonly run: Run<IWebhookFunctions>; readonly order: Order }
	/** The vendor still works on it, or its reads do not show the end yet. */
	| { readonly kind: 'underWay' }
	/** The vendor knows no such task. */
	| { readonly kind: 'unknownTask' }
	/** The vendor could not be asked just now, so nothing is known. */
	| { readonly kind: 'unasked'; readonly failure: Failure };

/** The caller waits for the answer, and most callers give up after about 10 seconds. */
const verifyTimeoutMs = 6_000;

/** The codes of a vendor that does not know a made-up id, or does not accept it as an id. */
const refusesTheId: ReadonlySet<ErrorCode> = new Set(['notFound', 'invalidRequest']);

/**
 * Asks the vendor, with the trigger's own credential, whether the task has ended: twice, since a vendor may
 * call back a moment before its own reads show the end. Never throws.
 */
export async function verifyTask(
	context: IWebhookFunctions,
	vendor: ImageVendor,
	taskId: string,
): Promise<Verdict> {
	try {
		const run = await openRun(context, vendor, 'trigger');
		if (run.refusal !== undefined) return { kind: 'unasked', failure: run.refusal };
		const order = foundOrder(vendor.id, taskId, 0, readTriggerSettings(context));
		await watch(run, order, {
			isEnough: (polls) => polls > 1,
			isTold: true,
			timeoutMs: verifyTimeoutMs,
		});
		const { state } = order;
		if (state.is === 'taken') return { kind: 'underWay' };
		if (
			state.is !== 'failed' ||
			state.failure.task === 'over' ||
			state.failure.reason === 'noImage'
		) {
			return { kind: 'ended', run, order };
		}
		return refusesTheId.has(codeOf(state.failure))
			? { kind: 'unknownTask' }
			: { kind: 'unasked', failure: state.failure };
	} catch (error) {
		return { kind: 'unasked', failure: unexpectedFailure(error) };
	}
}

/**
 * The items that start the workflow, in the shape of the node's own; none if the task failed and failed
 * tasks are not wanted. Any other failure becomes an item, because the task is paid for. Never throws.
 */
export async function itemsOfTask(
	run: Run<IWebhookFunctions>,
	order: Order,
	taskId: string,
): Promise<INodeExecutionData[]> {
	const { context, vendor } = run;
	const errorItem = (failure: Failure): INodeExecutionData =>
		toErrorItem(context, failure, 0, vendor, undefined);
	try {
		const { includeFailed } = readTriggerSettings(context);
		const isOver = order.state.is === 'failed' && order.state.failure.task === 'over';
		if (isOver && !includeFailed) return [];
		run.nameImage = nameImages([order], vendor.maxImagesInTask);
		const results = await download(run, order);
		const item = { itemIndex: 0, operation: run.operation, settings: order.settings, results };
		return results.map((result) =>
			result.ok ? itemPerImage(item, vendor, result) : errorItem(result.failure),
		);
	} catch (error) {
		return [errorItem(ofTask(unexpectedFailure(error), taskId))];
	}
}
