import fc from 'fast-check';

import { vendors } from '../../../nodes/NanoBanana/vendors';
import { anyRequest } from '../../contract/anyRequest';
import { referenceFile, submitInput } from '../../contract/support';
import { formFields, jsonBody } from '../../contract/wire';

const vendor = vendors.find(({ id }) => id === 'nanoBananaProCloud')!;

it('names the files as its page does, and the other fields as texts', () => {
	const files = [referenceFile, { ...referenceFile, fileName: 'b.webp', mediaType: 'image/webp' }];
	const request = vendor.submit(
		submitInput({ operation: 'edit', referenceFiles: files, outputFormat: 'jpg' }),
	).request;
	const parts = request.body?.kind === 'multipart' ? request.body.parts : [];
	expect(parts.flatMap((part) => ('file' in part ? [part] : []))).toEqual(
		files.map((file) => ({ name: 'imageFile', file })),
	);
	expect(formFields(request)).toEqual({
		prompt: 'a cat',
		model: 'some-model',
		mode: 'image-to-image',
		aspectRatio: '1:1',
		imageSize: '1K',
		outputFormat: 'jpg',
		isPublic: 'false',
	});
});

it('never publishes an image', () => {
	fc.assert(
		fc.property(anyRequest, (overrides) => {
			const any = vendor.submit(submitInput(overrides)).request;
			const isPublic =
				any.body?.kind === 'json' ? jsonBody(any).isPublic : formFields(any).isPublic;
			expect(isPublic).toBe(any.body?.kind === 'json' ? false : 'false');
		}),
	);
});
