import type { IWebhookFunctions } from 'n8n-workflow';

import { textOf } from '../core/tolerant';
import type { ItemSettings } from './parameters';

export interface TriggerSettings extends ItemSettings {
	/** Whether a task without an image starts the workflow too. */
	readonly includeFailed: boolean;
}

/** For a success that does not name its images yet. */
const namingTimeoutMs = 30_000;

export function readTriggerSettings(context: IWebhookFunctions): TriggerSettings {
	return {
		includeFailed: context.getNodeParameter('includeFailed', false) === true,
		binaryField: textOf(context.getNodeParameter('binaryField', 'data'))?.trim() ?? 'data',
		fileName: undefined,
		output: 'itemPerImage',
		download: context.getNodeParameter('download', true) !== false,
		timeoutMs: namingTimeoutMs,
		pollIntervalMs: 0,
		includeRaw: context.getNodeParameter('simplify', true) === false,
	};
}
