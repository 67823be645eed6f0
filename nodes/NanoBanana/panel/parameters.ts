import type { INodeProperties } from 'n8n-workflow';

import {
	aspectRatios,
	formatRatios,
	maxNumberOfImages,
	modelNames,
	resolutions,
} from '../core/words';
import { vendors } from '../vendors';
import { choicesWhere, describeModel, modelsOf, shownWhere } from './modelChoices';

/**
 * The parameters below vendor, resource and operation. Each operation's own file lists those that it
 * shows; only conditions that depend on the vendor or on an option stand here, derived from the registry.
 */

export const prompt: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: 'e.g. A product photo of a ceramic lamp on a walnut desk, soft morning light',
	description: 'Description of the image, in any language',
};

export const editPrompt: INodeProperties = {
	...prompt,
	placeholder: 'e.g. Put the lamp of the first image on the desk of the second, in evening light',
	description: 'The change to make, in any language',
};

export const referenceBinaryFields: INodeProperties = {
	displayName: 'Image Field Name(s)',
	name: 'referenceBinaryFields',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data, logo',
	hint: 'The input fields that hold the reference images, separated by commas; * takes all files',
	description:
		"PNG, JPEG or WebP images to start from. Type the names of their fields, or use an expression that gives a file or a list of files, such as {{ $binary.data }}. If you keep the default name and the item has no such field, the node uses 'Reference URLs', or the only image of the item.",
};

export const referenceUrls: INodeProperties = {
	displayName: 'Reference URLs',
	name: 'referenceUrls',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
	placeholder: 'e.g. https://example.com/image.png',
	hint: 'One URL per line. The vendor must be able to open them.',
	description:
		'URLs of images to start from, one per line or separated by commas. An expression can also give an array of URLs, or of objects with a URL. Share links of Google Drive and Dropbox become direct links.',
};

/** One list for each vendor, because each sells other models under our names. */
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
		"The model that makes the image. To use one that is not in the list, type its ID into 'Custom Model' under 'Options'.",
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
	// The option takes its place. Only the editor reads this condition; the checks read the option first.
	displayOptions: { hide: { '/options.aspectRatios': [...formatRatios] } },
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
