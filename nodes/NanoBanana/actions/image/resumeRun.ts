import {
	NodeOperationError,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { objectOf } from '../../core/tolerant';
import { clock } from '../../platform/clock';
import { answerDelivery, type DeliveryStatus } from '../../platform/deliveryAnswer';
import { readParkedRun, type ParkedTask } from '../../platform/parkedRun';
import { openResumingRuns, type ResumingRun } from '../../platform/resumingRuns';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient } from '../../platform/vendorClient';
import { vendors } from '../../vendors';
import { lookAtParked, type EndedTask, type LookingFrom, type LookResult } from './lookAtParked';
import { errorOfParked, parkedItemsOf } from './parkedItems';

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
	const named = vendor?.callback?.readTaskId(objectOf(context.getBodyData()));
	const tasks = parked?.items.flatMap((item) => item.tasks) ?? [];
	const ours = tasks.filter(({ submission }) => submission.reference.taskId === named);
	if (parked === undefined || vendor === undefined || ours.length === 0) {
		return answer(context, 'received');
	}

	const resuming = resumingRun(parked.id);
	if (resuming.isOver) return answer(context, 'received');
	resuming.hints++;
	if (resuming.isBusy) return answer(context, 'received');
	resuming.isBusy = true;
	try {
		const opened = await openVendorClient(context, vendor);
		if (!opened.ok) return answer(context, 'askAgain');
		const from = { context, vendor, client: opened.value, signal: undefined };
		// From the newest on: the likeliest not to have ended.
		const others = [...tasks].reverse();
		const { haveAllEnded, trouble } = await lookWhileAsked(from, ours, others, resuming);
		// So that a vendor that could not be asked just now calls again.
		if (!haveAllEnded) return answer(context, trouble === undefined ? 'received' : 'askAgain');
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
 * Asks for the named task and then for the others; once more where callbacks came in meanwhile, since
 * what they speak of may have been looked at before.
 */
async function lookWhileAsked(
	from: LookingFrom,
	named: readonly ParkedTask[],
	others: readonly ParkedTask[],
	resuming: ResumingRun<EndedTask>,
): Promise<LookResult> {
	const first = await lookAtParked(from, named, resuming.ended);
	// A vendor may call before its own reads show the end, and the last callback is followed by no other.
	if (!first.haveAllEnded && first.trouble === undefined) await clock.sleep(doubtMs);
	let result: LookResult;
	let hints: number;
	do {
		({ hints } = resuming);
		result = await lookAtParked(from, [...named, ...others], resuming.ended);
	} while (!result.haveAllEnded && hints !== resuming.hints);
	return result;
}

function answer(context: IWebhookFunctions, status: DeliveryStatus): IWebhookResponseData {
	answerDelivery(context, status);
	return { noWebhookResponse: true };
}
