import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readAttempts } from '../core/attempts';
import type { Limiter } from '../core/concurrency';
import { joinedFailure, type Failure } from '../core/failure';
import { isAborted, stopped } from '../core/stop';
import { createSubmitGate, type SubmitGate } from '../core/submitGate';
import type { ImageVendor } from '../core/vendor';
import { reportsToAgent } from '../platform/agentTool';
import { clock } from '../platform/clock';
import { openDurationHistory, type DurationHistory } from '../platform/durationHistory';
import { graceSignal } from '../platform/graceSignal';
import type { NodeContext } from '../platform/nodeContext';
import { toErrorItem, toNodeError, type ItemInput } from '../platform/nodeErrors';
import { itemPerImage, itemPerInput } from '../platform/outputItems';
import type { ItemResult } from '../platform/results';
import { openDownloads } from './bringImages';
import { showCosts } from './showCosts';

const stopGraceMs = 10_000;

/** One run of the node: who was asked, when to stop, and what to do with failures. */
export interface Run {
	readonly context: IExecuteFunctions;
	readonly vendor: ImageVendor;
	/** Aborted by Stop, and by the first failure of a run that does not continue on fail. */
	readonly signal: AbortSignal;
	/** Aborted by Stop and by n8n's own time limit only. */
	readonly stop: AbortSignal | undefined;
	/** Aborted some time after Stop, for submits on their way: so their tasks become known. */
	readonly grace: AbortSignal;
	/** All submits go through it. */
	readonly gate: SubmitGate;
	/** How long tasks have taken, in this run and before. */
	readonly history: DurationHistory;
	/** Downloads of all tasks share it. */
	readonly downloads: Limiter;
	/** Every task id of the run, as soon as it is known. */
	readonly taskIds: string[];
	/** Those among them that nobody in this run waits for. */
	readonly orderedIds: string[];
	/** Notes a failure, so that a run that does not continue ends early. */
	onFailure(failure: Failure, itemIndex: number): void;
	/** Throws the first failure, unless the run continues on fail; after Stop, always. */
	throwIfFailed(): void;
}

export function startRun(context: IExecuteFunctions, vendor: ImageVendor): Run {
	const firstFailure = new AbortController();
	const stop = context.getExecutionCancelSignal();
	const signal =
		stop === undefined ? firstFailure.signal : AbortSignal.any([stop, firstFailure.signal]);
	const taskIds: string[] = [];
	interface Reason {
		readonly failure: Failure;
		readonly itemIndex: number;
	}
	let first: Reason | undefined;
	let limitReached: Reason | undefined;
	return {
		context,
		vendor,
		signal,
		stop,
		grace: graceSignal(stop, stopGraceMs),
		gate: createSubmitGate(clock),
		history: openDurationHistory(context),
		downloads: openDownloads(),
		taskIds,
		orderedIds: [],
		onFailure(failure, itemIndex) {
			// What was stopped because another item failed is no failure of its own.
			if (context.continueOnFail() || reportsToAgent(context) || isAborted(signal)) return;
			// What was bought within the limit is brought all the same; nothing more is bought anyway.
			if (failure.reason === 'spendingLimit') {
				limitReached ??= { failure, itemIndex };
				return;
			}
			first = { failure, itemIndex };
			firstFailure.abort();
		},
		throwIfFailed() {
			// What n8n is told after Stop names the tasks, since no item will.
			const stopFailure = isAborted(stop) ? { failure: stopped(), itemIndex: 0 } : undefined;
			const reason = first ?? stopFailure ?? limitReached;
			if (reason === undefined) return;
			const { failure, itemIndex } = reason;
			const others = taskIds.filter((taskId) => taskId !== failure.taskId);
			throw toNodeError(context, failure, itemIndex, others);
		},
	};
}

/** The items of a run in input order, failed ones among them. */
export function itemsOfRun(run: Run, results: readonly ItemResult[]): INodeExecutionData[] {
	run.history.save();
	run.throwIfFailed();
	showCosts(run.context, results);
	const inputs = run.context.getInputData();
	return results.flatMap((item) => {
		const input = inputs[item.itemIndex];
		const attempts = readAttempts(input?.json);
		return itemsOfResult(run.context, run.vendor, item, { ...input, attempts });
	});
}

/** What comes out for one input item. */
export function itemsOfResult(
	context: NodeContext,
	vendor: ImageVendor,
	item: ItemResult,
	input: ItemInput | undefined,
): INodeExecutionData[] {
	const errorItem = (failure: Failure): INodeExecutionData =>
		toErrorItem(context, failure, item.itemIndex, vendor, input);
	if ('failure' in item) return [errorItem(item.failure)];
	const known = input?.attempts === undefined ? item : { ...item, attempts: input.attempts };
	const succeeded = item.results.filter((result) => result.ok);
	if (item.settings.output === 'itemPerInput' && succeeded.length > 0) {
		return [itemPerInput(known, vendor, succeeded)];
	}
	if (item.settings.output === 'itemPerInput') {
		const [first, ...others] = item.results.flatMap((each) => (each.ok ? [] : each.failure));
		return first === undefined ? [] : [errorItem(joinedFailure(first, others))];
	}
	return item.results.map((result) =>
		result.ok ? itemPerImage(known, vendor, result) : errorItem(result.failure),
	);
}
