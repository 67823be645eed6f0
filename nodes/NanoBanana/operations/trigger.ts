import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isPlaceholderId } from '../core/placeholder';
import { isUsableTaskId, trimmedTaskId } from '../core/task';
import { itemsOfTask, verifyTask, type Verdict } from '../engine/deliver';
import { enterDeliveryGate, expectedTaskIds, type TaskIs } from '../platform/deliveryGate';
import {
	answerDelivery,
	claimTask,
	deliveryOf,
	type DeliveryStatus,
} from '../platform/deliveryMemory';
import { callingVendors, type CallingVendor } from '../vendors';

const taskIs: Readonly<Record<Verdict['kind'], TaskIs>> = {
	ended: 'known',
	underWay: 'known',
	unknownTask: 'unknown',
	unasked: 'unasked',
};

/**
 * Takes a delivery only as a hint: reads the task's id from it and asks the vendor for the rest. Answers
 * the vendor before anything is downloaded. Must never throw: n8n would start the workflow with that
 * error.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const answer = (status: DeliveryStatus): IWebhookResponseData => {
		answerDelivery(context, status);
		return { noWebhookResponse: true };
	};
	const vendorId = context.getNodeParameter('vendor', '');
	const vendor = callingVendors.find(({ id }) => id === vendorId);
	if (vendor === undefined) {
		context.logger.error(`${context.getNode().name}: the chosen vendor does not send callbacks`);
		return answer('askAgain');
	}
	const taskId = readTaskId(context, vendor);
	if (taskId === undefined) return answer('received');
	const claim = claimTask(context, taskId);
	if (claim.kind === 'repeated') return answer('received');
	if (claim.kind === 'underWay') return answer(await claim.status);
	try {
		const leave = await enterDeliveryGate(context, taskId);
		if (leave === undefined) return answer('askAgain');
		const verdict = await verifyTask(context, vendor, taskId);
		leave(taskIs[verdict.kind]);
		// A vendor whose reads are behind its own call has the chance to call once more.
		const isForeign = verdict.kind === 'unknownTask' && !expectedTaskIds().includes(taskId);
		const status = verdict.kind === 'ended' || isForeign ? 'received' : 'askAgain';
		claim.answered(status);
		const response = answer(status);
		if (verdict.kind === 'unknownTask') {
			const what = `got a callback for task ${taskId}, which ${vendor.displayName} does not know`;
			context.logger.warn(`${context.getNode().name} ${what}`);
		}
		if (verdict.kind === 'unasked') {
			const why = `could not ask ${vendor.displayName} for task ${taskId}`;
			context.logger.warn(`${context.getNode().name} ${why}: ${verdict.failure.message}`);
		}
		if (verdict.kind !== 'ended') return response;
		const items = await itemsOfTask(verdict.run, verdict.order, taskId);
		// A failed task that starts nothing is settled, too.
		claim.remember();
		return items.length === 0 ? response : { ...response, workflowData: [items] };
	} finally {
		claim.release();
	}
}

/** Anybody may send a delivery, so an id that no submit would take is dropped. */
function readTaskId(context: IWebhookFunctions, vendor: CallingVendor): string | undefined {
	const taskId = trimmedTaskId(vendor.callback.readTaskId(deliveryOf(context), expectedTaskIds()));
	if (taskId === undefined || isPlaceholderId(taskId)) return undefined;
	return isUsableTaskId(taskId) ? taskId : undefined;
}
