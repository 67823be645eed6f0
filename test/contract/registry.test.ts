import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { commonAspectRatios, modelIds, resolutions } from '../../nodes/NanoBanana/core/words';
import { describeModel } from '../../nodes/NanoBanana/descriptions/modelChoices';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { harnesses } from './harness';

describe('the registry', () => {
	it('lists the vendors, the default one first', () => {
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
			expect(model?.aspectRatios).toEqual(expect.arrayContaining([...commonAspectRatios]));
		},
	);

	it('can do what the vendors’ pages say, and cost what they name', () => {
		const table = vendors.flatMap(({ id, models }) =>
			modelIds.flatMap((model) => {
				const capabilities = models[model];
				if (capabilities === undefined) return [];
				const { aspectRatios, outputFormats, maxReferences } = capabilities;
				return [
					[
						`${id} ${model}`,
						describeModel(capabilities),
						aspectRatios.length,
						outputFormats.join(' '),
						maxReferences,
					],
				];
			}),
		);
		const sizes = '1K, 2K or 4K';
		expect(table).toEqual([
			['skillBoss nanoBananaPro', sizes, 11, '', undefined],
			['apikley nanoBananaPro', sizes, 11, 'png jpg', 8],
			['nanoBananaProCloud nanoBananaPro', `${sizes} · 20 credits`, 11, 'png jpg', 14],
			['nanoBananaProCloud nanoBanana', `${sizes} · 15 credits`, 11, 'png jpg', 14],
			['nanoBananaProCloud nanoBanana2', `${sizes} · 20 credits, 2K 30, 4K 50`, 15, 'png jpg', 8],
			['nanoBananaProCloud nanoBananaFast', `${sizes} · 5 credits`, 11, 'png jpg', 14],
			['apiMall nanoBananaPro', sizes, 11, 'png jpg', undefined],
			['apiMall nanoBanana', 'One size', 11, 'png jpg', undefined],
			['runbase nanoBananaPro', sizes, 11, '', undefined],
			['runbase nanoBanana', 'One size', 11, '', 10],
			['runbase nanoBanana2', `${sizes} · $0.06, 2K $0.09, 4K $0.13`, 15, '', 14],
		]);
	});

	it('name a price again only where it changes', () => {
		const model = vendors.find(({ id }) => id === 'apikley')?.models.nanoBananaPro;
		if (model === undefined) throw new Error('Apikley has lost its model');
		const amount = { '1K': 18, '2K': 18, '4K': 24 };
		expect(describeModel({ ...model, listPrice: { unit: 'credits', amount } })).toBe(
			'1K, 2K or 4K · 18 credits, 4K 24',
		);
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
			references: vendor.references.delivery,
			bytes: vendor.references.maxBytes,
			prompt: vendor.maxPromptLength,
			limit: vendor.requestLimit,
		}));
		const nothing = {
			cancel: false,
			upload: false,
			balance: false,
			idempotent: false,
			submitCost: undefined,
			images: 1,
			bytes: undefined,
			prompt: undefined,
			limit: undefined,
		};
		expect(table).toEqual([
			{ ...nothing, id: 'skillBoss', cancel: true, references: 'url' },
			{
				...nothing,
				id: 'apikley',
				upload: true,
				balance: true,
				references: 'upload',
				bytes: 30_000_000,
				prompt: 10_000,
			},
			{
				...nothing,
				id: 'nanoBananaProCloud',
				submitCost: 'credits',
				references: 'inline',
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
				references: 'upload',
				bytes: 100_000_000,
			},
			{
				...nothing,
				id: 'runbase',
				submitCost: 'USD',
				references: 'url',
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
