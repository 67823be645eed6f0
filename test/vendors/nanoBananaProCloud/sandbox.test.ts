import { startSandbox, type Sandbox } from '../../sandbox';
import { createBody, send } from '../../sandbox/client';
import { FormData } from 'undici';
import { renderFlatPicture } from '../../sandbox/pictures';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const formOf = (fields: Record<string, string>) => {
	const form = new FormData();
	const all = { prompt: 'x', model: 'nano-banana', mode: 'image-to-image', isPublic: 'false' };
	for (const [name, value] of Object.entries({ ...all, ...fields })) form.append(name, value);
	return form;
};
const url = () => `${sandbox.baseUrl('nanoBananaProCloud')}/api/v1/image/nano-banana`;

it('takes files as multipart and then does not read URLs', async () => {
	const picture = renderFlatPicture({ width: 64, height: 64 }, 'webp');
	const form = formOf({ imageUrl: 'https://example.com/never-read.png' });
	for (const name of ['a.webp', 'b.webp']) {
		form.append('imageFile', new Blob([new Uint8Array(picture)], { type: 'image/webp' }), name);
	}
	const answer = await send(url(), { form });
	expect(answer.json).toMatchObject({ code: 0, message: 'ok', data: { credits_cost: 15 } });
	expect(sandbox.ledger.tasks[0]).toMatchObject({
		references: [
			{ source: 'multipart', fileName: 'a.webp', mediaType: 'image/webp' },
			{ source: 'multipart', fileName: 'b.webp' },
		],
		ignoredReferences: ['https://example.com/never-read.png'],
	});
});

it('refuses multipart without files and what would be public', async () => {
	await send(url(), { form: formOf({}) });
	const { isPublic: _isPublic, ...open } = createBody('nanoBananaProCloud', 'x') as {
		isPublic?: boolean;
	};
	await send(url(), { json: open });
	await send(url(), { json: { ...open, isPublic: true } });
	const reasons = sandbox.ledger.refusedRequests.map((refused) => refused.reason);
	expect(reasons).toEqual([
		'multipart/form-data is for requests with files',
		'isPublic is not false: it was left out',
		'isPublic is not false: true',
	]);
});
