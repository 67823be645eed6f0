import { startSandbox, vendorIds, type Sandbox, type VendorId } from '../sandbox';
import { ask, clientOf, createBody, submit, type Sending } from '../sandbox/client';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

type Change = Record<string, unknown>;

/** A good body with some of its fields changed, where the vendor keeps such fields. */
function changed(vendor: VendorId, change: Change): unknown {
	const body: Change = { ...createBody(vendor, 'fine') };
	const place = clientOf(vendor).inner;
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
	const { refusalCode, refusalStatus = 400 } = clientOf(vendor);
	expect(answer.at('code')).toBe(refusalCode);
	expect(answer.status).toBe(refusalStatus);
	expect(sandbox.ledger.refusedRequests).toHaveLength(1);
	expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(reason);
	expect(sandbox.ledger.tasks).toEqual([]);
	expect(sandbox.ledger.charges).toEqual([]);
}

describe.each(vendorIds)('%s refuses', (vendor) => {
	const { fields, edit, ownRefusals = [], modelIsInPath, submitPath } = clientOf(vendor);
	const prompt = fields.prompt ?? 'prompt';
	const ofPrompt = (reason: string) => new RegExp(`${prompt}: ${reason}`);
	const tooMany = Array.from({ length: 15 }, (_, index) => `https://example.com/${index}.png`);

	it.each<[string, Change, RegExp]>([
		['an unknown field', { seed: 1 }, /seed/],
		['an empty prompt', { [prompt]: ' ' }, ofPrompt('must not be empty')],
		['no prompt', { [prompt]: undefined }, ofPrompt('Required')],
		['a prompt of the wrong type', { [prompt]: 7 }, ofPrompt('Expected string')],
		['a prompt too long', { [prompt]: 'x'.repeat(40_000) }, ofPrompt('.*at most')],
		['a ratio nobody knows', { [fields.ratio]: '7:3' }, /7:3|Invalid/],
		['a resolution nobody knows', { [fields.resolution]: '1k' }, /Invalid enum/],
		['too many references', { [fields.references]: tooMany, ...edit }, /most/],
		[
			'a reference that is no http(s) URL',
			{ [fields.references]: ['file:///etc/passwd'], ...edit },
			/http\(s\)/,
		],
		[
			'a reference that cannot be fetched',
			{ [fields.references]: ['http://127.0.0.1:1/x.png'], ...edit },
			/could not be fetched/,
		],
	])('%s', async (_name, change, reason) => {
		await expectRefusal(vendor, changed(vendor, change), reason);
	});

	it('an unknown model', async () => {
		const body = createBody(vendor, 'x');
		if (modelIsInPath === true) {
			const path = submitPath.replace(/models\/[^/]+/, 'models/dall-e');
			expect((await ask(sandbox, vendor, path, { json: body })).status).toBe(400);
			expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(/unknown model/);
			return;
		}
		await expectRefusal(vendor, { ...body, model: 'dall-e' }, /unknown model/);
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
		await ask(sandbox, vendor, '/v2/anything');
		expect(sandbox.ledger.refusedRequests[0]?.reason).toMatch(/no GET \/v2\/anything/);
	});

	it.each(ownRefusals)('%j', async (change, reason) => {
		await expectRefusal(vendor, changed(vendor, change), reason);
	});
});
