import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { credentials, properties, webhooks } from './actions/trigger/description';
import { receiveDelivery } from './actions/trigger/receiveDelivery';

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
		subtitle: '={{ $parameter["vendor"] }}',
		description: 'Starts the workflow when a Nano Banana task has ended, with its image',
		eventTriggerDescription: 'Waiting for the vendor to call the test URL',
		activationMessage:
			'Your workflow now starts for each task that was submitted with the production URL as its callback URL.',
		defaults: { name: 'Nano Banana Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		webhooks,
		properties,
	};

	/** Answers the vendor and starts the workflow where its callback is true. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}
}
