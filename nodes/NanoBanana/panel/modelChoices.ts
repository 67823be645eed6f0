import type { IDisplayOptions, INodePropertyOptions } from 'n8n-workflow';

import type { CostUnit } from '../core/cost';
import type { ImageVendor, ListPrice, ModelCapabilities } from '../core/vendor';
import { modelIds, modelNames, resolutions, type ModelId } from '../core/words';
import { vendors } from '../vendors';

/** The choices that the panel offers for a vendor and a model, derived from the lists of models. */

export type ShowCondition = NonNullable<IDisplayOptions['show']>;

/**
 * The conditions to show something that not every model has. n8n can only combine conditions with "and", so
 * each vendor whose models differ gets a condition of its own. An empty list shows it nowhere; an empty
 * condition shows it everywhere.
 */
export function shownWhere(has: (model: ModelCapabilities) => boolean): readonly ShowCondition[] {
	const able = (vendor: ImageVendor) =>
		modelsOf(vendor)
			.filter(([, model]) => has(model))
			.map(([id]) => id);
	const always = vendors.filter((vendor) => able(vendor).length === modelsOf(vendor).length);
	const sometimes = vendors.filter((vendor) => able(vendor).length > 0 && !always.includes(vendor));
	if (always.length === vendors.length) return [{}];
	return [
		...(always.length === 0 ? [] : [{ vendor: always.map(({ id }) => id) }]),
		...sometimes.map((vendor) => ({ vendor: [vendor.id], model: able(vendor) })),
	];
}

/** The choices of a list that not every model has, each shown where its model has it. */
export function choicesWhere<Value extends string>(
	values: readonly Value[],
	has: (model: ModelCapabilities, value: Value) => boolean,
	describe: (value: Value) => Omit<INodePropertyOptions, 'value'>,
): INodePropertyOptions[] {
	return values.flatMap((value) =>
		shownWhere((model) => has(model, value)).map((show) => ({
			...describe(value),
			value,
			...(Object.keys(show).length === 0 ? {} : { displayOptions: { show } }),
		})),
	);
}

/** The names of the models that have something at these vendors; none where all of them have it. */
export function onlyModels(
	has: (model: ModelCapabilities) => boolean,
	group: readonly ImageVendor[],
): readonly string[] {
	const all = group.flatMap(modelsOf);
	const able = new Set(all.flatMap(([id, model]) => (has(model) ? [modelNames[id]] : [])));
	return all.every(([, model]) => has(model)) ? [] : [...able];
}

/** "1K, 2K or 4K · 20 credits, 2K 30, 4K 50": a price is named again only where it changes. */
export function describeModel({ resolutions: sizes, listPrice }: ModelCapabilities): string {
	const size =
		sizes.length < 2 ? 'One size' : `${sizes.slice(0, -1).join(', ')} or ${sizes.at(-1) ?? ''}`;
	return listPrice === undefined ? size : `${size} · ${describePrice(listPrice)}`;
}

/**
 * "Edits files directly · Nano Banana Pro (20 credits), Nano Banana (15), 2 (from 20)": whether a file
 * reaches the vendor from an n8n that only its user can open, and the models with their published prices.
 * n8n shows two lines of it, so the family's name and the unit appear only once.
 */
export function describeVendor(vendor: ImageVendor): string {
	const files =
		vendor.references.delivery === 'url' ? 'Needs a public n8n for files' : 'Edits files directly';
	let unit: CostUnit | undefined;
	const models = modelsOf(vendor).map(([id, { listPrice }], index) => {
		const name = index === 0 ? modelNames[id] : modelNames[id].replace(/^Nano Banana (?=.)/, '');
		if (listPrice === undefined) return name;
		const price = describeLowestPrice(listPrice, listPrice.unit === unit);
		({ unit } = listPrice);
		return `${name} (${price})`;
	});
	return `${files} · ${models.join(', ')}`;
}

function describeLowestPrice({ unit, amount }: ListPrice, withoutUnit: boolean): string {
	const amounts = typeof amount === 'number' ? [amount] : Object.values(amount);
	const lowest = Math.min(...amounts);
	const prefix = Math.max(...amounts) > lowest ? 'from ' : '';
	const price = describePrice({ unit, amount: lowest });
	return `${prefix}${withoutUnit ? price.replace(` ${unit}`, '') : price}`;
}

function describePrice({ unit, amount }: ListPrice): string {
	const inUnit = (value: number) => (unit === 'USD' ? `$${value}` : `${value}`);
	const suffix = unit === 'USD' ? '' : ` ${unit}`;
	if (typeof amount === 'number') return `${inUnit(amount)}${suffix}`;
	const [first, ...others] = resolutions;
	let last = amount[first];
	const changes = others.flatMap((size) => {
		if (amount[size] === last) return [];
		last = amount[size];
		return [`, ${size} ${inUnit(last)}`];
	});
	return `${inUnit(amount[first])}${suffix}${changes.join('')}`;
}

/** The models of a vendor, in our order. */
export function modelsOf(
	vendor: ImageVendor,
): ReadonlyArray<readonly [ModelId, ModelCapabilities]> {
	return modelIds.flatMap((id) => {
		const model = vendor.models[id];
		return model === undefined ? [] : [[id, model] as const];
	});
}
