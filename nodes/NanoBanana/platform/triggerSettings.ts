import type { IWebhookFunctions } from 'n8n-workflow';

import type { OrderSettings } from '../core/order';
import { textOf } from '../core/tolerant';

export interface TriggerSettings extends OrderSettings {
	/** Whether a task without an image starts the workflow too. */
	readonly includeFailed: boolean;
}

/** For a success that does not name its images yet. */
const namingTimeoutMs = 30_000;

export function readTriggerSettings(context: IWebhookFunctions): TriggerSettings {
	return {
		includeFailed: context.getNodeParameter('includeFailed', false) === true,
		binaryField: textOf(context.getNodeParameter('binaryField', 'data'))?.trim() ?? 'data',
		output: 'itemPerImage',
		download: context.getNodeParameter('download', true) !== false,
		timeoutMs: namingTimeoutMs,
		pollIntervalMs: 0,
		completion: 'wait',
		includeRaw: context.getNodeParameter('simplify', true) === false,
	};
}
