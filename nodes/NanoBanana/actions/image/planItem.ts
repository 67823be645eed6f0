import type { IExecuteFunctions } from 'n8n-workflow';

import { success, type Outcome } from '../../core/failure';
import { validateRequest, type CheckedRequest } from '../../core/validateRequest';
import type { ImageVendor } from '../../core/vendor';
import {
	readItemSettings,
	readMaxCost,
	readOptions,
	type ItemSettings,
} from '../../platform/parameters';
import { planReferences, type ReferencePlan } from '../../platform/references';
import { planCompletion } from './planCompletion';

/** One input item, fully checked: whatever it asks for can be submitted. Nothing was sent so far. */
export interface ItemPlan {
	readonly itemIndex: number;
	readonly operation: 'generate' | 'edit';
	readonly request: CheckedRequest;
	readonly references: ReferencePlan;
	readonly settings: ItemSettings;
	/**
	 * `submit`: go on at once, with the task instead of the image. `callback`: park the execution until
	 * the vendor calls back.
	 */
	readonly completion: 'wait' | 'submit' | 'callback';
	/** Where the vendor is to call when the task has ended. */
	readonly callbackUrl: string | undefined;
	/** What the whole run may cost, in the vendor's own unit. */
	readonly maxCost: number | undefined;
}

/** Reads and checks the parameters of one item, before anything is spent on it. */
export async function planItem(
	context: IExecuteFunctions,
	itemIndex: number,
	operation: 'generate' | 'edit',
	vendor: ImageVendor,
	baseUrl: string,
): Promise<Outcome<ItemPlan>> {
	const read = (name: string, fallback: string | number): unknown =>
		context.getNodeParameter(name, itemIndex, fallback);

	const settings = readItemSettings(context, itemIndex);
	if (!settings.ok) return settings;

	const asked = {
		urls: operation === 'edit' ? read('referenceUrls', '') : '',
		binaryFields: operation === 'edit' ? read('referenceBinaryFields', '') : '',
	};
	const references = await planReferences(context, itemIndex, asked, vendor, baseUrl);
	if (!references.ok) return references;

	const request = validateRequest(
		{
			operation,
			model: read('model', 'nanoBananaPro'),
			customModel: readOptions(context, itemIndex).customModel,
			prompt: read('prompt', ''),
			aspectRatio: read('aspectRatio', 'auto'),
			aspectRatios: readOptions(context, itemIndex).aspectRatios,
			resolution: read('resolution', '1K'),
			outputFormat: read('outputFormat', 'png'),
			numberOfImages: read('numberOfImages', 1),
			referenceUrls: references.value.urls,
			referenceFileCount: references.value.binaries.length,
		},
		vendor,
	);
	if (!request.ok) return request;

	const going = planCompletion(context, itemIndex, read('completion', 'wait'), vendor, baseUrl);
	if (!going.ok) return going;

	const maxCost = readMaxCost(context, itemIndex);
	if (!maxCost.ok) return maxCost;

	return success({
		itemIndex,
		operation,
		request: request.value,
		references: references.value,
		settings: settings.value,
		...going.value,
		maxCost: maxCost.value,
	});
}
