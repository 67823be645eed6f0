import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

import { binaryField, download } from '../../descriptions/options';
import { simplify } from '../../descriptions/parameters';
import { vendorCredentials, vendorParameter } from '../../descriptions/vendorChoice';
import { callingVendors } from './callingVendors';

/**
 * A constant, since there is nothing to register at a vendor: each submit names the address itself, so
 * the node has none of the methods that n8n's rules want beside a list written in the description.
 */
export const webhooks: IWebhookDescription[] = [
	{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'nano-banana' },
];

export const credentials = vendorCredentials(callingVendors);

export const properties: INodeProperties[] = [
	{
		displayName:
			'Copy the production URL into Options → Callback URL of a Nano Banana step that goes on at once with the task: this workflow then starts when the task has ended.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	vendorParameter(
		callingVendors,
		'Who makes the images. The credential must be of the account that submits the tasks.',
	),
	{
		displayName: 'Include Failed Tasks',
		name: 'includeFailed',
		type: 'boolean',
		default: false,
		description: 'Whether a task that failed starts the workflow too',
	},
	download,
	{ ...binaryField, displayOptions: { show: { download: [true] } } },
	simplify,
];
