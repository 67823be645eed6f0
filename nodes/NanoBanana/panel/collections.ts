import type { INodeProperties } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { completionNames, formatRatios, optionsOfImages, outputFormats } from '../core/words';
import { vendors } from '../vendors';
import { choicesWhere, modelsOf, onlyModels, shownWhere, type ShowCondition } from './modelChoices';
import * as options from './options';

/**
 * The Options of each operation. Within a collection a path that begins with a slash means the parameters
 * outside of it, and a name without one means another option. n8n drops the value of a hidden option, so
 * an option is hidden only where it has no effect.
 */

const withCallback = vendors.filter(({ callback }) => callback !== undefined);

const completion: INodeProperties = {
	displayName: 'When to Continue',
	name: 'completion',
	type: 'options',
	options: [
		{
			name: completionNames.submit,
			value: 'submit',
			description: 'Only submit. Task → Wait downloads the image later, also in another workflow.',
		},
		{
			name: completionNames.wait,
			value: 'wait',
			description: 'Wait for the vendor and pass on the image',
		},
		{
			name: completionNames.callback,
			value: 'callback',
			description:
				'Park the execution until the images are ready. A parked execution uses no worker and no memory. The vendor must be able to reach this n8n from the internet.',
			// An agent cannot be parked.
			displayOptions: { show: { '/vendor': idsOf(withCallback) }, hide: { '@tool': [true] } },
		},
	],
	default: 'wait',
	description: 'When the workflow continues with the next node',
};

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
	description: 'File type to ask for. The file extension shows the real type.',
	...fromWithin(shownFor),
}));

/** One list for each vendor, because n8n cannot hide a single choice of a multiple-choice list. */
const aspectRatiosOptions: readonly INodeProperties[] = vendors.map((vendor) => ({
	...options.aspectRatios,
	options: formatRatios.flatMap((value) => {
		const able = modelsOf(vendor).filter(([, model]) => model.aspectRatios.includes(value));
		if (able.length === 0) return [];
		const only = onlyModels((model) => model.aspectRatios.includes(value), [vendor]);
		return {
			name: value,
			value,
			...(only.length === 0 ? {} : { description: `Only with ${only.join(', ')}` }),
		};
	}),
	displayOptions: { show: { '/vendor': [vendor.id] } },
}));

const maxCost: INodeProperties = {
	...options.maxCost,
	displayOptions: {
		show: { '/vendor': idsOf(vendors.filter((each) => each.costs?.isToldBySubmit === true)) },
	},
};

/** The options for waiting and for passing images on. */
const ofImages: readonly INodeProperties[] = [
	{ ...options.binaryField, displayOptions: { hide: { download: [false] } } },
	options.download,
	{ ...options.fileName, displayOptions: { hide: { download: [false] } } },
	options.output,
	options.pollInterval,
	options.timeout,
];

/** A workflow that continues at once has no image yet; a parked one has one item for each input item. */
function hiddenWithoutEffect(option: INodeProperties): INodeProperties {
	if (!optionsOfImages.includes(option.name)) return option;
	const completion = option.name === options.output.name ? ['submit', 'callback'] : ['submit'];
	const hide = { ...option.displayOptions?.hide, completion };
	return { ...option, displayOptions: { ...option.displayOptions, hide } };
}

export const imageOptions = collection(
	[
		options.additionalFields,
		...aspectRatiosOptions,
		callbackUrl,
		completion,
		options.customModel,
		options.includeInputFields,
		maxCost,
		options.maxTasksAtOnce,
		...outputFormatOptions,
		options.placeholder,
		options.simplify,
		...ofImages,
	].map(hiddenWithoutEffect),
);

export const taskWaitOptions = collection([
	...ofImages,
	options.includeInputFields,
	options.maxTasksAtOnce,
	options.simplify,
]);

export const taskGetOptions = collection([
	options.includeInputFields,
	options.maxTasksAtOnce,
	options.output,
	options.simplify,
]);

export const taskCancelOptions = collection([options.includeInputFields, options.simplify]);

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
