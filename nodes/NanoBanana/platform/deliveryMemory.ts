import type { IWebhookFunctions } from 'n8n-workflow';

import { textsOf } from '../core/tolerant';
import type { DeliveryStatus } from './deliveryAnswer';

/** What a delivery may do, as the same task may be delivered several times. */
export type Claim =
	/** The task has already started a workflow. */
	| { readonly kind: 'repeated' }
	/** Another delivery of the task is being worked on and answered in this way. */
	| { readonly kind: 'underWay'; readonly status: Promise<DeliveryStatus> }
	| FirstClaim;

export interface FirstClaim {
	readonly kind: 'first';
	/** Tells deliveries of the same task, which wait for it, how this one was answered. */
	answered(status: DeliveryStatus): void;
	/** Remembers that the task starts a workflow; to be called when nothing can fail any more. */
	remember(): void;
	/** Ends the claim, however the delivery went. Without `remember` the next one is a first one again. */
	release(): void;
}

/** Vendors repeat a delivery within minutes or hours; nobody has more tasks in that time. */
const rememberedTasks = 500;

const staticDataKey = 'startedTaskIds';

/** By trigger: what this process has started. */
const startedTasks = new Map<string, readonly string[]>();

/** By trigger and task: what this process is working on. */
const deliveriesUnderWay = new Map<string, Promise<DeliveryStatus>>();

/**
 * Claims the task of a delivery. Remembered is in two places, since each alone forgets:
 * - The workflow's static data lasts over a restart and is shared by all processes. Both n8n 1.121 and
 *   2.41 read it anew from the database for each production call and save it right after `webhook()` has
 *   returned, whole: of two calls at the same moment the later one would undo the other's entry. An
 *   execution that changes static data itself saves at its end what it read at its start.
 * - The memory of this process knows at once, and all it knows is written with each new entry. Two calls
 *   at the same moment in two webhook processes are the gap that is left.
 *
 * A test call is remembered only while it is worked on: whoever tests sends the same delivery again, and
 * n8n saves no static data then.
 */
export function claimTask(context: IWebhookFunctions, taskId: string): Claim {
	const isTest = context.getMode() === 'manual';
	const trigger = JSON.stringify([context.getWorkflow().id, context.getNode().id, isTest]);
	const delivery = JSON.stringify([trigger, taskId]);
	const status = deliveriesUnderWay.get(delivery);
	if (status !== undefined) return { kind: 'underWay', status };
	const staticData = context.getWorkflowStaticData('node');
	const started = (): readonly string[] => [
		...textsOf(staticData[staticDataKey]),
		...(startedTasks.get(trigger) ?? []),
	];
	if (!isTest && started().includes(taskId)) return { kind: 'repeated' };

	let answered: (status: DeliveryStatus) => void = () => undefined;
	deliveriesUnderWay.set(
		delivery,
		new Promise((resolve) => {
			answered = resolve;
		}),
	);
	return {
		kind: 'first',
		answered,
		remember() {
			if (isTest) return;
			const taskIds = [...new Set([...started(), taskId])].slice(-rememberedTasks);
			startedTasks.set(trigger, taskIds);
			staticData[staticDataKey] = taskIds;
		},
		release() {
			deliveriesUnderWay.delete(delivery);
			// Whoever still waits learns that nothing came of it.
			answered('askAgain');
		},
	};
}
