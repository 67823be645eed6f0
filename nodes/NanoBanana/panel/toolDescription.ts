import type { INodeProperties } from 'n8n-workflow';

/**
 * The texts about the node for a model whose agent has it as a tool. n8n itself gives the model only the
 * name of the action, and the fields that the model fills have no other description. So these texts must
 * say what to put into them. A model reads them at every turn, so each has at most 400 characters.
 */

const price = 'Each call costs money and takes up to a few minutes.';

const answer = 'Give the user signedUrl, or else url, unchanged.';

const failure = 'If the answer has error, do what error.hint says.';

const noRepeat = 'If error.code is submitUnknown, or error.resumable is true, do not call again.';

/** The text for each operation, as `resource.operation`. */
export const toolDescriptions: Readonly<Record<string, string>> = {
	'image.generate': `Make an image with Nano Banana. ${price} Prompt: what the image shows, in any language: subject, surroundings, style, light, and words to write in it. ${answer} ${failure} ${noRepeat}`,
	'image.edit': `Change or combine images with Nano Banana. ${price} Prompt: what to change and what to keep. Reference URLs: the images' addresses, one per line, open without a sign-in. ${answer} ${failure} ${noRepeat}`,
	'task.wait': `Wait for an image that was ordered before and download it. Costs nothing. Task ID: the taskId of an earlier answer. ${answer} ${failure}`,
	'task.get':
		'Poll an ordered image once, without waiting. Costs nothing. Task ID: the taskId of an earlier answer. In the answer, state is queued, running, succeeded, failed or canceled; url is present once the image is ready.',
	'task.cancel':
		'Cancel an ordered image that the vendor has not begun to make, so that it costs nothing. Task ID: the taskId of an earlier answer. If error.code is conflict, the vendor has begun and goes on.',
	'account.getBalance':
		'Get the money or credit that is left for making images. Costs nothing. The answer has balance.amount in balance.unit.',
};

/** Shown only where the node is a tool; it takes the place of the description that n8n would add. */
export const toolDescriptionParameters: readonly INodeProperties[] = Object.entries(
	toolDescriptions,
).map(([key, text]) => {
	const [resource = '', operation = ''] = key.split('.');
	return {
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 6 },
		default: text,
		description:
			'Text that tells the model what this tool does, what to put into its fields, and what it answers',
		displayOptions: { show: { '@tool': [true], resource: [resource], operation: [operation] } },
	};
});

/** Only these say what is wanted; all others cost, choose a file, or steer the workflow. */
const filledByModel: ReadonlySet<string> = new Set(['prompt', 'referenceUrls', 'taskId']);

/**
 * A parameter as the node has it in a workflow, and as a tool has it. In a tool n8n offers to let the model
 * fill any field that takes expressions and is not a list of choices; a second parameter of the same name
 * is the only way to take that offer away without taking expressions from the node.
 */
export function forTools(property: INodeProperties): readonly INodeProperties[] {
	if (filledByModel.has(property.name) || !isOfferedToModel(property)) return [property];
	const { displayOptions } = property;
	const tool = { '@tool': [true] };
	return [
		{
			...property,
			displayOptions: { ...displayOptions, hide: { ...displayOptions?.hide, ...tool } },
		},
		{
			...withoutOffer(property),
			displayOptions: { ...displayOptions, show: { ...displayOptions?.show, ...tool } },
		},
	];
}

function isOfferedToModel({ type, noDataExpression }: INodeProperties): boolean {
	return (
		noDataExpression !== true && !['options', 'notice', 'hidden', 'credentials'].includes(type)
	);
}

function withoutOffer(property: INodeProperties): INodeProperties {
	if (property.type === 'collection') {
		const entries = property.options as INodeProperties[];
		return { ...property, options: entries.map(withoutOffer) };
	}
	return isOfferedToModel(property) ? { ...property, noDataExpression: true } : property;
}
