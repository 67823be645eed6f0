import {
	aspectRatio,
	completion,
	imageOptions,
	modelParameters,
	numberOfImages,
	outputFormatParameters,
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
	action: 'Edit image',
	description: 'Change an image, or combine several, by a text prompt',
	isOfferedBy: () => true,
	properties: [
		prompt,
		referenceBinaryFields,
		referenceUrls,
		...modelParameters,
		aspectRatio,
		...resolutionParameters,
		...outputFormatParameters,
		numberOfImages,
		completion,
		simplify,
		imageOptions,
	],
	execute: async (context, vendor) => await makeImages(context, vendor, 'edit'),
};
