import { startSandbox, vendorIds, type Sandbox, type VendorId } from '../sandbox';
import { createBody, send, submit, type Sending } from './sandboxCalls';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

type Change = Record<string, unknown>;

const inner: Partial<Record<VendorId, string>> = {
	skillBoss: 'inputs',
	apikley: 'input',
	runbase: 'input',
};
const referenceField: Record<VendorId, string> = {
	skillBoss: 'image_urls',
	apikley: 'image_input',
	nanoBananaProCloud: 'imageUrl',
	apiMall: 'image_urls',
	runbase: 'image_urls',
};
const resolutionField: Record<VendorId, string> = {
	skillBoss: 'image_size',
	apikley: 'resolution',
	nanoBananaProCloud: 'imageSize',
	apiMall: 'resolution',
	runbase: 'resolution',
};
const ratioField = (vendor: VendorId) =>
	vendor === 'nanoBananaProCloud' ? 'aspectRatio' : 'aspect_ratio';

/** A good body with some of its fields changed, where the vendor keeps such fields. */
function changed(vendor: VendorId, change: Change): unknown {
	const body: Change = { ...createBody(vendor, 'fine') };
	const place = inner[vendor];
	if (!place) return { ...body, ...change };
	return { ...body, [place]: { ...(body[place] as Change), ...change } };
}

async function expectRefusal(
	vendor: VendorId,
	body: unknown,
	reason: RegExp,
	sending: Sending = {},
): Promise<void> {
	const answer = await submit(sandbox, vendor, '', { body, sending });
	expect(answer.at('code')).toBe({ apikley: 422, nanoBananaProCloud: -1 }[vendor as string]);
	expect(answer.status).toBe(vendor === 'apikley' ? 200 : 400);
	expect(sandbox.ledger.refusedRequests).toHaveLength(1);
	expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(reason);
	expect(sandbox.ledger.tasks).toEqual([]);
	expect(sandbox.ledger.charges).toEqual([]);
}

describe.each(vendorIds)('%s refuses', (vendor) => {
	const tooMany = Array.from({ length: 15 }, (_, index) => `https://example.com/${index}.png`);

	it.each<[string, Change, RegExp]>([
		['an unknown field', { seed: 1 }, /seed/],
		['an empty prompt', { prompt: ' ' }, /prompt: must not be empty/],
		['no prompt', { prompt: undefined }, /prompt: Required/],
		['a prompt of the wrong type', { prompt: 7 }, /prompt: Expected string/],
		['a prompt too long', { prompt: 'x'.repeat(40_000) }, /prompt: .*at most/],
		['a ratio nobody knows', { [ratioField(vendor)]: '7:3' }, /7:3|Invalid/],
		['a resolution nobody knows', { [resolutionField[vendor]]: '1k' }, /Invalid enum/],
		['too many references', { [referenceField[vendor]]: tooMany, ...edit(vendor) }, /most/],
		[
			'a reference that is no http(s) URL',
			{ [referenceField[vendor]]: ['file:///etc/passwd'], ...edit(vendor) },
			/http\(s\)/,
		],
		[
			'a reference that cannot be fetched',
			{ [referenceField[vendor]]: ['http://127.0.0.1:1/x.png'], ...edit(vendor) },
			/could not be fetched/,
		],
	])('%s', async (_name, change, reason) => {
		await expectRefusal(vendor, changed(vendor, change), reason);
	});

	it('an unknown model', async () => {
		const body = { ...createBody(vendor, 'x'), model: 'dall-e' };
		await expectRefusal(vendor, body, /unknown model/);
	});

	it('an unknown field beside the known ones', async () => {
		await expectRefusal(vendor, { ...createBody(vendor, 'x'), n: 1 }, /'n'/);
	});

	it('another content type', async () => {
		const headers = { 'content-type': 'text/plain' };
		await expectRefusal(vendor, createBody(vendor, 'x'), /content type/, { headers });
	});

	it('a key in the wrong place', async () => {
		await expectRefusal(vendor, createBody(vendor, 'x'), /key stands in the header x-api-key/, {
			headers: { 'x-api-key': 'sandbox-key' },
		});
		expect(JSON.stringify(sandbox.ledger)).not.toContain('sandbox-key');
	});

	it('a path that is not documented', async () => {
		await send(`${sandbox.baseUrl(vendor)}/v2/anything`);
		expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(/no GET \/v2\/anything/);
	});
});

it.each<[VendorId, Change, RegExp]>([
	['skillBoss', { aspect_ratio: 'auto' }, /aspect_ratio/],
	['apikley', { output_format: 'jpeg' }, /output_format/],
	['apikley', { prompt: 'x'.repeat(10_001) }, /at most 10000/],
	['apikley', { image_input: Array(9).fill('https://example.com/a.png') }, /at most 8/],
	['nanoBananaProCloud', { mode: 'image-to-image' }, /requires a reference/],
	['nanoBananaProCloud', { aspectRatio: '1:8' }, /belongs to nano-banana-2/],
	['nanoBananaProCloud', { isPublic: 'false' }, /isPublic/],
	['runbase', { aspect_ratio: '8:1' }, /has no aspect_ratio 8:1/],
	['apiMall', { type: 'image-to-image' }, /requires image_urls/],
	['apiMall', { num_images: 7 }, /num_images/],
	['apiMall', { num_images: '1' }, /num_images/],
	['apiMall', { aspect_ratio: 'auto' }, /aspect_ratio/],
])('%s refuses %j', async (vendor, change, reason) => {
	await expectRefusal(vendor, changed(vendor, change), reason);
});

function edit(vendor: VendorId): Change {
	if (vendor === 'apiMall') return { type: 'image-to-image' };
	return vendor === 'nanoBananaProCloud' ? { mode: 'image-to-image' } : {};
}
