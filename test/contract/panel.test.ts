import { NodeHelpers, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import { modelIds, modelNames, type ModelId } from '../../nodes/NanoBanana/core/words';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { shownProperties } from '../saved-workflows/panel';

const nodeType = new NanoBanana();

type Values = Readonly<Record<string, string>>;

const everyModel = vendors.flatMap((vendor) =>
	modelIds.flatMap((id) => {
		const model = vendor.models[id];
		return model === undefined ? [] : [[vendor, id, model] as const];
	}),
);

function shownWith(values: Values): readonly INodeProperties[] {
	return shownProperties(nodeType, 1, values);
}

function withModel(vendor: string, model: ModelId): Values {
	return { vendor, resource: 'image', operation: 'generate', model };
}

/** The choices of a list that n8n leaves with these values. */
function choices(values: Values, name: string): readonly INodePropertyOptions[] {
	const property = shownWith(values).find((each) => each.name === name);
	return ((property?.options ?? []) as INodePropertyOptions[]).filter((option) =>
		NodeHelpers.displayParameter(
			{ ...values },
			option as unknown as INodeProperties,
			{ typeVersion: 1 },
			nodeType.description,
		),
	);
}

function values(options: readonly INodePropertyOptions[]): readonly unknown[] {
	return options.map(({ value }) => value);
}

describe.each(
	everyModel.map(([vendor, id, model]) => [`${vendor.id} ${id}`, vendor, id, model] as const),
)('the panel with %s', (_name, vendor, id, model) => {
	const chosen = withModel(vendor.id, id);

	it('offers the ratios that the model takes', () => {
		expect(new Set(values(choices(chosen, 'aspectRatio')))).toEqual(new Set(model.aspectRatios));
	});

	it.each(['resolution', 'outputFormat'] as const)('offers its choice of %s, or none', (name) => {
		const able = name === 'resolution' ? model.resolutions : model.outputFormats;
		const shown = shownWith(chosen).filter((property) => property.name === name);
		expect(shown).toHaveLength(able.length === 0 ? 0 : 1);
		expect(new Set(values(choices(chosen, name)))).toEqual(new Set(able));
	});

	it('names its sizes and, where it is published, its price', () => {
		const entry = choices(chosen, 'model').find(({ value }) => value === id);
		expect(entry?.name).toBe(modelNames[id]);
		expect(entry?.description).toMatch(model.resolutions.length === 0 ? /^One size/ : /^1K, /);
		expect(entry?.description?.includes('·')).toBe(model.listPrice !== undefined);
	});
});

it.each(vendors.map((vendor) => [vendor.id] as const))(
	'%s shows no parameter twice where the model is an expression',
	(vendor) => {
		const chosen = { vendor, resource: 'image', operation: 'edit', model: '={{ $json.model }}' };
		const names = shownWith(chosen)
			.filter(({ type }) => type !== 'notice')
			.map(({ name }) => name);
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	},
);

it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
	'%s is offered to call back only where it can',
	(id, vendor) => {
		const offered = values(choices(withModel(id, 'nanoBananaPro'), 'completion'));
		const able = vendor.callback === undefined ? [] : ['callback'];
		expect([...offered].sort()).toEqual([...able, 'submit', 'wait']);
	},
);

describe('the words of both panels', () => {
	const all = [nodeType, new NanoBananaTrigger()].flatMap(({ description }) =>
		description.properties.flatMap((property) => [
			property,
			...(property.type === 'collection' ? (property.options as INodeProperties[]) : []),
		]),
	);
	const texts = all.flatMap((property) => [
		...(property.type === 'notice' ? [property.displayName] : []),
		...[property.description, property.hint].filter((text) => text !== undefined),
		...((property.options ?? []) as INodePropertyOptions[]).flatMap(({ description }) =>
			description === undefined ? [] : [description],
		),
	]);

	it('end with a period only where there is more than one sentence', () => {
		const isLong = (text: string) => /[.?] [A-Z0-9]/.test(text);
		expect(texts.filter((text) => isLong(text) !== text.endsWith('.'))).toEqual([]);
	});

	it('begin with a capital letter, and begin with "Whether" for a switch', () => {
		expect(texts.filter((text) => /^\p{Ll}/u.test(text))).toEqual([]);
		const switches = all.filter(({ type }) => type === 'boolean');
		expect(
			switches.filter(({ description }) => description?.startsWith('Whether ') !== true),
		).toEqual([]);
	});

	it('give examples as placeholders', () => {
		const placeholders = all
			.filter(({ type }) => type !== 'collection')
			.flatMap(({ placeholder }) => (placeholder === undefined ? [] : [placeholder]));
		expect(placeholders.filter((text) => !text.startsWith('e.g. '))).toEqual([]);
	});

	it('name actions without articles, and list choices by name', () => {
		const operations = all.filter(({ name }) => name === 'operation');
		const entries = operations.flatMap(({ options }) => options as INodePropertyOptions[]);
		expect(entries.length).toBeGreaterThan(0);
		expect(
			entries.filter(({ action }) => action === undefined || / (a|an|the) /.test(action)),
		).toEqual([]);
		for (const { options } of all.filter(({ name }) => /^(vendor|operation)$/.test(name))) {
			const names = (options as INodePropertyOptions[]).map(({ name }) => name);
			expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other)));
		}
	});
});
