import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { formVendor, nameOf, plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

describe('bad input is refused before anything is spent', () => {
	const tooMany = Array.from({ length: 20 }, (_, index) => `https://example.com/${index}.png`);
	const cases: ReadonlyArray<{
		readonly what: string;
		readonly operation: 'generate' | 'edit';
		readonly parameters: Parameters<typeof imageParameters>[2];
		readonly message: RegExp;
	}> = [
		{
			what: 'an empty prompt',
			operation: 'generate',
			parameters: { prompt: '={{ $json.missing }}' },
			message: /prompt is empty.*\[item 1\]/,
		},
		{
			what: 'a ratio that does not exist',
			operation: 'generate',
			parameters: { aspectRatio: '={{ "7:5" }}' },
			message: /'Aspect Ratio' is "7:5".*\[item 1\]/,
		},
		{
			what: 'a size that does not exist',
			operation: 'generate',
			parameters: { resolution: '={{ "8K" }}' },
			message: /'Resolution' is "8K".*\[item 1\]/,
		},
		{
			what: 'too many images',
			operation: 'generate',
			parameters: { numberOfImages: '={{ 7 }}' },
			message: /'Number of Images' is 7.*\[item 1\]/,
		},
		{
			what: 'an edit without a reference',
			operation: 'edit',
			parameters: {},
			message: /at least one reference image.*\[item 1\]/,
		},
		{
			what: 'too many references',
			operation: 'edit',
			parameters: { referenceUrls: tooMany.join('\n') },
			message: /20 reference images.*\[item 1\]/,
		},
		{
			what: 'a reference that is no address',
			operation: 'edit',
			parameters: { referenceUrls: 'product.png' },
			message: /"product.png" in 'Reference URLs' is not a reference image.*\[item 1\]/,
		},
		{
			what: 'a binary field that was typed and is not there',
			operation: 'edit',
			parameters: { referenceBinaryFields: 'photo', referenceUrls: 'https://example.com/a.png' },
			message: /The item has no field 'photo'\. It has no files.*\[item 1\]/,
		},
		{
			what: 'a moment to continue that does not exist',
			operation: 'generate',
			parameters: { options: { completion: '={{ "later" }}' } },
			message:
				/'When to Continue' is "later", but it can only be one of: wait, .*submit \[item 1\]/,
		},
		{
			what: 'a prompt that shows nothing',
			operation: 'generate',
			parameters: { prompt: '={{ $json.missing ?? "\\u200b\\u2800" }}' },
			message: /The prompt is empty \[item 1\]/,
		},
		{
			what: 'an expression in a prompt that is set to Fixed',
			operation: 'generate',
			parameters: { prompt: 'A photo of {{ $json.product }}' },
			message: /'Prompt' holds an expression but is set to Fixed, .*"A photo of .*\[item 1\]/,
		},
		{
			what: 'an expression that was dropped into a prompt set to Fixed',
			operation: 'edit',
			parameters: { prompt: "{{$('Sheet').item.json.text}}" },
			message: /'Prompt' holds an expression but is set to Fixed.*\[item 1\]/,
		},
		{
			what: 'a timeout that is not a number',
			operation: 'generate',
			parameters: { options: { timeout: '={{ "soon" }}' } },
			message: /'Timeout' is not a number.*\[item 1\]/,
		},
	];

	describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
		it.each(cases)('$what', async ({ operation, parameters = {}, message }) => {
			const { items, errorItems } = await run(id, {
				parameters: imageParameters(id, operation, parameters),
				items: [{ json: { missing: 'A banana' } }, { json: {} }],
				onError: 'continueErrorOutput',
			});

			const error = errorOf(errorItems.at(-1));
			expect(error?.message).toMatch(message);
			expect(error).toMatchObject({ code: 'invalidRequest', resumable: false });
			expect(error?.hint).not.toBe('');
			expect(sandbox.ledger.tasks).toHaveLength(items.length);
		});
	});

	it('does not buy the good items of a run that stops at the bad one', async () => {
		const { error } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', { prompt: '={{ $json.prompt }}' }),
			items: [{ json: { prompt: 'A banana' } }, { json: { prompt: ' ' } }],
		});

		expect(error?.message).toContain('The prompt is empty [item 1]');
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(
		vendorCases.flatMap(({ id, vendor: { displayName, maxPromptLength } }) =>
			maxPromptLength === undefined ? [] : [[displayName, maxPromptLength, id] as const],
		),
	)('counts the characters that %s allows: %d', async (name, most, id) => {
		const { error } = await run(id, {
			parameters: imageParameters(id, 'generate', { prompt: 'x'.repeat(most + 1) }),
		});

		expect(error?.message).toContain(`${most + 1} characters; ${name} takes at most ${most}`);
	});

	it.each([
		[
			plainVendor,
			'generate',
			{ model: 'nanoBananaPro', aspectRatio: '8:1' },
			'\'Aspect Ratio\' is "8:1", but with Nano Banana Pro it can only be one of',
		],
		[
			formVendor,
			'edit',
			{ model: 'nanoBanana2', referenceUrls: tooMany.slice(0, 9).join('\n') },
			'takes at most 8 with Nano Banana 2',
		],
		[
			plainVendor,
			'edit',
			{ model: 'nanoBanana', referenceUrls: tooMany.slice(0, 11).join('\n') },
			'takes at most 10 with Nano Banana',
		],
	] as const)('holds %s to the limits of the model (%s)', async (id, operation, asked, message) => {
		const { error } = await run(id, { parameters: imageParameters(id, operation, asked) });

		expect(error?.message).toContain(message);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(
		vendorCases
			.filter(({ vendor }) => vendor.models.nanoBanana2?.aspectRatios.includes('8:1'))
			.map(({ id }) => [id] as const),
	)('makes a banner where Nano Banana 2 of %s can', async (id) => {
		const asked = { model: 'nanoBanana2', aspectRatio: '8:1' };
		const { items } = await run(id, { parameters: imageParameters(id, 'generate', asked) });

		expect(items[0]?.json).toMatchObject({ aspectRatio: '8:1', width: 3072 });
	});

	it('names the models that a vendor offers', async () => {
		const { error } = await run(uploadingVendor, {
			parameters: imageParameters(uploadingVendor, 'generate', { model: '={{ "nanoBanana2" }}' }),
		});

		expect(error?.message).toContain(`${nameOf(uploadingVendor)} does not offer Nano Banana 2`);
		expect(error?.description).toContain('Nano Banana Pro');
	});

	it('refuses a base URL that is none', async () => {
		const { error } = await runWorkflow({
			parameters: imageParameters(uploadingVendor, 'generate'),
			credentials: credentialFor(sandbox, uploadingVendor, { baseUrl: 'api.example.com' }),
		});

		expect(error?.message).toContain(
			`The base URL in the ${nameOf(uploadingVendor)} credential is not a valid URL`,
		);
	});
});
