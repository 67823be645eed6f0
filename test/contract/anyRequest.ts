import fc from 'fast-check';

import { aspectRatios, outputFormats, resolutions } from '../../nodes/NanoBanana/core/words';
import { referenceFile } from './support';

/** Half surrogates included: an expression may bring any text. */
export const anyText = fc
	.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(46, 47, 63, 35, 37, 92)), {
		maxLength: 40,
	})
	.map((codes) => String.fromCharCode(...codes));

/** Any request that the core could make, and many that it could not. */
export const anyRequest = fc.record({
	operation: fc.constantFrom('generate' as const, 'edit' as const),
	vendorModel: anyText,
	prompt: anyText,
	aspectRatio: fc.constantFrom(...aspectRatios),
	resolution: fc.constantFrom(undefined, ...resolutions),
	outputFormat: fc.constantFrom(undefined, ...outputFormats),
	imagesInTask: fc.integer({ min: 1, max: 6 }),
	referenceUrls: fc.array(fc.webUrl(), { maxLength: 3 }),
	referenceFiles: fc.array(fc.constant(referenceFile), { maxLength: 3 }),
});
