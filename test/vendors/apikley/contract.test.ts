import { vendors } from '../../../nodes/NanoBanana/vendors';
import { referenceFile } from '../../contract/support';

it('uploads under the name that was given, since the vendor overwrites by name', () => {
	const verb = vendors.find(({ id }) => id === 'apikley')?.uploadReference;
	const body = verb?.({ ...referenceFile, fileName: 'reference-1.png' }).request.body;
	const parts = body?.kind === 'multipart' ? body.parts : [];
	const names = parts.flatMap((part) =>
		'file' in part ? [part.file.fileName] : part.name === 'fileName' ? [part.value] : [],
	);
	expect(names).toEqual(['reference-1.png', 'reference-1.png']);
});
