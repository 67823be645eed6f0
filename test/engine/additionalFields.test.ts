import './harness/environment';

import type { IDataObject } from 'n8n-workflow';

import { fieldsOfNode } from '../../nodes/NanoBanana/core/additionalFields';
import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startInstance, type Instance } from './harness/instance';
import { picture } from './harness/pictures';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, vendorCases } from './harness/vendors';
import { countingVendor, formVendor, uploadingVendor } from '../vendors/roles';

/** A field that the vendor has and the panel has not reaches the vendor as it was typed. */

let sandbox: Sandbox;
let instance: Instance;

const added = { seed: 42, google_search: true, safety: { level: ['low'] } };

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

beforeEach(() => {
	const names = Object.keys(added);
	sandbox.settings.extraFields = Object.fromEntries(vendorCases.map(({ id }) => [id, names]));
});
beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});

/** The submits as they came out of the socket. */
const submits = () => sandbox.ledger.requestsOf('submit').map(({ body }) => body as IDataObject);

/** All members of a body, wherever they stand. */
function membersOf(body: unknown): ReadonlyArray<readonly [name: string, value: unknown]> {
	if (typeof body !== 'object' || body === null) return [];
	return Object.entries(body).flatMap(([name, value]) => [
		[name, value] as const,
		...membersOf(value),
	]);
}

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it.each([
		['text', JSON.stringify(added)],
		['an expression', '={{ $json.added }}'],
	])('gets fields of %s beside ours, once each', async (_what, additionalFields) => {
		const plain = await run(id, { parameters: imageParameters(id, 'generate') });
		const { items, error } = await run(id, {
			parameters: imageParameters(id, 'generate', { options: { additionalFields } }),
			items: [{ json: { added } }],
		});

		expect(plain.error).toBeUndefined();
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		const [without, having] = submits();
		const own = membersOf(having).filter(([name]) => name in added);
		expect(own).toEqual(Object.entries(added));
		const took = JSON.parse(JSON.stringify(having), (name, value: unknown) =>
			name in added ? undefined : value,
		) as unknown;
		expect(took).toEqual(without);
	});

	it('gets them with the files of an edit', async () => {
		const { error } = await run(id, {
			parameters: imageParameters(id, 'edit', {
				options: { additionalFields: '{"seed": 42, "google_search": true}' },
			}),
			items: [{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } }],
			restApiUrl: instance.restApiUrl,
		});

		expect(error).toBeUndefined();
		const text = JSON.stringify(submits()[0]);
		expect(text).toMatch(/"seed"[:,]"?42"?/);
		expect(text).toMatch(/"google_search"[:,]"?true"?/);
	});

	it('is sent nothing where a field is one of ours, and the message names it', async () => {
		const [name = ''] = fieldsOfNode(vendor);
		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate', {
				options: { additionalFields: '={{ $json.fields }}' },
			}),
			items: [{ json: { fields: { [name.toUpperCase()]: 'x' } } }, { json: { fields: '{"a":}' } }],
			onError: 'continueErrorOutput',
		});

		expect(sandbox.ledger.requests).toEqual([]);
		expect(errorItems.map((item) => errorOf(item)?.code)).toEqual([
			'invalidRequest',
			'invalidRequest',
		]);
		expect(errorOf(errorItems[0])?.message).toContain(
			`has "${name.toUpperCase()}", which the node sets itself at ${vendor.displayName}`,
		);
		expect(errorOf(errorItems[1])?.message).toContain('in line 1, column 6');
	});
});

it('refuses more images by the back door while Max Cost is set', async () => {
	for (const vendor of [formVendor, countingVendor]) {
		const { errorItems } = await run(vendor, {
			parameters: imageParameters(vendor, 'generate', {
				options: { maxCost: 100, additionalFields: '{"batchSize": 4}' },
			}),
			onError: 'continueErrorOutput',
		});

		expect(errorOf(errorItems[0])?.message).toContain(`"batchSize"`);
		expect(sandbox.ledger.requests).toEqual([]);
	}
});

it('is part of what was asked for: another seed is another order, the same one is not', async () => {
	const parameters = (seed: number) =>
		imageParameters(uploadingVendor, 'generate', {
			options: { additionalFields: JSON.stringify({ seed }) },
		});
	const first = await run(uploadingVendor, { parameters: parameters(1) });

	await run(uploadingVendor, { parameters: parameters(1), retryOf: first.run });
	expect(sandbox.ledger.tasks).toHaveLength(1);

	await run(uploadingVendor, { parameters: parameters(2), retryOf: first.run });
	expect(sandbox.ledger.tasks).toHaveLength(2);
});

it('is refused by a vendor that does not have it, as any other field', async () => {
	sandbox.settings.extraFields = {};
	const { errorItems } = await run(uploadingVendor, {
		parameters: imageParameters(uploadingVendor, 'generate', {
			options: { additionalFields: '{"seed": 1}' },
		}),
		onError: 'continueErrorOutput',
	});

	expect(errorOf(errorItems[0])?.message).toContain('seed');
	expect(sandbox.ledger.tasks).toEqual([]);
});
