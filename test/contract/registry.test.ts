import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { modelIds, resolutions } from '../../nodes/NanoBanana/core/words';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { harnesses } from './harness';

describe('the registry', () => {
	it('lists the vendors in the order of the editor', () => {
		expect(vendors.map(({ id }) => id)).toEqual([
			'skillBoss',
			'apikley',
			'nanoBananaProCloud',
			'apiMall',
			'runbase',
		]);
	});

	it('has a harness and a folder of fixtures for every vendor, and none for another', () => {
		expect(harnesses.map(({ id }) => id)).toEqual(vendors.map(({ id }) => id));
		for (const { id } of vendors) {
			expect(existsSync(join(__dirname, '..', 'fixtures', id))).toBe(true);
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
	it('are the ones of the contract sheet, by the vendors’ own ids', () => {
		const listed = Object.fromEntries(
			vendors.map(({ id, models }) => [
				id,
				Object.fromEntries(
					modelIds.flatMap((model) => {
						const capabilities = models[model];
						return capabilities === undefined ? [] : [[model, capabilities.vendorModel]];
					}),
				),
			]),
		);
		expect(listed).toEqual({
			skillBoss: { nanoBananaPro: 'google/gemini-3-pro-image' },
			apikley: { nanoBananaPro: 'nano-banana-pro' },
			nanoBananaProCloud: {
				nanoBananaPro: 'nano-banana-pro',
				nanoBanana: 'nano-banana',
				nanoBanana2: 'nano-banana-2',
				nanoBananaFast: 'nano-banana-fast',
			},
			apiMall: { nanoBananaPro: 'nano-banana-pro', nanoBanana: 'nano-banana' },
			runbase: {
				nanoBananaPro: 'google/nano-banana-pro',
				nanoBanana: 'google/nano-banana',
				nanoBanana2: 'google/nano-banana-2',
			},
		});
	});

	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'%s has the default model in every size and ratio',
		(_id, vendor) => {
			const model = vendor.models.nanoBananaPro;
			expect(model?.resolutions).toEqual(resolutions);
			expect(model?.aspectRatios).toHaveLength(11);
		},
	);

	it('of Runbase and API Mall have no choice of size where the model has none', () => {
		for (const id of ['runbase', 'apiMall']) {
			const vendor = vendors.find((candidate) => candidate.id === id);
			expect(vendor?.models.nanoBanana?.resolutions).toEqual([]);
		}
	});
});

describe('capabilities', () => {
	it('are those of the contract sheet', () => {
		const table = vendors.map((vendor) => ({
			id: vendor.id,
			cancel: vendor.cancelTask !== undefined,
			upload: vendor.uploadReference !== undefined,
			balance: vendor.getBalance !== undefined,
			idempotent: vendor.submitIsIdempotent,
			submitCost: vendor.submitCostUnit,
			images: vendor.maxImagesInTask,
			formats: vendor.outputFormats.join(' '),
			references: `${vendor.references.delivery} ${vendor.references.maxCount}`,
			bytes: vendor.references.maxBytes,
			prompt: vendor.maxPromptLength,
			limit: vendor.requestLimit,
			grace: vendor.notFoundGraceMs,
		}));
		const nothing = {
			cancel: false,
			upload: false,
			balance: false,
			idempotent: false,
			submitCost: undefined,
			images: 1,
			formats: '',
			bytes: undefined,
			prompt: undefined,
			limit: undefined,
			grace: undefined,
		};
		expect(table).toEqual([
			{ ...nothing, id: 'skillBoss', cancel: true, references: 'url 14' },
			{
				...nothing,
				id: 'apikley',
				upload: true,
				balance: true,
				formats: 'png jpg',
				references: 'upload 8',
				bytes: 30_000_000,
				prompt: 10_000,
				grace: 10_000,
			},
			{
				...nothing,
				id: 'nanoBananaProCloud',
				submitCost: 'credits',
				formats: 'png jpg',
				references: 'inline 14',
				bytes: 10_000_000,
			},
			{
				...nothing,
				id: 'apiMall',
				upload: true,
				balance: true,
				idempotent: true,
				submitCost: 'credits',
				images: 6,
				formats: 'png jpg',
				references: 'upload 14',
				bytes: 100_000_000,
			},
			{
				...nothing,
				id: 'runbase',
				submitCost: 'USD',
				references: 'url 14',
				limit: { requests: 20, perMs: 10_000 },
			},
		]);
	});

	it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
		'%s can bring a file to the vendor the way it says',
		(_id, vendor) => {
			const { delivery, mediaTypes } = vendor.references;
			expect(vendor.uploadReference !== undefined).toBe(delivery === 'upload');
			expect(mediaTypes).toEqual(['image/png', 'image/jpeg', 'image/webp']);
		},
	);
});
