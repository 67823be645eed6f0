import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type NodeParameterValueType,
} from 'n8n-workflow';
import { readFileSync } from 'node:fs';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import type { ListPrice, ModelCapabilities } from '../../nodes/NanoBanana/core/vendor';
import {
	modelIds,
	modelNames,
	optionsOfImages,
	type ModelId,
} from '../../nodes/NanoBanana/core/words';
import { operations } from '../../nodes/NanoBanana/operations';
import { describeVendor } from '../../nodes/NanoBanana/panel/modelChoices';
import { toolDescriptions } from '../../nodes/NanoBanana/panel/toolDescription';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { shownProperties } from '../saved-workflows/panel';
import { testedVendor } from '../vendors';
import { pageOf } from '../vendors/places';

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
	const property = [...shownWith(values), ...optionsWith(values)].find(
		(each) => each.name === name,
	);
	return ((property?.options ?? []) as INodePropertyOptions[]).filter((option) =>
		isShown(values, option as unknown as INodeProperties),
	);
}

/** The entries of the Options collection that n8n offers with these values. */
function optionsWith(values: Values): readonly INodeProperties[] {
	const options = shownWith(values).find(({ name }) => name === 'options');
	return ((options?.options ?? []) as INodeProperties[]).filter((entry) => isShown(values, entry));
}

/** Whether an option can be added with this vendor, whatever the other options are. */
function isOffered({ displayOptions }: INodeProperties, vendor: string): boolean {
	return displayOptions?.show?.['/vendor']?.includes(vendor) !== false;
}

function isShown(values: Values, property: INodeProperties): boolean {
	return NodeHelpers.displayParameter(
		{ ...values },
		property,
		{ typeVersion: 1 },
		nodeType.description,
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
		const shown = [...shownWith(chosen), ...optionsWith(chosen)].filter(
			(property) => property.name === name,
		);
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

describe.each([
	['node', nodeType],
	['trigger', new NanoBananaTrigger()],
] as const)('the panel of the %s', (_name, { description }) => {
	const names = description.properties.map(({ name }) => name);

	it('has the credential right below the vendor', () => {
		expect(names.indexOf('credentials')).toBe(names.indexOf('vendor') + 1);
		expect(names.filter((name) => name === 'credentials')).toHaveLength(1);
	});

	it('begins with the first vendor of the registry that it has', () => {
		const { default: chosen, options } = description.properties[names.indexOf('vendor')]!;
		const ids = (options as INodePropertyOptions[]).map(({ value }) => value);
		expect(chosen).toBe(vendors.find(({ id }) => ids.includes(id))?.id);
	});

	it('says of each vendor which models it has, and whether files reach it from anywhere', () => {
		const { options } = description.properties[names.indexOf('vendor')]!;
		for (const { value, description: line } of options as INodePropertyOptions[]) {
			const vendor = vendors.find(({ id }) => id === value)!;
			const [files, models = '', ...others] = line?.split(' · ') ?? [];
			expect(models.replaceAll(/ \([^)]*\)/g, '').split(', ')).toEqual(
				modelIds
					.filter((id) => vendor.models[id] !== undefined)
					.map((id, index) => modelNames[id].replace(index === 0 ? '' : /^Nano Banana (?=.)/, '')),
			);
			expect(files).toBe(
				vendor.references.delivery === 'url'
					? 'Needs a public n8n for files'
					: 'Edits files directly',
			);
			// Two lines of the list are shown.
			expect(line?.length).toBeLessThanOrEqual(100);
			expect(others).toEqual([]);
		}
	});
});

it('the default vendor takes files from an n8n that the internet cannot reach', () => {
	expect(vendors[0]?.references.delivery).not.toBe('url');
});

describe('the line of a vendor', () => {
	const [vendor] = vendors;
	if (vendor === undefined) throw new Error('The registry is empty');
	const pro = vendor.models.nanoBananaPro;
	if (pro === undefined) throw new Error('The default model is missing');
	const lineWith = (listPrice: ListPrice | undefined) => {
		const { listPrice: _known, ...model } = pro;
		const nanoBananaPro = listPrice === undefined ? model : { ...model, listPrice };
		return describeVendor({ ...vendor, models: { nanoBananaPro } }).split(' · ')[1];
	};

	it.each<readonly [string, ListPrice | undefined]>([
		['Nano Banana Pro', undefined],
		['Nano Banana Pro (20 credits)', { unit: 'credits', amount: 20 }],
		[
			'Nano Banana Pro (from $0.06)',
			{ unit: 'USD', amount: { '1K': 0.06, '2K': 0.09, '4K': 0.13 } },
		],
		['Nano Banana Pro (18 credits)', { unit: 'credits', amount: { '1K': 18, '2K': 18, '4K': 18 } }],
	])('names the lowest published price: %s', (line, listPrice) => {
		expect(lineWith(listPrice)).toBe(line);
	});

	it('names the family once, and the unit where it changes', () => {
		const priced = (unit: 'credits' | 'USD', amount: number): ModelCapabilities => ({
			...pro,
			listPrice: { unit, amount },
		});
		const models = {
			nanoBananaPro: priced('credits', 20),
			nanoBanana: priced('credits', 15),
			nanoBanana2: priced('USD', 0.06),
			nanoBananaFast: priced('credits', 5),
		};
		expect(describeVendor({ ...vendor, models }).split(' · ')[1]).toBe(
			'Nano Banana Pro (20 credits), Nano Banana (15), 2 ($0.06), Fast (5 credits)',
		);
	});
});

describe('the trigger in the nodes panel', () => {
	it('is named by what it starts for', () => {
		// n8n lists the choices of a parameter of this name, and "On new … event" where there is none.
		const event = new NanoBananaTrigger().description.properties.find(
			({ displayName }) => displayName === 'Event',
		);
		const choices = (event?.options ?? []) as INodePropertyOptions[];
		expect(choices.map(({ name }) => name)).toEqual(['Image Finished']);
		expect(values(choices)).toEqual([event?.default]);
		expect(event?.type).toBe('hidden');
	});

	it('says what the two URLs are for, also before the workflow is published', () => {
		const { triggerPanel } = new NanoBananaTrigger().description;
		if (typeof triggerPanel !== 'object') throw new Error('The trigger has no texts');
		for (const state of ['active', 'inactive'] as const) {
			const help = (triggerPanel.executionsHelp as Record<typeof state, string>)[state];
			expect(help).toContain('test URL');
			expect(help).toContain('production URL');
			expect((triggerPanel.activationHint as Record<typeof state, string>)[state]).toContain(
				'production URL',
			);
		}
	});
});

describe.each(vendors.map(({ id, displayName }) => [displayName, id] as const))(
	'%s',
	(displayName, id) => {
		it('has one name in the panel, its credential and its page', () => {
			const { credential, facts } = testedVendor(id);
			expect(credential.displayName).toBe(`${displayName} API`);
			expect(readFileSync(pageOf(facts), 'utf8').split('\n')[0]).toBe(`# ${displayName}`);
		});

		it('sends to one page for its keys, from the credential, its test and the hints', () => {
			const { credential } = testedVendor(id);
			const { pages } = vendors.find((vendor) => vendor.id === id)!;
			const key = credential.properties.find(({ name }) => name === 'apiKey');
			expect(key?.hint).toContain(`<a href="${pages.apiKeys}" target="_blank">`);
			const refused = credential.test?.rules?.find(
				(rule) => rule.type === 'responseCode' && rule.properties.value === 401,
			);
			expect(refused?.properties.message).toMatch(
				new RegExp(`refused the API key\\. .+ Your API keys: ${pages.apiKeys}$`),
			);
			for (const page of Object.values(pages)) expect(page).toMatch(/^https:\/\/\S+[^/]$/);
		});
	},
);

describe('as a tool', () => {
	const { description } = nodeType;
	const tool = { description: { ...description, name: `${description.name}Tool` } };
	const shownAs = (type: Pick<INodeType, 'description'>, values: Values) =>
		shownProperties(type, 1, values);
	const chosen = vendors.flatMap((vendor) =>
		operations
			.filter(({ isOfferedBy }) => isOfferedBy(vendor))
			.map(({ resource, operation }) => ({ vendor: vendor.id, resource, operation })),
	);
	/** As the editor decides it. */
	const canBeLeftToModel = ({ name, type, noDataExpression }: INodeProperties) =>
		name !== 'toolDescription' &&
		!['options', 'notice', 'credentials', 'collection', 'hidden'].includes(type) &&
		noDataExpression !== true;
	const entriesOf = (properties: readonly INodeProperties[], { vendor = '' }: Values) =>
		properties.flatMap((property) =>
			property.type === 'collection'
				? (property.options as INodeProperties[]).filter((entry) => isOffered(entry, vendor))
				: [property],
		);

	it.each(chosen)('$vendor, $resource, $operation leaves no cost to the model', (values) => {
		const names = entriesOf(shownAs(tool, values), values)
			.filter(canBeLeftToModel)
			.map(({ name }) => name);
		const wanted = { image: ['prompt', 'referenceUrls'], task: ['taskId'], account: [] };
		const all: readonly string[] = wanted[values.resource as keyof typeof wanted];
		expect(names).toEqual(
			all.filter((name) => name !== 'referenceUrls' || values.operation === 'edit'),
		);
	});

	it.each(chosen)('$vendor, $resource, $operation shows the same fields, each once', (values) => {
		const fieldsOf = (type: Pick<INodeType, 'description'>) =>
			entriesOf(
				shownAs(type, values).filter(({ type: kind }) => kind !== 'notice'),
				values,
			).map(({ name }) => name);
		const fields = fieldsOf(tool);
		expect(fields).toEqual([...new Set(fields)]);
		expect(fields.filter((name) => name !== 'toolDescription')).toEqual(fieldsOf(nodeType));
	});

	it.each(chosen)('$vendor, $resource, $operation takes expressions in a workflow', (values) => {
		const closed = entriesOf(shownAs(nodeType, values), values).filter(
			({ noDataExpression }) => noDataExpression === true,
		);
		expect(closed.map(({ name }) => name)).toEqual(['vendor', 'resource', 'operation']);
	});

	it.each(Object.entries(toolDescriptions))('%s is described in 400 characters', (_key, text) => {
		expect(text.length).toBeLessThanOrEqual(400);
	});
});

const situations = vendors.flatMap((vendor) =>
	operations
		.filter(({ isOfferedBy }) => isOfferedBy(vendor))
		.map(({ resource, operation }) => [vendor.id, resource, operation] as const),
);

describe.each(situations)('the options of %s, %s → %s', (vendor, resource, operation) => {
	const chosen = { vendor, resource, operation };
	const collection = shownWith(chosen).find(({ name }) => name === 'options');
	const offered = (collection?.options as INodeProperties[]).filter((entry) =>
		isOffered(entry, vendor),
	);
	/** The parameters that reach the node at run time; n8n saves the same without the defaults. */
	const atRunTime = (options: INodeParameters): INodeParameters => {
		const { description } = nodeType;
		const node = { typeVersion: 1 };
		const saved = NodeHelpers.getNodeParameters(
			description.properties,
			{ ...chosen, options },
			false,
			false,
			node,
			description,
		);
		const full = NodeHelpers.getNodeParameters(
			description.properties,
			saved ?? {},
			true,
			false,
			node,
			description,
		);
		return full?.options as INodeParameters;
	};

	it.each([...new Set(offered.map(({ name }) => name))])('%s reaches the node', (name) => {
		const beside = name === 'callbackUrl' ? { completion: 'submit' } : {};
		for (const value of ['={{ $json.value }}', valueOf(offered, name)]) {
			expect(atRunTime({ ...beside, [name]: value })).toEqual({ ...beside, [name]: value });
		}
	});

	it('has at rest no more fields than fit on a screen, and one notice at most', () => {
		const shown = shownWith(chosen).map(({ type }) => type);
		const fields = shown.filter((type) => !['notice', 'collection', 'credentials'].includes(type));
		expect(fields.length).toBeLessThanOrEqual(operation === 'edit' ? 10 : 8);
		expect(shown.filter((type) => type === 'notice').length).toBeLessThanOrEqual(1);
	});

	it('hides what has no effect at once or while parked, and drops it', () => {
		const withoutEffect = offered.filter(({ name }) => optionsOfImages.includes(name));
		const atOnce = { completion: 'submit' };
		const isShown = (option: INodeProperties, beside: INodeParameters) =>
			NodeHelpers.displayParameter(
				beside,
				option,
				{ typeVersion: 1 },
				nodeType.description,
				chosen,
			);
		expect(withoutEffect.filter((option) => !isShown(option, {}))).toEqual([]);
		if (resource !== 'image') return;
		expect(withoutEffect).toHaveLength(optionsOfImages.length);
		expect(withoutEffect.filter((option) => isShown(option, atOnce))).toEqual([]);
		for (const { name } of withoutEffect) {
			expect(atRunTime({ ...atOnce, [name]: valueOf(offered, name) })).toEqual(atOnce);
		}
		const parked = { completion: 'callback' };
		const hidden = withoutEffect.filter((option) => !isShown(option, parked));
		expect(hidden.map(({ name }) => name)).toEqual(['output']);
	});

	it('offers no option twice', () => {
		const names = offered.map(({ name }) => name);
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});
});

describe.each(vendors.map((vendor) => [vendor.id, vendor] as const))('%s', (id, vendor) => {
	const chosen = { vendor: id, resource: 'image', operation: 'generate' };
	const ratio = nodeType.description.properties.find(({ name }) => name === 'aspectRatio');
	const isShownBeside = (options: INodeParameters) =>
		NodeHelpers.displayParameter(
			{ ...chosen, options },
			ratio as INodeProperties,
			{ typeVersion: 1 },
			nodeType.description,
		);

	it('lists as Aspect Ratios only what its models have', () => {
		const offered = values(choices(chosen, 'aspectRatios'));
		const able = Object.values(vendor.models).flatMap(({ aspectRatios }) => aspectRatios);
		expect(new Set(offered)).toEqual(new Set(able.filter((each) => each !== 'auto')));
	});

	it('hides Aspect Ratio while Aspect Ratios is set', () => {
		expect(isShownBeside({})).toBe(true);
		expect(isShownBeside({ aspectRatios: [] })).toBe(true);
		for (const each of values(choices(chosen, 'aspectRatios'))) {
			expect(isShownBeside({ aspectRatios: [String(each)] })).toBe(false);
		}
	});

	it('has a prompt of its own for an edit, at the same place', () => {
		const [generate = [], edit = []] = ['generate', 'edit'].map((operation) =>
			shownWith({ ...chosen, operation }),
		);
		const promptOf = (shown: readonly INodeProperties[]) =>
			shown.find(({ name }) => name === 'prompt')?.placeholder;
		expect(promptOf(edit)).not.toBe(promptOf(generate));
		const namesOf = (shown: readonly INodeProperties[]) =>
			shown.map(({ name }) => name).filter((name) => !name.startsWith('reference'));
		expect(namesOf(edit)).toEqual(namesOf(generate));
	});
});

/** A value of an option that is not its default. */
function valueOf(options: readonly INodeProperties[], name: string): NodeParameterValueType {
	const option = options.find((each) => each.name === name);
	const choices = (option?.options ?? []) as INodePropertyOptions[];
	const choice = choices.find(({ value }) => value !== option?.default)?.value ?? 'value';
	switch (option?.type) {
		case 'boolean':
			return option.default !== true;
		case 'number':
			return Number(option.default) + 1;
		case 'multiOptions':
			return [String(choice)];
		default:
			return choice;
	}
}

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

	it('give no expression as the example of a name', () => {
		const ofNames = all.filter(({ name }) => /name|field/i.test(name));
		expect(ofNames.filter(({ placeholder }) => placeholder?.includes('{{') === true)).toEqual([]);
	});

	it('list the operations of a resource in their order: Generate comes before Edit', () => {
		for (const { options } of all.filter(({ name }) => name === 'operation')) {
			const offered = values(options as INodePropertyOptions[]);
			const ordered = operations.map(({ operation }) => operation);
			expect(offered).toEqual(ordered.filter((operation) => offered.includes(operation)));
		}
		expect(operations[0]?.operation).toBe('generate');
	});

	it('name actions without articles, and list vendors by name', () => {
		const operations = all.filter(({ name }) => name === 'operation');
		const entries = operations.flatMap(({ options }) => options as INodePropertyOptions[]);
		expect(entries.length).toBeGreaterThan(0);
		expect(
			entries.filter(({ action }) => action === undefined || / (a|an|the) /.test(action)),
		).toEqual([]);
		for (const { options } of all.filter(({ name }) => name === 'vendor')) {
			const names = (options as INodePropertyOptions[]).map(({ name }) => name);
			expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other)));
		}
	});
});
