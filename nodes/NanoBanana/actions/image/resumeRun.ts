import {
	NodeOperationError,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { clock } from '../../platform/clock';
import { answerDelivery, deliveryOf, type DeliveryStatus } from '../../platform/deliveryAnswer';
import { readParkedRun, type ParkedTask } from '../../platform/parkedRun';
import { openResumingRuns, type ResumingRun } from '../../platform/resumingRuns';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient } from '../../platform/vendorClient';
import { vendors } from '../../vendors';
import { lookAtParked, type EndedTask, type LookingFrom, type LookResult } from './lookAtParked';
import { errorOfParked, parkedItemsOf } from './parkedItems';

/** A vendor may call before its own reads show the end: so long after a call they are asked once more. */
const doubtMs = 1_500;

const resumingRun = openResumingRuns<EndedTask>(() => clock.now());

/**
 * Answers a vendor's callback of a parked execution and lets it go on when the last task has ended. The
 * delivery is a hint only: nothing of it is used but the task that it names.
 */
export async function resumeRun(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	// n8n ends the parked execution with whatever is thrown here, so only a failed task of it may be.
	const outcome = await resume(context).catch((error: unknown) => {
		context.logger.error(`A callback could not be used: ${unexpectedFailure(error).message}`);
		return answer(context, 'askAgain');
	});
	if (outcome instanceof NodeOperationError) throw outcome;
	return outcome;
}

async function resume(
	context: IWebhookFunctions,
): Promise<IWebhookResponseData | NodeOperationError> {
	const parked = readParkedRun(context);
	const vendor = vendors.find(({ id }) => id === parked?.vendor);
	const tasks = parked?.items.flatMap((item) => item.tasks) ?? [];
	const named = vendor?.callback?.readTaskId(deliveryOf(context), tasks.map(taskIdOf));
	const ours = tasks.filter((task) => taskIdOf(task) === named);
	if (parked === undefined || vendor === undefined || named === undefined || ours.length === 0) {
		return answer(context, 'received');
	}

	const resuming = resumingRun(parked.id);
	if (resuming.isOver || clock.now() > parked.callbacksUntilMs) return answer(context, 'received');
	resuming.hintedAtMs.set(named, clock.now());
	if (resuming.isBusy) return answer(context, 'received');
	resuming.isBusy = true;
	try {
		const opened = await openVendorClient(context, vendor);
		if (!opened.ok) return answer(context, 'askAgain');
		const from = { context, vendor, client: opened.value, signal: undefined };
		// From the newest on: the likeliest not to have ended.
		const others = [...tasks].reverse();
		const { haveAllEnded, trouble } = await lookWhileHinted(from, ours, others, resuming);
		if (!haveAllEnded) {
			const open = openIn(tasks, resuming);
			// So that a vendor that could not be asked, or whose reads are far behind, calls again.
			const isUnsettled =
				trouble !== undefined ||
				open.includes(named) ||
				open.every((taskId) => resuming.hintedAtMs.has(taskId));
			return answer(context, isUnsettled ? 'askAgain' : 'received');
		}
		const failed = errorOfParked(context, parked, resuming.ended);
		if (failed === undefined) answerDelivery(context, 'received');
		const items = failed ?? (await parkedItemsOf(from, parked, resuming.ended));
		resuming.isOver = true;
		if (items instanceof NodeOperationError) return items;
		return { noWebhookResponse: true, workflowData: [items] };
	} finally {
		resuming.isBusy = false;
	}
}

/**
 * Asks for the named task and then for all others, until one has not ended. Where that is the named one,
 * or each of those that have not ended was called for already, no further callback may come: then they
 * are asked for once more when the vendor's reads have had the time to follow its calls.
 */
async function lookWhileHinted(
	from: LookingFrom,
	named: readonly ParkedTask[],
	others: readonly ParkedTask[],
	resuming: ResumingRun<EndedTask>,
): Promise<LookResult> {
	for (;;) {
		const lookedAtMs = clock.now();
		const first = await lookAtParked(from, named, resuming.ended);
		const result = first.haveAllEnded ? await lookAtParked(from, others, resuming.ended) : first;
		if (result.haveAllEnded || result.trouble !== undefined) return result;
		const doubtful = openIn(first.haveAllEnded ? others : named, resuming);
		const hintsMs = doubtful.map((taskId) => resuming.hintedAtMs.get(taskId) ?? Infinity);
		const settledAtMs = doubtMs + Math.max(...hintsMs);
		if (settledAtMs === Infinity || lookedAtMs >= settledAtMs) return result;
		await clock.sleep(Math.max(0, settledAtMs - clock.now()));
	}
}

/** The ids of those tasks that have not ended as far as was seen. */
function openIn(tasks: readonly ParkedTask[], { ended }: ResumingRun<EndedTask>): string[] {
	return tasks.map(taskIdOf).filter((taskId) => !ended.has(taskId));
}

function taskIdOf({ submission }: ParkedTask): string {
	return submission.reference.taskId;
}

function answer(context: IWebhookFunctions, status: DeliveryStatus): IWebhookResponseData {
	answerDelivery(context, status);
	return { noWebhookResponse: true };
}
