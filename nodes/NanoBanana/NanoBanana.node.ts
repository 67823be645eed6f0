import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { resumePath } from './engine/completion';
import { resume } from './engine/resume';
import { operations, runOperation } from './operations';
import { subtitleOf, waitingNodeTooltip } from './panel/canvas';
import { credentials, panelOf } from './panel/properties';

/**
 * Only the resume URL of a parked execution leads here. There is nothing to register with a vendor, so the
 * node needs no webhook methods. The lint rule that asks for them sees only lists in the description.
 */
const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		path: resumePath,
		restartWebhook: true,
		isFullPath: true,
		ndvHideUrl: true,
	},
];

export class NanoBanana implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Nano Banana',
		name: 'nanoBanana',
		icon: {
			light: 'file:../../icons/nanoBanana.svg',
			dark: 'file:../../icons/nanoBanana.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: subtitleOf(operations),
		description: 'Make and edit images with Nano Banana, Google’s Gemini image models',
		defaults: { name: 'Nano Banana' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		webhooks: resumeWebhooks,
		waitingNodeTooltip,
		properties: panelOf(operations),
	};

	/** Runs the chosen operation over all input items. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this);
	}

	/** Answers the callbacks of a parked execution. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resume(this);
	}
}
