import type { INodeProperties, INodeTypeDescription, IWebhookDescription } from 'n8n-workflow';

import { callingVendors } from '../vendors';
import { shortOptions } from './collections';
import { binaryField, download } from './options';
import { credentialPlace, vendorCredentials, vendorParameter } from './vendorChoice';

/**
 * A constant, since there is nothing to register at a vendor: each submit names the address itself. Beside
 * a list in the description, n8n's rules would want methods that the node does not need.
 */
export const webhooks: IWebhookDescription[] = [
	{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'nano-banana' },
];

export const credentials = vendorCredentials(callingVendors);

/** Only its name is used: n8n's nodes panel lists the choices of "Event" as what the trigger can do. */
const event: INodeProperties = {
	displayName: 'Event',
	name: 'event',
	type: 'hidden',
	options: [
		{
			name: 'Image Finished',
			value: 'imageFinished',
			action: 'Image Finished',
			description: 'Start when a task that was submitted with this callback URL has ended',
		},
	],
	default: 'imageFinished',
};

/** The texts beside the panel. `data-key` is n8n's way to publish the workflow from a link. */
export const triggerPanel: Exclude<INodeTypeDescription['triggerPanel'], undefined> = {
	header: 'Start when an image is finished',
	executionsHelp: {
		inactive:
			'<b>While you build</b>, click the button above, then submit an image with the <b>test URL</b> of this node as its Callback URL. The test URL waits for one call. <br /><br /><b>To run it without the editor</b>, <a data-key="activate">publish</a> the workflow (in n8n 1: activate it) and submit images with the <b>production URL</b>. Those executions are in the <a data-key="executions">executions list</a>, not in the editor.',
		active:
			'<b>While you build</b>, click the button above, then submit an image with the <b>test URL</b> of this node as its Callback URL. The test URL waits for one call. <br /><br /><b>The workflow runs by itself</b> for every image that was submitted with the <b>production URL</b>. Those executions are in the <a data-key="executions">executions list</a>, not in the editor.',
	},
	activationHint: {
		inactive:
			'<a data-key="activate">Publish</a> this workflow, and it starts for every image that is submitted with the production URL.',
		active: 'This workflow starts for every image that is submitted with the production URL.',
	},
};

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
	credentialPlace,
	event,
	{
		displayName: 'Include Failed Tasks',
		name: 'includeFailed',
		type: 'boolean',
		default: false,
		description: 'Whether a failed task starts the workflow, too',
	},
	download,
	{ ...binaryField, displayOptions: { show: { download: [true] } } },
	shortOptions,
];
