import { NodeOperationError, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import { withAttempt, type Attempt } from '../core/attempts';
import {
	codeOf,
	failuresIn,
	hintOf,
	isResumable,
	mayRetryElsewhere,
	type Failure,
} from '../core/failure';
import type { ImageVendor } from '../core/vendor';
import type { NodeContext } from './nodeContext';

/** What a failed item shows again of its input. */
export interface ItemInput extends Partial<Pick<INodeExecutionData, 'json' | 'binary'>> {
	/** Where it failed before it came here. */
	readonly attempts?: readonly Attempt[];
}

/**
 * The one place where a failure becomes an n8n error: for runs that stop at the first one.
 *
 * @param retryHelps whether n8n's "Retry" of the execution would bring the images of the other tasks
 */
export function toNodeError(
	context: NodeContext,
	failure: Failure,
	itemIndex: number,
	otherTaskIds: readonly string[] = [],
	retryHelps = true,
): NodeOperationError {
	const byRetry = retryHelps ? ", and 'Retry' in the list of executions picks them up" : '';
	const tasks = [
		...(failure.taskId === undefined || failure.message.includes(failure.taskId)
			? []
			: [`Task ID: ${failure.taskId}.`]),
		...(otherTaskIds.length === 0
			? []
			: [
					`Other tasks of this run: ${otherTaskIds.join(', ')}. Task → Wait can download their images${byRetry}. Executing the workflow again buys them again.`,
				]),
	];
	return new NodeOperationError(context.getNode(), messageFor(failure, itemIndex), {
		description: [hintOf(failure), ...tasks].join(' '),
		itemIndex,
	});
}

/**
 * The item of a failure, for the error output and for "continue". Its json has one key, since that is
 * what every n8n version sends to the error output whole; there n8n lays the input's json under it.
 * With "Continue (regular output)" the node does so itself.
 */
export function toErrorItem(
	context: NodeContext,
	failure: Failure,
	itemIndex: number,
	vendor: ImageVendor,
	input: ItemInput | undefined,
): INodeExecutionData {
	const taskIds = [...new Set(failuresIn(failure).flatMap(({ taskId }) => taskId ?? []))];
	const attempts = withAttempt(input?.attempts ?? [], vendor.id, failure);
	const error: IDataObject = {
		message: messageFor(failure, itemIndex),
		code: codeOf(failure),
		hint: hintOf(failure),
		vendor: vendor.id,
		...(failure.taskId === undefined ? {} : { taskId: failure.taskId }),
		...(failure.parts === undefined || taskIds.length === 0 ? {} : { taskIds }),
		...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
		...(failure.aspectRatio === undefined ? {} : { aspectRatio: failure.aspectRatio }),
		...(failure.cost === undefined ? {} : { cost: { ...failure.cost } }),
		resumable: isResumable(failure),
		retryElsewhere: mayRetryElsewhere(failure),
		attempts: attempts.map((attempt) => ({ ...attempt })),
	};
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		json: hasErrorOutput ? { error } : { ...input?.json, error },
		...(input?.binary === undefined ? {} : { binary: input.binary }),
		pairedItem: { item: itemIndex },
	};
}

/** n8n's own messages name the item in this way, counted from 0. */
function messageFor(failure: Failure, itemIndex: number): string {
	const ratio = failure.aspectRatio === undefined ? '' : ` (${failure.aspectRatio})`;
	return `${failure.message}${ratio} [item ${itemIndex}]`;
}
