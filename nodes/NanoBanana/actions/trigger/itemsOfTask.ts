import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import { ofTask } from '../../core/failure';
import { defaultImageName, openImageNames } from '../../core/imageNames';
import type { TaskSnapshot } from '../../core/task';
import type { ImageVendor } from '../../core/vendor';
import { waitForTask } from '../../core/waitForTask';
import { clock } from '../../platform/clock';
import { toErrorItem } from '../../platform/nodeErrors';
import { itemPerImage } from '../../platform/outputItems';
import type { ImageResult } from '../../platform/results';
import { readTriggerSettings, type TriggerSettings } from '../../platform/triggerSettings';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { bringImages, openDownloads } from '../bringImages';
import { describeFound } from '../describeFound';
import type { EndedTask } from './verifyTask';

/** What items of the trigger have as their operation. */
const operation = 'trigger';

/** Deliveries come as they like, so all of this process share these. */
const downloads = openDownloads();

/**
 * The items that start the workflow, in the shape of the node's own; none where the task failed and
 * failed tasks are not wanted. Whatever else goes wrong is told in an item: the task is paid. Never throws.
 */
export async function itemsOfTask(
	context: IWebhookFunctions,
	vendor: ImageVendor,
	ended: EndedTask,
): Promise<INodeExecutionData[]> {
	const { taskId } = ended.snapshot;
	const errorItem = (result: Extract<ImageResult, { ok: false }>): INodeExecutionData =>
		toErrorItem(context, result.failure, 0, vendor, undefined);
	try {
		const settings = readTriggerSettings(context);
		if (ended.snapshot.state !== 'succeeded' && !settings.includeFailed) return [];
		const results = await resultsOf(context, vendor, ended, settings);
		const item = { itemIndex: 0, operation, settings, results };
		return results.map((result) =>
			result.ok ? itemPerImage(item, vendor, result) : errorItem(result),
		);
	} catch (error) {
		return [errorItem({ ok: false, failure: ofTask(unexpectedFailure(error), taskId) })];
	}
}

async function resultsOf(
	context: IWebhookFunctions,
	vendor: ImageVendor,
	ended: EndedTask,
	settings: TriggerSettings,
): Promise<readonly ImageResult[]> {
	const { client } = ended;
	const { taskId } = ended.snapshot;
	const names = openImageNames();
	let raw = ended.raw;
	let snapshot: TaskSnapshot = ended.snapshot;
	let looks = ended.looks;
	if (snapshot.state === 'succeeded' && snapshot.images.length === 0) {
		const { outcome, polls } = await waitForTask({
			vendorName: vendor.displayName,
			taskId,
			look: async () => {
				const answer = await client.call(vendor.getTask(taskId));
				raw = answer.raw;
				return answer.outcome;
			},
			clock,
			startedAtMs: clock.now(),
			timeoutMs: settings.timeoutMs,
			pollIntervalMs: settings.pollIntervalMs,
			typicalMs: vendor.pollHint.typicalMs,
			notFoundGraceMs: 0,
			lookAtOnce: true,
		});
		if (!outcome.ok) return [{ ok: false, failure: outcome.failure }];
		snapshot = outcome.value;
		looks += polls;
	}
	return await bringImages(snapshot, {
		context,
		vendor,
		baseUrl: client.baseUrl,
		signal: undefined,
		downloads,
		taskId,
		settings,
		indexOf: (position) => position,
		nameOf: (position) =>
			names.claim(defaultImageName(taskId), position === 0 ? '' : `-${position + 1}`),
		result: describeFound(vendor, snapshot, looks, raw),
	});
}
