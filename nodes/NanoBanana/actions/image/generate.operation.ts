import {
	aspectRatio,
	completion,
	imageOptions,
	modelParameters,
	numberOfImages,
	outputFormat,
	prompt,
	resolutionParameters,
	simplify,
} from '../../descriptions/parameters';
import type { Operation } from '../operation';
import { makeImages } from './makeImages';

/** Text to image. */
export const generate: Operation = {
	resource: 'image',
	operation: 'generate',
	name: 'Generate',
	action: 'Generate an image',
	description: 'Make an image from a text',
	isOfferedBy: () => true,
	properties: [
		prompt,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		outputFormat,
		numberOfImages,
		completion,
		simplify,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'generate'),
};
