import { NodeOperationError, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import { withAttempt, type Attempt } from '../core/attempts';
import { batchSentences, type Batch } from '../core/batch';
import {
	codeOf,
	failuresIn,
	hintOf,
	isResumable,
	mayPass,
	mayRetryElsewhere,
	pageFor,
	type Failure,
} from '../core/failure';
import { cleanText } from '../core/text';
import { objectOf } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import type { NodeContext } from './nodeContext';

/** The parts of its input that a failed item shows again. */
export interface ItemInput extends Partial<Pick<INodeExecutionData, 'json' | 'binary'>> {
	/** Where it failed before it came here. */
	readonly attempts?: readonly Attempt[];
}

/** The most task ids in the error of a run that buys. n8n's log names all. */
const maxTaskIds = 3;

/**
 * The one place where a failure becomes an n8n error: for runs that stop at the first one.
 *
 * @param batch how far a run that buys images has come; absent for a run that only polls tasks, and after
 * Stop, when the user sees the ids nowhere else
 */
export function toNodeError(
	context: NodeContext,
	failure: Failure,
	itemIndex: number,
	{ pages }: Pick<ImageVendor, 'pages'>,
	otherTaskIds: readonly string[] = [],
	batch?: Batch,
): NodeOperationError {
	const own =
		failure.taskId === undefined || failure.message.includes(failure.taskId)
			? []
			: [`Task ID: ${failure.taskId}.`];
	const others = batch === undefined ? othersOf(otherTaskIds) : shortListOf(failure, otherTaskIds);
	return errorWithTitle(context, messageFor(failure, itemIndex), {
		description: [
			hintOf(failure),
			...pageSentences(failure, pages, (url) => `<a href="${url}" target="_blank">${url}</a>`),
			...own,
			...(batch === undefined ? [] : batchSentences(batch, isHopeful(failure))),
			...others,
		].join(' '),
		itemIndex,
	});
}

function pageSentences(
	failure: Failure,
	pages: ImageVendor['pages'],
	show: (url: string) => string,
): readonly string[] {
	const page = pageFor(failure, pages);
	return page === undefined ? [] : [`${page.words}: ${show(page.url)}`];
}

/** Whether n8n's "Retry" of the execution may get the failed image, too. The user's own limit stays. */
function isHopeful(failure: Failure): boolean {
	return mayPass(failure) && failure.reason !== 'spendingLimit';
}

function othersOf(taskIds: readonly string[]): readonly string[] {
	if (taskIds.length === 0) return [];
	return [
		`Other tasks of this run: ${taskIds.join(', ')}. Task → Wait can download their images. Executing the workflow again buys them again.`,
	];
}

function shortListOf({ taskId }: Failure, otherTaskIds: readonly string[]): readonly string[] {
	if (otherTaskIds.length === 0) return [];
	const shown = otherTaskIds.slice(0, taskId === undefined ? maxTaskIds : maxTaskIds - 1);
	const left = otherTaskIds.length - shown.length;
	const more = left === 0 ? '' : ` and ${left} more (n8n's log names all)`;
	return [
		`Other tasks: ${shown.join(', ')}${more}. Task → Wait can download their images. Executing the workflow again buys them again.`,
	];
}

/**
 * n8n replaces any title that contains ENOTFOUND, EPERM or the like by a text of its own, and it counts an
 * execution as canceled where the title says "canceled". The user must see the real error, and error
 * workflows must start.
 */
function errorWithTitle(
	context: NodeContext,
	title: string,
	options: { readonly description: string; readonly itemIndex: number },
): NodeOperationError {
	const error = new NodeOperationError(context.getNode(), title, options);
	error.message = title.replaceAll('canceled', 'cancelled');
	error.messages = [];
	return error;
}

/**
 * The item of a failure, for the error output and for "continue". Its json has one key, since every n8n
 * version sends such a one to the error output whole; there n8n lays the input's json under it. With
 * "Continue (regular output)" the node does so itself.
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
		hint: [hintOf(failure), ...pageSentences(failure, vendor.pages, (url) => url)].join(' '),
		vendor: vendor.id,
		// Either one id or the list, never the first of several alone: Task → Wait would overlook the others.
		...(failure.taskId === undefined || taskIds.length > 1 ? {} : { taskId: failure.taskId }),
		...(failure.parts === undefined || taskIds.length === 0 ? {} : { taskIds }),
		...(failure.requestId === undefined ? {} : { requestId: cleanText(failure.requestId) }),
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

/**
 * An error of n8n itself while an item was worked on: an expression that finds no paired item, a file that
 * was removed from its storage. It must end that item alone: the images of the others are paid for.
 */
export function unexpectedFailure(thrown: unknown): Failure {
	return {
		reason: 'invalidRequest',
		message: `n8n could not prepare this item: ${cleanText(messageOf(thrown))}`,
		hint: 'Check the expressions of this step, and that the files of the item still exist.',
	};
}

/** Anything can be thrown: also an object without a prototype, and one that throws when it is read. */
export function messageOf(thrown: unknown): string {
	try {
		const message: unknown = objectOf(thrown)?.message;
		return typeof message === 'string' ? message : String(thrown);
	} catch {
		return 'it threw something that is not an error';
	}
}
