import type { IWebhookFunctions } from 'n8n-workflow';

import { objectOf, parseJson } from '../core/tolerant';
import type { Delivery } from '../core/vendor';

/** What came to a callback address. Anybody may have sent it. */
export function deliveryOf(context: IWebhookFunctions): Delivery {
	return { body: bodyOf(context), query: objectOf(context.getQueryData()) ?? {} };
}

/**
 * n8n has parsed the body, and with it rounded numbers that JavaScript cannot hold: an id among them is
 * read from the bytes.
 */
function bodyOf(context: IWebhookFunctions): unknown {
	const { rawBody } = context.getRequestObject() as unknown as { readonly rawBody?: unknown };
	const read = Buffer.isBuffer(rawBody) ? parseJson(rawBody.toString('utf8')) : undefined;
	return read ?? context.getBodyData();
}

/** How a delivery is answered: it is settled, whatever came of it, or the vendor should try again. */
export type DeliveryStatus = 'received' | 'askAgain';

/** A refusal (4xx) would tell some vendors never to call again; after 503 those that retry do so. */
const httpStatus: Readonly<Record<DeliveryStatus, number>> = { received: 200, askAgain: 503 };

/** What is used of the response; its full type belongs to a package that only n8n's server has. */
interface HttpResponse {
	readonly headersSent: boolean;
	status(code: number): this;
	json(body: unknown): this;
}

/**
 * Answers the vendor now, so that it need not wait for what `webhook()` still does. n8n then has to be
 * told `noWebhookResponse`. All that a forger learns is whether a task whose id he knows has ended. Only
 * the first answer counts.
 */
export function answerDelivery(context: IWebhookFunctions, status: DeliveryStatus): void {
	const response = context.getResponseObject() as unknown as HttpResponse;
	if (response.headersSent) return;
	response.status(httpStatus[status]).json({ received: status === 'received' });
}
