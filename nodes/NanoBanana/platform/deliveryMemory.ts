import type { IWebhookFunctions } from 'n8n-workflow';

import { objectOf, parseJson, textsOf } from '../core/tolerant';
import type { Delivery } from '../core/vendor';

/** The result of a claim, since the same task may be delivered several times. */
export type Claim =
	/** The task has already started a workflow, or failed where failed ones start none. */
	| { readonly kind: 'repeated' }
	/** Another delivery of the task is being worked on and answered in this way. */
	| { readonly kind: 'underWay'; readonly status: Promise<DeliveryStatus> }
	| FirstClaim;

export interface FirstClaim {
	readonly kind: 'first';
	/** Tells deliveries of the same task, which wait for it, how this one was answered. */
	answered(status: DeliveryStatus): void;
	/** Remembers that the task is settled; to be called when nothing can fail any more. */
	remember(): void;
	/** Ends the claim, however the delivery went. Without `remember` the next one is a first one again. */
	release(): void;
}

/** Vendors repeat a delivery within minutes or hours; nobody has more tasks in that time. */
const rememberedTasks = 500;

const staticDataKey = 'startedTaskIds';

/** For each trigger, the tasks that have started a workflow in this process, or need not start one. */
const startedTasks = new Map<string, readonly string[]>();

/** For each trigger and task, the delivery that this process is working on. */
const deliveriesUnderWay = new Map<string, Promise<DeliveryStatus>>();

/**
 * Claims the task of a delivery. Tasks are remembered in two places, since each alone forgets:
 * - The workflow's static data lasts over a restart and is shared by all processes. Both n8n 1.121 and
 *   2.41 read it anew from the database for each production call and save it right after `webhook()` has
 *   returned, whole: of two calls at the same moment the later one would undo the other's entry. An
 *   execution that changes static data itself saves its copy of the start at its end.
 * - The memory of this process knows at once, and all it knows is written with each new entry. Two calls
 *   at the same moment in two webhook processes are the gap that is left.
 *
 * A test call is remembered only while it is worked on: a tester sends the same delivery again, and n8n
 * saves no static data then.
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
			// A delivery that still waits for this one must learn that nothing came of it.
			answered('askAgain');
		},
	};
}

/** The delivery that came to a callback address. Anybody may have sent it. */
export function deliveryOf(context: IWebhookFunctions): Delivery {
	return { body: bodyOf(context), query: objectOf(context.getQueryData()) ?? {} };
}

/**
 * n8n's own parser has rounded numbers that JavaScript cannot hold. An id may be one of them, so the body
 * must be read from its bytes.
 */
function bodyOf(context: IWebhookFunctions): unknown {
	const { rawBody } = context.getRequestObject() as unknown as { readonly rawBody?: unknown };
	const read = Buffer.isBuffer(rawBody) ? parseJson(rawBody.toString('utf8')) : undefined;
	return read ?? context.getBodyData();
}

/** How a delivery is answered: it is settled, with or without success, or the vendor should try again. */
export type DeliveryStatus = 'received' | 'askAgain';

/** After a refusal (4xx) some vendors never call again; after 503 those that retry do. */
const httpStatus: Readonly<Record<DeliveryStatus, number>> = { received: 200, askAgain: 503 };

/** The used part of the response; its full type belongs to a package that only n8n's server has. */
interface HttpResponse {
	readonly headersSent: boolean;
	status(code: number): this;
	json(body: unknown): this;
}

/**
 * Answers the vendor now, so that it need not wait for the rest of `webhook()`. n8n must then be told
 * `noWebhookResponse`. A forger who knows a task's id learns only whether the task has ended. Only the
 * first answer counts.
 */
export function answerDelivery(context: IWebhookFunctions, status: DeliveryStatus): void {
	const response = context.getResponseObject() as unknown as HttpResponse;
	if (response.headersSent) return;
	response.status(httpStatus[status]).json({ received: status === 'received' });
}
