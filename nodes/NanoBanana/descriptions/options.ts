import type { INodeProperties } from 'n8n-workflow';

import { formatRatios } from '../core/words';

/** What few need: the entries of the Options collection. */

export const aspectRatios: INodeProperties = {
	displayName: 'Aspect Ratios',
	name: 'aspectRatios',
	type: 'multiOptions',
	options: formatRatios.map((value) => ({ name: value, value })),
	default: [],
	description:
		'One image in each of these, instead of Aspect Ratio. Each image is paid; Number of Images counts for each ratio. An expression can give an array, or a text with commas.',
};

export const binaryField: INodeProperties = {
	displayName: 'Output Binary Field',
	name: 'binaryField',
	type: 'string',
	default: 'data',
	description: 'Name of the binary field that receives the image',
};

export const callbackUrl: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/…',
	description:
		'Where the vendor tells that the task has ended: the production URL of a Nano Banana Trigger, or an address of your own',
};

export const customModel: INodeProperties = {
	displayName: 'Custom Model',
	name: 'customModel',
	type: 'string',
	default: '',
	placeholder: 'e.g. nano-banana-3',
	description: 'A model ID of the vendor’s own that the list does not have. Used instead of Model.',
};

export const download: INodeProperties = {
	displayName: 'Download',
	name: 'download',
	type: 'boolean',
	default: true,
	description: 'Whether to fetch the image. Without it the item holds only its URL, which expires.',
};

export const fileName: INodeProperties = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	placeholder: 'e.g. {{ $json.product }}',
	description:
		'Name of the image file without ending: the ending follows the real file type. It may be an expression. A name that comes again within the run gets a number: lamp, lamp-2, …',
};

export const maxCost: INodeProperties = {
	displayName: 'Max Cost',
	name: 'maxCost',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'What this run may cost, over all items, in the vendor’s own unit (credits or USD). Nothing is submitted that could cost more; only the first image of each model and size has an unknown price. Items that were not submitted come out as failed.',
};

export const maxTasksAtOnce: INodeProperties = {
	displayName: 'Max Tasks at Once',
	name: 'maxTasksAtOnce',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: 20,
	description: 'How many tasks of this run may be in flight at the same time, over all items',
};

export const output: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'One Item per Image',
			value: 'itemPerImage',
			description: 'Each image is an item of its own',
		},
		{
			name: 'One Item per Input Item',
			value: 'itemPerInput',
			description: 'All images of an input item are in one item: data, data_1, …',
		},
	],
	default: 'itemPerImage',
	description: 'How several images of one input item come out',
};

export const pollInterval: INodeProperties = {
	displayName: 'Poll Interval (Seconds)',
	name: 'pollInterval',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'Seconds between two looks at a task. 0 leaves it to the node, which adapts to the task.',
};

export const timeout: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 300,
	description:
		'Seconds that a task may take, from its submit (or, with Task → Wait, from the start of this step). After that the item fails with the task ID, and Task → Wait can still fetch the image.',
};
