import {
	NodeOperationError,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { objectOf } from '../../core/tolerant';
import { answerCallback } from '../../platform/answerCallback';
import { clock } from '../../platform/clock';
import { readParkedRun } from '../../platform/parkedRun';
import { openResumingRuns, type ResumingRun } from '../../platform/resumingRuns';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient } from '../../platform/vendorClient';
import { vendors } from '../../vendors';
import { lookAtParked, type EndedTask, type LookingFrom, type LookResult } from './lookAtParked';
import { errorOfParked, parkedItemsOf } from './parkedItems';

const resumingRun = openResumingRuns<EndedTask>(() => clock.now());

/**
 * Answers a vendor's callback of a parked execution and lets it go on when the last task has ended. The
 * delivery is a hint only: nothing of it is used but the task that it names.
 */
export async function resumeRun(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	// n8n ends the parked execution with whatever is thrown here, so only a failed task of it may be.
	const outcome = await resume(context).catch((error: unknown) => {
		context.logger.error(`A callback could not be used: ${unexpectedFailure(error).message}`);
		return answerCallback(context, 503);
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
	const isOurs = tasks.some(({ submission }) => submission.reference.taskId === named);
	if (parked === undefined || vendor === undefined || !isOurs) return answerCallback(context, 404);

	const resuming = resumingRun(parked.id);
	if (resuming.isOver) return answerCallback(context, 200);
	resuming.hints++;
	if (resuming.isBusy) return answerCallback(context, 200);
	resuming.isBusy = true;
	try {
		const opened = await openVendorClient(context, vendor);
		if (!opened.ok) return answerCallback(context, 503);
		const from = { context, vendor, client: opened.value, signal: undefined };
		// The one that is named first, then from the newest on: the likeliest not to have ended.
		const isNamed = (id: string): number => (id === named ? 1 : 0);
		const inOrder = [...tasks]
			.reverse()
			.sort(
				(one, other) =>
					isNamed(other.submission.reference.taskId) - isNamed(one.submission.reference.taskId),
			);
		const { haveAllEnded, trouble } = await lookWhileAsked(from, inOrder, resuming);
		// So that a vendor that could not be asked just now calls again.
		if (!haveAllEnded) return answerCallback(context, trouble === undefined ? 200 : 503);
		const failed = errorOfParked(context, parked, resuming.ended);
		if (failed === undefined) answerCallback(context, 200);
		const items = failed ?? (await parkedItemsOf(from, parked, resuming.ended));
		resuming.isOver = true;
		if (items instanceof NodeOperationError) return items;
		return { noWebhookResponse: true, workflowData: [items] };
	} finally {
		resuming.isBusy = false;
	}
}

/** Once more where callbacks came in meanwhile: what they speak of may have been looked at before. */
async function lookWhileAsked(
	from: LookingFrom,
	tasks: Parameters<typeof lookAtParked>[1],
	resuming: ResumingRun<EndedTask>,
): Promise<LookResult> {
	let result: LookResult;
	let hints: number;
	do {
		({ hints } = resuming);
		result = await lookAtParked(from, tasks, resuming.ended);
	} while (!result.haveAllEnded && hints !== resuming.hints);
	return result;
}
