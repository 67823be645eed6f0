import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** What is used of the web server's response; n8n types it with a package that nodes do not have. */
interface ServerResponse {
	readonly headersSent: boolean;
	status(code: number): { json(body: object): void };
}

/**
 * Answers a callback at once, so that the vendor is not kept waiting by what is still to be done, and
 * starts or resumes nothing by itself.
 */
export function answerCallback(context: IWebhookFunctions, status: number): IWebhookResponseData {
	const response = context.getResponseObject() as unknown as ServerResponse;
	if (!response.headersSent) response.status(status).json({ received: status === 200 });
	return { noWebhookResponse: true };
}
