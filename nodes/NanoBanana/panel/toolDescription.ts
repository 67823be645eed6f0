import type { INodeProperties } from 'n8n-workflow';

import { commonAspectRatios, maxNumberOfImages, resolutions } from '../core/words';

/**
 * The texts about the node for a model whose agent has it as a tool. n8n itself tells only the name of the
 * action, and the fields that the model fills have no description unless somebody writes one: so these
 * texts must say what goes into them.
 */

const fields = `Where asked for: aspect ratio is one of ${commonAspectRatios.join(', ')}; resolution is ${resolutions.join(', ')} (larger costs more); number of images is 1 to ${maxNumberOfImages}, each is paid.`;

const answer =
	'The answer is JSON. image.signedUrl, where it is there, opens the stored image for one day; image.url is at the vendor and opens for some hours. Give the user signedUrl if there is one, else url, unchanged.';

const failure =
	'If the answer has error: error.hint says what to do next. After the code contentRejected change the prompt; after submitUnknown do not call again; if error.resumable is true the image may still come, so keep error.taskId and do not order it again.';

const price = 'Every call makes a new image, costs money and takes up to some minutes.';

/** For each operation, as `resource.operation`. */
export const toolDescriptions: Readonly<Record<string, string>> = {
	'image.generate': `Make an image from a text with Nano Banana, Google’s Gemini image model. ${price} The prompt says in plain words, in any language, what the image shows: subject, surroundings, style, light, and any words that are to be written in it. ${fields} ${answer} ${failure}`,
	'image.edit': `Change an image, or combine several into one, with Nano Banana, Google’s Gemini image model. ${price} The prompt says what to change and what to keep. Reference URLs are the web addresses of the images to start from, one a line; they must open without a sign-in. ${fields} ${answer} ${failure}`,
	'task.wait': `Wait for an image that was ordered before and bring it. Costs nothing. The task ID is the taskId of an earlier answer. ${answer} ${failure}`,
	'task.get':
		'Look once at an image that was ordered before, without waiting. Costs nothing. The task ID is the taskId of an earlier answer. The answer is JSON: state is queued, running, succeeded, failed or canceled; image.url is there when the image is.',
	'task.cancel':
		'Cancel an image that was ordered and that the vendor has not begun to make, so that it costs nothing. The task ID is the taskId of an earlier answer. If the answer has error with the code conflict, the work has begun and goes on.',
	'account.getBalance':
		'Ask how much money or credit is left for making images. Costs nothing. The answer is JSON: balance.amount in balance.unit.',
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
			'What the model is told about this tool: what it does, what goes into the fields that it fills, and what it answers',
		displayOptions: { show: { '@tool': [true], resource: [resource], operation: [operation] } },
	};
});
