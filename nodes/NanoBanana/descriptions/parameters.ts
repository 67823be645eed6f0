import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { aspectRatios, maxNumberOfImages, modelIds, modelNames, resolutions } from '../core/words';
import { vendors } from '../vendors';
import * as options from './options';

/**
 * The parameters below vendor, resource and operation. Which operation shows one is said in the
 * operation's own file; only what depends on the vendor stands here, derived from the registry.
 */

export const prompt: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: 'e.g. A product photo of a ceramic lamp on a walnut desk, soft morning light',
	description: 'What the image should show, in any language. For an edit: what to change.',
};

export const referenceBinaryFields: INodeProperties = {
	displayName: 'Reference Binary Fields',
	name: 'referenceBinaryFields',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data, logo',
	hint: 'The names of the input fields that hold the reference images, separated by commas',
	description:
		'Binary fields of the input item with PNG, JPEG or WebP images to start from. The default is ignored when the item has no such field and there are reference URLs.',
};

export const referenceUrls: INodeProperties = {
	displayName: 'Reference URLs',
	name: 'referenceUrls',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
	placeholder: 'e.g. https://example.com/product.png',
	hint: 'One URL a line. The vendor must be able to open them.',
	description: 'Addresses of images to start from: one a line, or an array from an expression',
};

const withCallback = vendors.filter(({ callback }) => callback !== undefined);

/** One list a vendor, since each sells other models under the same name of ours. */
export const modelParameters: readonly INodeProperties[] = vendors.map((vendor) => ({
	displayName: 'Model',
	name: 'model',
	type: 'options',
	options: modelIds
		.filter((id) => vendor.models[id] !== undefined)
		.map((id) => ({ name: modelNames[id], value: id }))
		.sort((one, other) => one.name.localeCompare(other.name)),
	default: 'nanoBananaPro',
	description: 'Which of the vendor’s models makes the image',
	displayOptions: shownFor([vendor]),
}));

export const aspectRatio: INodeProperties = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	options: aspectRatios.map((value) => ({
		name: value === 'auto' ? 'Auto' : value,
		value,
		...(value === 'auto' ? { description: 'Leave it to the vendor' } : {}),
	})),
	default: 'auto',
	description: 'Width to height of the image',
};

/** A vendor with a model that has no choice of size gets a list of its own, hidden for that model. */
export const resolutionParameters: readonly INodeProperties[] = resolutionGroups().map(
	({ group, models }) => ({
		displayName: 'Resolution',
		name: 'resolution',
		type: 'options',
		options: resolutions.map((value) => ({ name: value, value })),
		default: '1K',
		description: 'Size of the image; a larger one may cost more',
		displayOptions: shownFor(group, models),
	}),
);

export const outputFormat: INodeProperties = {
	displayName: 'Output Format',
	name: 'outputFormat',
	type: 'options',
	options: [
		{ name: 'JPG', value: 'jpg' },
		{ name: 'PNG', value: 'png' },
	],
	default: 'png',
	description: 'File type to ask for. What really came is in the item.',
	displayOptions: shownFor(vendors.filter(({ outputFormats }) => outputFormats.length > 0)),
};

export const numberOfImages: INodeProperties = {
	displayName: 'Number of Images',
	name: 'numberOfImages',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: maxNumberOfImages, numberPrecision: 0 },
	default: 1,
	description: 'How many images to make for each input item. Each one is paid.',
};

export const completion: INodeProperties = {
	displayName: 'Go On',
	name: 'completion',
	type: 'options',
	options: [
		{
			name: 'When the Image Is There',
			value: 'wait',
			description: 'Wait for the vendor and hand on the image',
		},
		{
			name: 'When the Vendor Calls Back',
			value: 'callback',
			description:
				'Park the execution until the images are there: it holds no worker and no memory. This n8n must be reachable from the internet.',
			// An agent cannot be parked.
			displayOptions: { show: { vendor: idsOf(withCallback) }, hide: { '@tool': [true] } },
		},
		{
			name: 'At Once, With the Task',
			value: 'submit',
			description: 'Only submit. Task → Wait brings the image later, also in another workflow.',
		},
	],
	default: 'wait',
	description: 'When the workflow goes on',
};

export const taskId: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '={{ $json.taskId ?? $json.error?.taskId }}',
	required: true,
	description: 'The ID that the vendor gave the task when it was submitted',
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Within a collection a path that begins with a slash looks at the parameters outside of it. */
const callbackUrl: INodeProperties = {
	...options.callbackUrl,
	displayOptions: { show: { '/vendor': idsOf(withCallback), '/completion': ['submit'] } },
};

const maxCost: INodeProperties = {
	...options.maxCost,
	displayOptions: {
		show: { '/vendor': idsOf(vendors.filter((each) => each.submitCostUnit !== undefined)) },
	},
};

export const imageOptions = collection([
	options.aspectRatios,
	options.binaryField,
	callbackUrl,
	options.customModel,
	options.download,
	options.fileName,
	maxCost,
	options.maxTasksAtOnce,
	options.output,
	options.pollInterval,
	options.timeout,
]);

export const taskWaitOptions = collection([
	options.binaryField,
	options.download,
	options.fileName,
	options.maxTasksAtOnce,
	options.output,
	options.pollInterval,
	options.timeout,
]);

export const taskLookOptions = collection([options.maxTasksAtOnce, options.output]);

function collection(entries: readonly INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...entries].sort((one, other) => one.displayName.localeCompare(other.displayName)),
	};
}

function idsOf(group: readonly ImageVendor[]): string[] {
	return group.map(({ id }) => id);
}

function shownFor(group: readonly ImageVendor[], models?: readonly string[]): IDisplayOptions {
	return {
		show: {
			vendor: idsOf(group),
			...(models === undefined ? {} : { model: [...models] }),
		},
	};
}

function resolutionGroups(): ReadonlyArray<{
	readonly group: readonly ImageVendor[];
	readonly models?: readonly string[];
}> {
	const isChoice = (vendor: ImageVendor, model: (typeof modelIds)[number]): boolean =>
		vendor.models[model]?.resolutions.length !== 0;
	const always = vendors.filter((vendor) => modelIds.every((model) => isChoice(vendor, model)));
	const sometimes = vendors.filter((vendor) => !always.includes(vendor));
	return [
		{ group: always },
		...sometimes.map((vendor) => ({
			group: [vendor],
			models: modelIds.filter((model) => isChoice(vendor, model)),
		})),
	];
}
