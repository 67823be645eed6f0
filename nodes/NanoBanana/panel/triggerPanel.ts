import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

import { callingVendors } from '../vendors';
import { binaryField, download } from './options';
import { simplify } from './parameters';
import { vendorCredentials, vendorParameter } from './vendorChoice';

/**
 * A constant, since there is nothing to register at a vendor: each submit names the address itself. Beside
 * a list in the description, n8n's rules would want methods that the node does not need.
 */
export const webhooks: IWebhookDescription[] = [
	{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'nano-banana' },
];

export const credentials = vendorCredentials(callingVendors);

export const properties: INodeProperties[] = [
	{
		displayName:
			"Copy the production URL into 'Callback URL', under 'Options' of a Nano Banana node that continues immediately with the task. This workflow then starts when the task has ended.",
		name: 'notice',
		type: 'notice',
		default: '',
	},
	vendorParameter(
		callingVendors,
		'The vendor that makes the images. Use the credential of the account that submits the tasks.',
	),
	{
		displayName: 'Include Failed Tasks',
		name: 'includeFailed',
		type: 'boolean',
		default: false,
		description: 'Whether to start the workflow for a task that failed, too',
	},
	download,
	{ ...binaryField, displayOptions: { show: { download: [true] } } },
	simplify,
];
