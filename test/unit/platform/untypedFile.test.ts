import type { IExecuteFunctions } from 'n8n-workflow';

import { planReferences } from '../../../nodes/NanoBanana/platform/references';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import { picture } from '../../engine/harness/pictures';

/** A Code node may give a file as nothing but its bytes. */
async function plan(files: Readonly<Record<string, unknown>>) {
	const vendor = vendors.find(({ references }) => references.delivery !== 'url');
	if (vendor === undefined) throw new Error('No vendor takes files');
	const context = {
		getInputData: () => [{ json: {}, binary: files }],
		helpers: {
			assertBinaryData: () => {
				throw new Error('no such field');
			},
		},
	} as unknown as IExecuteFunctions;
	const asking = { context, vendor, baseUrl: 'https://api.example' };
	return await planReferences(asking, 0, { urls: '', binaryFields: 'data' });
}

describe('a file without a type', () => {
	it('is the only image of its item', async () => {
		const data = (await picture()).toString('base64');
		expect(await plan({ photo: { data } })).toMatchObject({
			ok: true,
			value: { binaries: [{ mediaType: 'image/png' }] },
		});
		const typed = { data, mimeType: 'image/png' };
		expect(await plan({ other: { data }, photo: typed })).toMatchObject({
			ok: true,
			value: { warnings: [expect.stringContaining("'photo'")] },
		});
	});

	it('is refused where it is no image', async () => {
		const outcome = await plan({ notes: { data: Buffer.from('Buy milk.').toString('base64') } });
		expect(outcome).toMatchObject({ ok: false, failure: { reason: 'invalidRequest' } });
		expect(JSON.stringify(outcome)).not.toContain('undefined');
	});
});
