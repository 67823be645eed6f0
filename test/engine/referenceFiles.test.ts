import './harness/environment';

import type { Sandbox } from '../sandbox';
import { startInstance } from './harness/instance';
import { picture } from './harness/pictures';
import { startRelay } from './harness/relay';
import { runWorkflow, withBinaryDataInMemory } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { formVendor, plainVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const fetching = vendorCases.flatMap(({ id, vendor }) =>
	vendor.references.delivery === 'url' ? [id] : [],
);
const taking = vendorCases.flatMap(({ id }) => (fetching.includes(id) ? [] : [id]));

describe('reference files', () => {
	it.each(vendorCases)('$vendor.displayName: must be images by their bytes', async ({ id }) => {
		const { error } = await run(id, {
			parameters: imageParameters(id, 'edit'),
			items: [
				{ json: {}, binary: { data: { bytes: Buffer.from('%PDF-1.7'), mediaType: 'image/png' } } },
			],
		});

		expect(error?.message).toMatch(
			/^The field 'data' holds a PDF \(n8n has it as image\/png\); .* takes PNG, JPEG and WebP/,
		);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it('must not be larger than the vendor takes', async () => {
		const large = Buffer.concat([await picture(), Buffer.alloc(11_000_000)]);

		const { error } = await run(formVendor, {
			parameters: imageParameters(formVendor, 'edit'),
			items: [{ json: {}, binary: { data: { bytes: large, mediaType: 'image/png' } } }],
		});

		expect(error?.message).toMatch(/is 11\.0 MB large; .* takes at most 10\.\d MB/);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(fetching)(
		'%s cannot fetch them from an instance that only this network sees',
		async (id) => {
			const { error } = await runWorkflow({
				parameters: imageParameters(id, 'edit'),
				items: [{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } }],
				credentials: credentialFor(sandbox, id, { baseUrl: 'https://api.example.com' }),
				restApiUrl: 'http://localhost:5678/rest',
			});

			expect(error?.message).toContain('cannot reach this n8n at localhost:5678');
			expect(error?.description).toContain('WEBHOOK_URL');
		},
	);

	it.each(fetching)('%s cannot fetch them from memory', async (id) => {
		const { error } = await withBinaryDataInMemory(
			async () =>
				await run(id, {
					parameters: imageParameters(id, 'edit'),
					items: [
						{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } },
					],
				}),
		);

		expect(error?.message).toContain(
			"the field 'data' has no URL, because this n8n keeps it in memory",
		);
		expect(error?.description).toContain('N8N_DEFAULT_BINARY_DATA_MODE');
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(taking)('%s takes them from memory', async (id) => {
		const bytes = await picture();

		const { error } = await withBinaryDataInMemory(
			async () =>
				await run(id, {
					parameters: imageParameters(id, 'edit'),
					items: [{ json: {}, binary: { data: { bytes, mediaType: 'image/png' } } }],
				}),
		);

		expect(error).toBeUndefined();
		expect(sandbox.ledger.tasks[0]?.references).toMatchObject([{ bytes: bytes.length }]);
	});

	it.each(taking)(
		'%s: a refusal names the field, not the name that a file had on the way',
		async (id) => {
			const nameOnTheWay = /name\\?"[:\s]*\\?"([\w-]+\.png)|filename="([\w-]+\.png)"/i;
			let named: string | undefined;
			const relay = await startRelay(sandbox, (_answer, { body }) => {
				const found = nameOnTheWay.exec(body.toString('latin1'));
				if (found === null) return undefined;
				named = found[1] ?? found[2];
				const words = `File ${named} is refused`;
				return {
					status: 400,
					headers: { 'content-type': 'application/json' },
					text: JSON.stringify({
						code: 400,
						success: false,
						message: words,
						msg: words,
						error: words,
					}),
				};
			});
			const { error } = await runWorkflow({
				parameters: imageParameters(id, 'edit', { referenceBinaryFields: 'Logo' }),
				items: [{ json: {}, binary: { Logo: { bytes: await picture(), mediaType: 'image/png' } } }],
				credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
			});
			await relay.close();

			expect(named).toBeDefined();
			expect(error?.message).toContain("the field 'Logo'");
			expect(error?.message).not.toContain(named);
		},
	);

	it('are ignored where only the default is missing and URLs are given', async () => {
		const instance = await startInstance();
		const source = await run(plainVendor, { parameters: imageParameters(plainVendor, 'generate') });
		const url = source.items[0]?.json.url as string;

		const { error } = await run(plainVendor, {
			parameters: imageParameters(plainVendor, 'edit', { referenceUrls: [url] as never }),
		});

		await instance.close();
		expect(error).toBeUndefined();
		expect(sandbox.ledger.tasks[1]?.references).toHaveLength(1);
	});
});
