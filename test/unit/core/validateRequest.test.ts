import type { Failure } from '../../../nodes/NanoBanana/core/failure';
import {
	validateRequest,
	type AskedRequest,
	type CheckedRequest,
} from '../../../nodes/NanoBanana/core/validateRequest';
import type { ImageVendor, ModelCapabilities } from '../../../nodes/NanoBanana/core/vendor';
import {
	commonAspectRatios,
	modelIds,
	modelNames,
	outputFormats,
	resolutions,
} from '../../../nodes/NanoBanana/core/words';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import {
	cancelingVendor,
	formVendor,
	nameOf,
	plainVendor,
	uploadingVendor,
} from '../../vendors/roles';
import { testedVendor, testedVendors } from '../../vendors';

const plain: AskedRequest = {
	operation: 'generate',
	model: 'nanoBananaPro',
	customModel: '',
	prompt: 'A banana cat in a spacesuit',
	aspectRatio: 'auto',
	resolution: '1K',
	outputFormat: 'png',
	numberOfImages: 1,
	referenceCount: 0,
};

function vendorOf(id: string): ImageVendor {
	const vendor = vendors.find((entry) => entry.id === id);
	if (vendor === undefined) throw new Error(`No vendor ${id}`);
	return vendor;
}

function check(vendor: ImageVendor, changes: Partial<AskedRequest> = {}) {
	return validateRequest({ ...plain, ...changes }, vendor);
}

function accepted(vendor: ImageVendor, changes: Partial<AskedRequest> = {}): CheckedRequest {
	const outcome = check(vendor, changes);
	if (!outcome.ok) throw new Error(outcome.failure.message);
	return outcome.value;
}

function refused(vendor: ImageVendor, changes: Partial<AskedRequest>): Failure {
	const outcome = check(vendor, changes);
	if (outcome.ok) throw new Error('Expected a refusal');
	return outcome.failure;
}

describe.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(_name, vendor) => {
		it('takes the default parameters without a warning', () => {
			expect(accepted(vendor)).toMatchObject({
				vendorModel: vendor.models.nanoBananaPro?.vendorModel,
				prompt: 'A banana cat in a spacesuit',
				numberOfImages: 1,
				warnings: [],
			});
		});

		it.each(modelIds)('takes %s exactly where it has it', (model) => {
			const outcome = check(vendor, { model });
			const capabilities = vendor.models[model];
			if (capabilities !== undefined) {
				expect(outcome).toMatchObject({
					ok: true,
					value: { vendorModel: capabilities.vendorModel },
				});
				return;
			}
			const failure = refused(vendor, { model });
			expect(failure.reason).toBe('unsupported');
			expect(failure.message).toContain(`${vendor.displayName} does not offer`);
			expect(failure.hint).toContain('Nano Banana Pro');
		});

		it.each(commonAspectRatios)('knows the ratio %s', (aspectRatio) => {
			expect(accepted(vendor, { aspectRatio }).aspectRatio).toBe(aspectRatio);
		});

		it.each(resolutions)('knows the size %s', (resolution) => {
			expect(accepted(vendor, { resolution }).resolution).toBe(resolution);
		});

		it.each(outputFormats)('sends %s only where it has a choice of format', (outputFormat) => {
			const checked = accepted(vendor, { outputFormat });
			const hasChoice = vendor.models.nanoBananaPro?.outputFormats.length !== 0;
			expect(checked.outputFormat).toBe(hasChoice ? outputFormat : undefined);
			expect(checked.warnings).toHaveLength(!hasChoice && outputFormat === 'jpg' ? 1 : 0);
		});

		it.each(modelIds.filter((id) => vendor.models[id] !== undefined))(
			'takes as many references with %s as its page says, and no more',
			(model) => {
				const maxCount = vendor.models[model]?.maxReferences ?? 14;
				const asked = { model, operation: 'edit' } as const;
				expect(check(vendor, { ...asked, referenceCount: maxCount }).ok).toBe(true);
				const failure = refused(vendor, { ...asked, referenceCount: maxCount + 1 });
				expect(failure.message).toBe(
					`There are ${maxCount + 1} reference images; ${vendor.displayName} takes at most ${maxCount} with ${modelNames[model]}`,
				);
			},
		);

		it('takes a prompt of the longest length, and none longer', () => {
			const { maxPromptLength } = vendor;
			if (maxPromptLength === undefined) {
				expect(check(vendor, { prompt: 'x'.repeat(100_000) }).ok).toBe(true);
				return;
			}
			expect(check(vendor, { prompt: 'x'.repeat(maxPromptLength) }).ok).toBe(true);
			const failure = refused(vendor, { prompt: 'x'.repeat(maxPromptLength + 1) });
			expect(failure.message).toContain(String(maxPromptLength + 1));
		});

		it('takes one to six images', () => {
			for (const numberOfImages of [1, 2, 6]) {
				expect(accepted(vendor, { numberOfImages }).numberOfImages).toBe(numberOfImages);
			}
			expect(refused(vendor, { numberOfImages: 7 }).hint).toBe(
				'Choose a whole number from 1 to 6.',
			);
		});
	},
);

it('the limits of the contract sheet are the ones that are checked', () => {
	const limits = vendors.map(({ maxPromptLength, maxImagesInTask }) => [
		maxPromptLength,
		maxImagesInTask,
	]);
	const { abilities } = testedVendor(uploadingVendor).facts;
	expect(abilities.prompt).toBe(10_000);
	expect(limits).toEqual(
		testedVendors.map(({ facts }) => [facts.abilities.prompt, facts.abilities.imagesInTask ?? 1]),
	);
});

describe('the prompt', () => {
	const vendor = vendorOf(plainVendor);

	it.each([
		[''],
		['   \n'],
		['\u200b\ufeff\u00a0\u2800\u3164'],
		['\ud83c'],
		[undefined],
		[null],
		[Number.NaN],
		[{}],
		[[]],
		[[' ', null, '\u200d']],
	])('%j is refused', (prompt) => {
		const failure = refused(vendor, { prompt });
		expect(failure).toMatchObject({ reason: 'invalidRequest', message: 'The prompt is empty' });
	});

	it.each<[unknown, string]>([
		[42, '42'],
		[0, '0'],
		[true, 'true'],
		[['a cat', ' on the moon ', '', null, 7], 'a cat\non the moon\n7'],
		[['a cat', { style: 'oil' }], 'a cat\n{"style":"oil"}'],
		[{ subject: 'a cat', colors: ['red'] }, '{"subject":"a cat","colors":["red"]}'],
		[new Date(0), '1970-01-01T00:00:00.000Z'],
		['a cat \ud83d', 'a cat \ufffd'],
		['\ude00 and 😀', '\ufffd and 😀'],
		[['half \ud83d'], 'half \ufffd'],
		[{ mood: '\ud83d' }, '{"mood":"\ufffd"}'],
		[{ '\ude00': ['\ud83d', '😀'] }, '{"\ufffd":["\ufffd","😀"]}'],
		[{ path: '\\ud83d' }, '{"path":"\\\\ud83d"}'],
	])('%j is sent as a text', (prompt, sent) => {
		expect(accepted(vendor, { prompt }).prompt).toBe(sent);
	});

	it('that cannot be written is refused', () => {
		const circle: unknown[] = [];
		circle.push(circle);
		expect(refused(vendor, { prompt: circle }).message).toContain('cannot be written as text');
		expect(refused(vendor, { prompt: { big: 1n } }).message).toContain('cannot be written as text');
	});

	it('that has lost an object among its words is refused', () => {
		const failure = refused(vendor, { prompt: 'Draw [object Object] in oil' });
		expect(failure.message).toContain('"[object Object]"');
		expect(failure.hint).toContain('JSON.stringify');
	});

	it('loses the white space around it', () => {
		expect(accepted(vendor, { prompt: '\n a cat \n' }).prompt).toBe('a cat');
	});
});

describe('a value that an expression made up', () => {
	const vendor = vendorOf(plainVendor);

	it.each<[Partial<AskedRequest>, string]>([
		[
			{ model: 'dall-e' },
			`'Model' is "dall-e", but at ${nameOf(plainVendor)} it can only be one of: nanoBananaPro`,
		],
		[
			{ aspectRatio: '7:5' },
			`'Aspect Ratio' is "7:5", but with Nano Banana Pro it can only be one of: auto, 1:1`,
		],
		[{ aspectRatio: ' 7:5' }, `'Aspect Ratio' is " 7:5", but`],
		[
			{ resolution: '8K' },
			`'Resolution' is "8K", but with Nano Banana Pro it can only be one of: 1K, 2K, 4K`,
		],
		[{ resolution: 2 }, "'Resolution' is 2, but"],
		[
			{ outputFormat: 'gif' },
			`'Output Format' is "gif", but with Nano Banana Pro it can only be one of: png, jpg`,
		],
		[{ numberOfImages: 0 }, "'Number of Images' is 0"],
		[{ numberOfImages: 1.5 }, "'Number of Images' is 1.5"],
		[{ numberOfImages: 'many' }, `'Number of Images' is "many"`],
		[{ numberOfImages: true }, "'Number of Images' is true"],
		[{ numberOfImages: Number.NaN }, "'Number of Images' is null"],
		[{ aspectRatio: { a: 'x'.repeat(500) } }, `'Aspect Ratio' is {"a":"xxx`],
		[{ aspectRatio: 'x'.repeat(500) }, `'Aspect Ratio' is "xxx`],
	])('%j is refused and named', (changes, message) => {
		const failure = refused(vendor, changes);
		expect(failure.reason).toBe('invalidRequest');
		expect(failure.message.slice(0, message.length)).toBe(message);
		expect(failure.message.length).toBeLessThan(300);
	});

	it('names only the models of this vendor', () => {
		for (const each of vendors) {
			const { message } = refused(each, { model: 'dall-e' });
			const named = message.split(': ').at(-1)?.split(', ');
			expect(named).toEqual(modelIds.filter((id) => each.models[id] !== undefined));
		}
	});

	it.each<[keyof AskedRequest, readonly unknown[], unknown]>([
		['aspectRatio', [' 16:9 ', '16x9', '16×9', '16 : 9', '16：9', '16/9', '16:09:00'], '16:9'],
		['aspectRatio', ['4:05', '04:05:00', "'4:5", ['4:5']], '4:5'],
		['aspectRatio', ['Auto', ' AUTO', '', ' ', '\u200b', null, undefined, []], 'auto'],
		['resolution', ['2k', ' 2 K', '2K ', '２Ｋ', '2К'], '2K'],
		['resolution', ['', null, undefined], '1K'],
		['model', ['Nano Banana 2', 'nano-banana-2', 'NANOBANANA2 ', 'nanoBanana2'], 'nanoBanana2'],
		['model', ['', '  ', null, undefined], 'nanoBananaPro'],
		['numberOfImages', [2, '2', ' 2 ', '2.0'], 2],
		['numberOfImages', ['', ' ', null, undefined], 1],
	])('%s: %j is understood', (name, spellings, meant) => {
		for (const asked of spellings) {
			expect(accepted(vendor, { [name]: asked })).toMatchObject({ [name]: meant });
		}
	});

	it.each<[readonly unknown[], string]>([
		[['PNG', '.png', 'image/png', '', null, undefined], 'png'],
		[['jpeg', 'JPG ', '.JPEG', 'image/jpeg'], 'jpg'],
	])('the output format %j is understood', (spellings, meant) => {
		for (const outputFormat of spellings) {
			expect(accepted(vendorOf(uploadingVendor), { outputFormat }).outputFormat).toBe(meant);
		}
	});
});

describe('several ratios', () => {
	const vendor = vendorOf(plainVendor);
	const ratios = (asked: unknown) => accepted(vendor, { aspectRatios: asked }).aspectRatios;

	it.each([[undefined], [null], [''], [' , '], [[]], [['']], [[null]]])('%j is none', (asked) => {
		expect(accepted(vendor, { aspectRatio: '4:5', aspectRatios: asked })).toMatchObject({
			aspectRatio: '4:5',
			aspectRatios: undefined,
		});
	});

	it('are an array or a text with commas, each once and in the order chosen', () => {
		expect(ratios(['9:16', '1:1'])).toEqual(['9:16', '1:1']);
		expect(ratios('9:16, 1:1,, 9:16 ')).toEqual(['9:16', '1:1']);
		expect(ratios([' 1:1', '4:5', '1:1'])).toEqual(['1:1', '4:5']);
		expect(ratios('21:9')).toEqual(['21:9']);
		expect(ratios('1:1; 9x16\n16 : 9 4:5')).toEqual(['1:1', '9:16', '16:9', '4:5']);
		expect(ratios('["1:1", " 9:16 "]')).toEqual(['1:1', '9:16']);
		expect(ratios(['1:1', null, '9:16, 4:5'])).toEqual(['1:1', '9:16', '4:5']);
	});

	it('replace the one ratio, whatever that is', () => {
		expect(accepted(vendor, { aspectRatio: '7:5', aspectRatios: ['4:5'] }).aspectRatio).toBe('4:5');
	});

	it.each([
		[['1:1', '7:3'], '"7:3"'],
		['1:1 and 9:16', '"1:1 and 9:16"'],
		[['1:1', false], 'false'],
		[16, '16'],
		[{ ratio: '1:1' }, '{"ratio":"1:1"}'],
	])('%j is refused and named', (aspectRatios, named) => {
		const failure = refused(vendor, { aspectRatios });
		expect(failure.reason).toBe('invalidRequest');
		expect(failure.message).toBe(
			`'Aspect Ratios' (under Options) has ${named}, but can only have: 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9`,
		);
		expect(failure.hint).toContain('an array or a text with commas');
	});

	it('hold no auto, since that is no format', () => {
		const failure = refused(vendor, { aspectRatios: ['1:1', 'auto'] });
		expect(failure.message).toContain('has "auto", but can only have: 1:1');
		expect(failure.hint).toContain("use 'Aspect Ratio'");
	});

	it('are refused where the model lacks one', () => {
		const square = {
			vendorModel: 'square',
			resolutions,
			aspectRatios: ['auto', '1:1'],
			outputFormats: [],
		} as const;
		const failure = refused(
			{ ...vendor, models: { nanoBananaPro: square } },
			{ aspectRatios: ['1:1', '21:9'] },
		);
		expect(failure).toMatchObject({
			reason: 'invalidRequest',
			message:
				"'Aspect Ratios' (under Options) has 21:9, which Runbase does not make with this model; it makes: 1:1",
			hint: "Take it out of 'Aspect Ratios', or choose another model.",
		});
	});

	it('make at most thirty images of an item', () => {
		const all = commonAspectRatios.filter((ratio) => ratio !== 'auto');
		expect(check(vendor, { aspectRatios: all, numberOfImages: 3 }).ok).toBe(true);
		expect(check(vendor, { aspectRatios: all.slice(0, 5), numberOfImages: 6 }).ok).toBe(true);
		expect(refused(vendor, { aspectRatios: all, numberOfImages: 4 })).toMatchObject({
			reason: 'invalidRequest',
			message: '10 aspect ratios with 4 images each are 40 images; one item can ask for at most 30',
			hint: expect.stringContaining('Choose fewer ratios'),
		});
	});
});

describe('a model without a choice of size', () => {
	const vendor = vendorOf(plainVendor);

	it('gets none, with a warning where another one was asked for', () => {
		const checked = accepted(vendor, { model: 'nanoBanana', resolution: '4K' });
		expect(checked.resolution).toBeUndefined();
		expect(checked.warnings).toEqual([
			`${nameOf(plainVendor)} has no choice of resolution for this model: 4K was left out.`,
		]);
		expect(accepted(vendor, { model: 'nanoBanana' }).warnings).toEqual([]);
	});
});

describe('a model that the user typed', () => {
	const vendor = vendorOf(plainVendor);

	it.each<[unknown, string]>([
		['nano-banana-fast', 'nano-banana-fast'],
		[['nano-banana-fast'], 'nano-banana-fast'],
		[' google/nano-banana:v2 \n', 'google/nano-banana:v2'],
		['\u200bnano-\u00adbanana\ufeff', 'nano-banana'],
	])('%j is %s', (customModel, vendorModel) => {
		expect(accepted(vendor, { customModel })).toMatchObject({ vendorModel, model: vendorModel });
	});

	it.each([undefined, null, '', ' \n', '\u200b', '\u2060\ufeff', [], [null], ['\u200b']])(
		'%j leaves the choice to the list',
		(customModel) => {
			expect(accepted(vendor, { customModel }).model).toBe('nanoBananaPro');
		},
	);

	it.each([
		[{ id: 'nano-banana-fast' }],
		[5],
		[true],
		[['a', 'b']],
		[[['a']]],
		[[5]],
		['{{ $json.model }}'],
		['[object Object]'],
		['["nano-banana-fast"]'],
		['undefined'],
	])('%j is refused and named', (customModel) => {
		const { reason, message, hint } = refused(vendor, { customModel });
		expect(reason).toBe('invalidRequest');
		expect(message).toBe(
			`'Custom Model' (under Options) is ${JSON.stringify(customModel)}, which is not a model ID`,
		);
		const isExpression = customModel === '{{ $json.model }}';
		expect(hint).toContain(isExpression ? 'Expression' : 'one model ID');
	});

	it('is sent as it is, whatever the list says', () => {
		const checked = accepted(vendorOf(cancelingVendor), {
			model: 'nanoBananaFast',
			customModel: '  google/gemini-9-image ',
		});
		expect(checked).toMatchObject({
			model: 'google/gemini-9-image',
			vendorModel: 'google/gemini-9-image',
			resolution: '1K',
		});
	});
});

describe('a model that can do more or less than the others of its vendor', () => {
	it('takes its own number of references', () => {
		const vendor = vendorOf(formVendor);
		const asked = { operation: 'edit' as const, referenceCount: 9 };
		expect(check(vendor, asked).ok).toBe(true);
		expect(refused(vendor, { ...asked, model: 'nanoBanana2' }).message).toBe(
			'There are 9 reference images; Nano Banana Pro Cloud takes at most 8 with Nano Banana 2',
		);
	});

	it('takes its own ratios', () => {
		const vendor = vendorOf(plainVendor);
		const wide = accepted(vendor, { model: 'nanoBanana2', aspectRatio: '8:1' });
		expect(wide.aspectRatio).toBe('8:1');
		const failure = refused(vendor, { aspectRatio: '8:1' });
		expect(failure.reason).toBe('invalidRequest');
		expect(failure.message).toBe(
			'\'Aspect Ratio\' is "8:1", but with Nano Banana Pro it can only be one of: auto, 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9',
		);
	});

	it.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))(
		'%s: a typed model is not held to what listed ones can do',
		(_name, vendor) => {
			const checked = accepted(vendor, {
				customModel: 'their-next-model',
				operation: 'edit',
				referenceCount: 14,
				aspectRatio: '1:8',
				resolution: '4K',
			});
			expect(checked).toMatchObject({
				model: 'their-next-model',
				vendorModel: 'their-next-model',
				aspectRatio: '1:8',
				resolution: '4K',
				warnings: [],
			});
			const more = { customModel: 'x', operation: 'edit' as const, referenceCount: 15 };
			expect(refused(vendor, more).message).toContain('takes at most 14 with x');
		},
	);

	const formats = { ...vendorOf(uploadingVendor), models: { nanoBananaPro: pngOnly() } };
	it('takes its own formats', () => {
		expect(accepted(formats, { outputFormat: 'png' }).outputFormat).toBe('png');
		expect(refused(formats, { outputFormat: 'jpg' }).message).toBe(
			'\'Output Format\' is "jpg", but with Nano Banana Pro it can only be one of: png',
		);
	});

	it('takes its own sizes', () => {
		expect(refused(formats, { resolution: '4K' }).message).toBe(
			'\'Resolution\' is "4K", but with Nano Banana Pro it can only be one of: 1K, 2K',
		);
	});
});

/** No vendor sells such a model today. */
function pngOnly(): ModelCapabilities {
	return {
		vendorModel: 'small',
		resolutions: ['1K', '2K'],
		aspectRatios: commonAspectRatios,
		outputFormats: ['png'],
	};
}

describe('the references of an edit', () => {
	const vendor = vendorOf(cancelingVendor);

	it('must be there', () => {
		const failure = refused(vendor, { operation: 'edit' });
		expect(failure.message).toBe(
			'An edit needs at least one reference image, and this item has none',
		);
		expect(failure.hint).toContain('binary field');
	});

	it('are not counted by a generate', () => {
		expect(check(vendor, { referenceCount: 99 }).ok).toBe(true);
	});
});
