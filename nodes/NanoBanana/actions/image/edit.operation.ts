import {
	aspectRatio,
	completion,
	imageOptions,
	modelParameters,
	numberOfImages,
	outputFormat,
	prompt,
	referenceBinaryFields,
	referenceUrls,
	resolutionParameters,
	simplify,
} from '../../descriptions/parameters';
import type { Operation } from '../operation';
import { makeImages } from './makeImages';

/** Prompt and reference images to image. */
export const edit: Operation = {
	resource: 'image',
	operation: 'edit',
	name: 'Edit',
	action: 'Edit an image',
	description: 'Change images, or combine several, by a text',
	isOfferedBy: () => true,
	properties: [
		prompt,
		referenceBinaryFields,
		referenceUrls,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		outputFormat,
		numberOfImages,
		completion,
		simplify,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'edit'),
};
