import type { INodeProperties } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import {
	aspectRatios,
	maxNumberOfImages,
	modelNames,
	outputFormats,
	resolutions,
} from '../core/words';
import { vendors } from '../vendors';
import {
	choicesWhere,
	describeModel,
	modelsOf,
	shownWhere,
	type ShowCondition,
} from './modelChoices';
import * as options from './options';

/**
 * The parameters below vendor, resource and operation. Each operation's own file lists those that it
 * shows; only conditions that depend on the vendor stand here, derived from the registry.
 */

export const prompt: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: 'e.g. A product photo of a ceramic lamp on a walnut desk, soft morning light',
	description: 'Description of the image, in any language. For an edit: the change to make.',
};

export const referenceBinaryFields: INodeProperties = {
	displayName: 'Reference Field Name(s)',
	name: 'referenceBinaryFields',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data, logo',
	hint: 'The names of the input fields that hold the reference images, separated by commas',
	description:
		"Binary fields of the input item with PNG, JPEG or WebP images to start from. The default is ignored when the item has no such field and there are 'Reference URLs'.",
};

export const referenceUrls: INodeProperties = {
	displayName: 'Reference URLs',
	name: 'referenceUrls',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
	placeholder: 'e.g. https://example.com/image.png',
	hint: 'One URL per line. The vendor must be able to open them.',
	description: 'URLs of images to start from: one per line, or an array from an expression',
};

const withCallback = vendors.filter(({ callback }) => callback !== undefined);

/** One list for each vendor, since each sells other models under the same name of ours. */
export const modelParameters: readonly INodeProperties[] = vendors.map((vendor) => ({
	displayName: 'Model',
	name: 'model',
	type: 'options',
	options: modelsOf(vendor)
		.map(([id, model]) => ({
			name: modelNames[id],
			value: id,
			description: describeModel(model),
		}))
		.sort((one, other) => one.name.localeCompare(other.name)),
	default: 'nanoBananaPro',
	description:
		"Which of the vendor’s models makes the image. Another one can be typed in 'Custom Model' under 'Options'.",
	displayOptions: { show: { vendor: [vendor.id] } },
}));

/** One list with conditions at its entries: two lists would both be shown where the model is an expression. */
export const aspectRatio: INodeProperties = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	options: choicesWhere(
		aspectRatios,
		(model, value) => model.aspectRatios.includes(value),
		(value) =>
			value === 'auto' ? { name: 'Auto', description: 'Leave it to the vendor' } : { name: value },
	),
	default: 'auto',
	description: 'Width to height of the image',
};

/** Hidden for a model that has one size only: each vendor of such a model needs a parameter of its own. */
export const resolutionParameters: readonly INodeProperties[] = shownWhere(
	(model) => model.resolutions.length > 0,
).map((shownFor) => ({
	displayName: 'Resolution',
	name: 'resolution',
	type: 'options',
	options: choicesWhere(
		resolutions,
		(model, value) => model.resolutions.length === 0 || model.resolutions.includes(value),
		(value) => ({ name: value }),
	),
	default: '1K',
	description: 'Size of the image. A larger one may cost more.',
	displayOptions: { show: shownFor },
}));

export const numberOfImages: INodeProperties = {
	displayName: 'Number of Images',
	name: 'numberOfImages',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: maxNumberOfImages, numberPrecision: 0 },
	default: 1,
	description: 'How many images to make for each input item. Each one is charged.',
};

const completion: INodeProperties = {
	displayName: 'When to Continue',
	name: 'completion',
	type: 'options',
	options: [
		{
			name: 'Immediately, With the Task',
			value: 'submit',
			description: 'Only submit. Task → Wait downloads the image later, also in another workflow.',
		},
		{
			name: 'When the Image Is Ready',
			value: 'wait',
			description: 'Wait for the vendor and hand on the image',
		},
		{
			name: 'When the Vendor Calls Back',
			value: 'callback',
			description:
				'Park the execution until the images are ready: it holds no worker and no memory. This n8n must be reachable from the internet.',
			// An agent cannot be parked.
			displayOptions: { show: { '/vendor': idsOf(withCallback) }, hide: { '@tool': [true] } },
		},
	],
	default: 'wait',
	description: 'When the workflow continues with the next node',
};

export const taskId: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	// The failed task comes before an older one, which a failed item keeps beside its error.
	default:
		'={{ $json.error ? ($json.error.taskId ?? $json.error.taskIds) : ($json.taskId ?? $json.taskIds) }}',
	required: true,
	description: 'The ID that the vendor gave the task when it was submitted',
};

/**
 * Within a collection a path that begins with a slash means the parameters outside of it, and a name
 * without one means another option.
 */
const callbackUrl: INodeProperties = {
	...options.callbackUrl,
	displayOptions: { show: { '/vendor': idsOf(withCallback), completion: ['submit'] } },
};

const outputFormatOptions: readonly INodeProperties[] = shownWhere(
	(model) => model.outputFormats.length > 0,
).map((shownFor) => ({
	displayName: 'Output Format',
	name: 'outputFormat',
	type: 'options',
	options: choicesWhere(
		[...outputFormats].sort(),
		(model, value) => model.outputFormats.length === 0 || model.outputFormats.includes(value),
		(value) => ({ name: value.toUpperCase() }),
	).map((choice) => ({ ...choice, ...fromWithin(choice.displayOptions?.show) })),
	default: 'png',
	description: 'File type to ask for. The item tells the real type.',
	...fromWithin(shownFor),
}));

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
	completion,
	options.customModel,
	options.download,
	options.fileName,
	maxCost,
	options.maxTasksAtOnce,
	options.output,
	...outputFormatOptions,
	options.pollInterval,
	options.simplify,
	options.timeout,
]);

export const taskWaitOptions = collection([
	options.binaryField,
	options.download,
	options.fileName,
	options.maxTasksAtOnce,
	options.output,
	options.pollInterval,
	options.simplify,
	options.timeout,
]);

export const taskLookOptions = collection([
	options.maxTasksAtOnce,
	options.output,
	options.simplify,
]);

/** Where there is nothing else to choose. */
export const shortOptions = collection([options.simplify]);

/** The same condition on the parameters outside, for an entry of a collection. */
function fromWithin(show: ShowCondition = {}): Pick<INodeProperties, 'displayOptions'> {
	const outside: ShowCondition = {};
	for (const [name, values] of Object.entries(show)) outside[`/${name}`] = values;
	return Object.keys(show).length === 0 ? {} : { displayOptions: { show: outside } };
}

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
