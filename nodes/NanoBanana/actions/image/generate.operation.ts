import {
	aspectRatio,
	completion,
	imageOptions,
	modelParameters,
	numberOfImages,
	outputFormatParameters,
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
	action: 'Generate image',
	description: 'Make an image from a text prompt',
	isOfferedBy: () => true,
	properties: [
		prompt,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		...outputFormatParameters,
		numberOfImages,
		completion,
		simplify,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'generate'),
};
