import type { INodeProperties } from 'n8n-workflow';

import { outputNames } from '../core/words';

/** The entries of the Options collection: few users need them. */

export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields (JSON)',
	name: 'additionalFields',
	type: 'json',
	default: '',
	placeholder: 'e.g. {"seed": 42}',
	description:
		'JSON object with more fields of the vendor’s own input, spelled as the vendor spells them, such as {"seed": 42} or {"google_search": true}. The model must have the field. The node refuses fields that it sets itself.',
};

/** Without its choices, which depend on the vendor. */
export const aspectRatios: INodeProperties = {
	displayName: 'Aspect Ratios',
	name: 'aspectRatios',
	type: 'multiOptions',
	default: [],
	description:
		"One image in each of these ratios, instead of the one in 'Aspect Ratio'. 'Number of Images' applies to each ratio, and each image is charged. An expression can give an array, or a text with commas.",
};

export const binaryField: INodeProperties = {
	displayName: 'Put Output in Field',
	name: 'binaryField',
	type: 'string',
	default: 'data',
	hint: 'The name of the output field to put the image file in',
};

export const callbackUrl: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/…',
	description:
		'URL that the vendor calls when the task has ended: the production URL of a Nano Banana Trigger, or one of your own',
};

export const customModel: INodeProperties = {
	displayName: 'Custom Model',
	name: 'customModel',
	type: 'string',
	default: '',
	placeholder: 'e.g. nano-banana-3',
	description:
		"ID of a model that the list does not have, as the vendor writes it. It replaces 'Model'; the sizes on offer stay those of 'Model'.",
};

export const download: INodeProperties = {
	displayName: 'Download',
	name: 'download',
	type: 'boolean',
	default: true,
	description:
		'Whether to download the image. Without it the item holds only its URL, which expires.',
};

export const fileName: INodeProperties = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	placeholder: 'e.g. product-photo',
	description:
		'Name of the image file without the file extension, which follows the real file type. A repeated name gets a number, as in lamp-2. It can be an expression.',
};

export const includeInputFields: INodeProperties = {
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description:
		'Whether to add the fields of the input item to those of the image. A field is left out if the node has one of the same name.',
};

export const maxCost: INodeProperties = {
	displayName: 'Max Cost',
	name: 'maxCost',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'The most that this run may cost, over all items, in the vendor’s own unit (credits or USD). The node submits no image that could take the run over this. Only the first image of each model and size may cost more, because its price is not known before. Items that are not submitted fail.',
};

export const maxTasksAtOnce: INodeProperties = {
	displayName: 'Max Tasks at Once',
	name: 'maxTasksAtOnce',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: 20,
	description: 'How many tasks may be in progress at the same time, over all items of the run',
};

export const output: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: outputNames.itemPerImage,
			value: 'itemPerImage',
			description: 'Each image is an item of its own',
		},
		{
			name: outputNames.itemPerInput,
			value: 'itemPerInput',
			description: 'All images of an input item are in one item: data, data_1, …',
		},
	],
	default: 'itemPerImage',
	description: 'How several images of one input item come out',
};

export const placeholder: INodeProperties = {
	displayName: 'Placeholder Images',
	name: 'placeholder',
	type: 'options',
	options: [
		{
			name: 'Always',
			value: 'always',
			description: 'Nothing is ever bought, not even by the published workflow',
		},
		{
			name: 'In Manual Executions',
			value: 'manual',
			description:
				'Placeholders while you build and try the workflow in the editor, real images once it is published (in n8n 1: active). A sub-workflow called by Execute Workflow follows its caller in n8n 2. In n8n 1, and as an agent’s tool, a sub-workflow buys real images.',
		},
		{ name: 'Never', value: 'never', description: 'Each image is bought' },
	],
	default: 'never',
	description:
		'Placeholders instead of bought images: PNG files of the chosen ratio and size that show the prompt. The node makes all checks that need no network. It sends nothing, and nothing is charged.',
};

export const pollInterval: INodeProperties = {
	displayName: 'Poll Interval (Seconds)',
	name: 'pollInterval',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'Time between two polls of a task. With 0 the node adapts it to how long tasks take.',
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	// n8n's linter asks for exactly these words; the hint below the switch says what it really does.
	description: 'Whether to return a simplified version of the response instead of the raw data',
	hint: 'Off adds all other fields, and the vendor’s last answer in the field raw',
};

export const timeout: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 300,
	description:
		'How long a task may take. After that the item fails, and Task → Wait can still download the image. It also limits how long a submit waits for its turn after too many requests.',
};
