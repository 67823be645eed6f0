import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { receiveDelivery } from './operations/trigger';
import { triggerSubtitle } from './panel/canvas';
import { credentials, properties, triggerPanel, webhooks } from './panel/triggerPanel';

export class NanoBananaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Nano Banana Trigger',
		name: 'nanoBananaTrigger',
		icon: {
			light: 'file:../../icons/nanoBanana.svg',
			dark: 'file:../../icons/nanoBanana.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: triggerSubtitle,
		// n8n's nodes panel lists both nodes as one, under this text.
		description: 'Make and edit images with Nano Banana, and start workflows when images are ready',
		eventTriggerDescription: 'Waiting for the vendor to call the test URL',
		activationMessage:
			'Your workflow now starts for each task that was submitted with the production URL as its callback URL.',
		triggerPanel,
		defaults: { name: 'Nano Banana Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		webhooks,
		properties,
	};

	/** Answers the vendor, and starts the workflow if the callback proves true. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}
}
