import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { fetchAbandoned } from '../engine/abandoned';
import { download, resultsWithoutImage } from '../engine/download';
import { park, parkUntil } from '../engine/park';
import { parksExecution, planOrders } from '../engine/plan';
import { reportPlan } from '../engine/report';
import { openRun, type Run } from '../engine/run';
import { submit } from '../engine/submit';
import { watch } from '../engine/watch';
import { imageOptions } from '../panel/collections';
import {
	aspectRatio,
	editPrompt,
	modelParameters,
	numberOfImages,
	prompt,
	referenceBinaryFields,
	referenceUrls,
	resolutionParameters,
} from '../panel/parameters';
import { readAbandonedRun, readOwnParkedRun } from '../platform/parkedRun';
import type { RunEnd } from '../platform/savedOrders';
import type { Operation } from './operation';

/** Text to image. */
export const generate: Operation = {
	resource: 'image',
	operation: 'generate',
	name: 'Generate',
	action: 'Generate image',
	description: 'Make an image from a text prompt',
	isOfferedBy: () => true,
	properties: [
		prompt,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		numberOfImages,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'generate'),
};

/** Prompt and reference images to image. */
export const edit: Operation = {
	resource: 'image',
	operation: 'edit',
	name: 'Edit',
	action: 'Edit image',
	description: 'Change an image, or combine several, with a text prompt',
	isOfferedBy: () => true,
	properties: [
		editPrompt,
		referenceBinaryFields,
		referenceUrls,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		numberOfImages,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'edit'),
};

async function makeImages(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	operation: 'generate' | 'edit',
): Promise<INodeExecutionData[]> {
	const run = await openRun(context, vendor, operation);
	let end: RunEnd = 'threw';
	try {
		const items = await makeItems(run);
		end = items.some(({ json }) => json.error !== undefined) ? 'failed' : 'delivered';
		return items;
	} finally {
		run.open.close();
		run.saved.close(end);
	}
}

/** plan → submit → watch → download → report; no watch or download where the workflow goes on at once */
async function makeItems(run: Run): Promise<INodeExecutionData[]> {
	// With Retry On Fail and a failed first item, n8n runs the node once more after it has parked.
	const parked = readOwnParkedRun(run.context);
	if (parked !== undefined) return await parkUntil(run.context, parked.callbacksUntilMs);
	const abandoned = readAbandonedRun(run.context);
	if (abandoned !== undefined) return await fetchAbandoned(run, abandoned);
	const plan = await planOrders(run);
	if (parksExecution(plan)) return await park(run, plan);
	return await reportPlan(run, plan, async (order) => {
		await submit(run, order);
		if (order.settings.completion === 'submit') return resultsWithoutImage(run, order);
		await watch(run, order);
		return await download(run, order);
	});
}
