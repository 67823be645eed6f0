import { existsSync } from 'node:fs';

import { commonAspectRatios, modelIds, resolutions } from '../../nodes/NanoBanana/core/words';
import { describeModel } from '../../nodes/NanoBanana/panel/modelChoices';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor, testedVendors } from '../vendors';
import { fixtureFolder, pageOf } from '../vendors/places';

describe('the registry', () => {
	it('has tests and a page for every vendor', () => {
		expect(testedVendors.map(({ facts }) => facts.id)).toEqual(vendors.map(({ id }) => id));
		for (const { facts } of testedVendors) {
			expect(existsSync(fixtureFolder(facts.id))).toBe(true);
			expect(existsSync(pageOf(facts))).toBe(true);
		}
	});

	it('gives no two vendors the same name or credential', () => {
		expect(new Set(vendors.map(({ displayName }) => displayName)).size).toBe(vendors.length);
		expect(vendors.map(({ credentialType }) => credentialType)).toEqual(
			vendors.map(({ id }) => `${id}Api`),
		);
	});
});

describe('models', () => {
	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'%s has the default model in every size and ratio',
		(_id, vendor) => {
			const model = vendor.models.nanoBananaPro;
			expect(model?.resolutions).toEqual(resolutions);
			expect(model?.aspectRatios).toEqual(expect.arrayContaining([...commonAspectRatios]));
		},
	);

	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'of %s are those of its page, can do what it says and cost what it names',
		(id, vendor) => {
			const listed = Object.fromEntries(
				Object.entries(vendor.models).map(([model, capabilities]) => [
					model,
					{
						vendorModel: capabilities.vendorModel,
						about: describeModel(capabilities),
						ratios: capabilities.aspectRatios.length,
						formats: capabilities.outputFormats.join(' '),
						references: capabilities.maxReferences,
					},
				]),
			);
			expect(listed).toEqual(testedVendor(id).facts.models);
			expect(modelIds).toEqual(expect.arrayContaining(Object.keys(vendor.models)));
		},
	);

	it('name a price again only where it changes', () => {
		const model = vendors[0]?.models.nanoBananaPro;
		if (model === undefined) throw new Error('The default model is missing');
		const amount = { '1K': 18, '2K': 18, '4K': 24 };
		expect(describeModel({ ...model, listPrice: { unit: 'credits', amount } })).toBe(
			'1K, 2K or 4K · 18 credits, 4K 24',
		);
	});
});

describe('capabilities', () => {
	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'of %s are those of its page',
		(id, vendor) => {
			const { facts } = testedVendor(id);
			const { abilities } = facts;
			expect({
				cancel: vendor.cancelTask !== undefined,
				upload: vendor.uploadReference !== undefined,
				balance: vendor.getBalance !== undefined,
				idempotent: vendor.submitIsIdempotent,
				submitCost: vendor.costs?.isToldBySubmit ?? false,
				images: vendor.maxImagesInTask,
				references: vendor.references.delivery,
				bytes: vendor.references.maxBytes,
				prompt: vendor.maxPromptLength,
				limit: vendor.requestLimit,
			}).toEqual({
				cancel: abilities.cancel ?? false,
				upload: abilities.upload ?? false,
				balance: abilities.balance ?? false,
				idempotent: abilities.idempotent ?? false,
				submitCost: facts.costs.submit !== undefined,
				images: abilities.imagesInTask ?? 1,
				references: abilities.references,
				bytes: abilities.bytes,
				prompt: abilities.prompt,
				limit: abilities.limit,
			});
		},
	);

	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'%s can bring a file to the vendor the way it says',
		(_id, vendor) => {
			const { delivery, mediaTypes } = vendor.references;
			expect(vendor.uploadReference !== undefined).toBe(delivery === 'upload');
			expect(mediaTypes).toEqual(['image/png', 'image/jpeg', 'image/webp']);
		},
	);
});
