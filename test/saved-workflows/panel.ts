import {
	NodeHelpers,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type NodeParameterValueType,
} from 'n8n-workflow';

/** A parameter as saved workflows depend on it. */
export interface PanelParameter {
	readonly name: string;
	readonly type: string;
	readonly default: NodeParameterValueType;
	readonly noDataExpression?: true;
	/** The values of a list of choices. */
	readonly values?: ReadonlyArray<string | number | boolean>;
	/** The entries of a collection. */
	readonly options?: readonly PanelParameter[];
}

/** One vendor, resource and operation, as `vendor/resource/operation`. */
export type Situation = string;

/** What the panel shows in each situation while everything else is at its default. */
export type Panel = ReadonlyMap<Situation, readonly PanelParameter[]>;

/** Reads the panel out of a node's description, as n8n itself decides what is shown. */
export function panelOf(nodeType: INodeType, version: number): Panel {
	const panel = new Map<Situation, readonly PanelParameter[]>();
	for (const vendor of valuesShown(nodeType, version, {}, 'vendor')) {
		for (const resource of valuesShown(nodeType, version, { vendor }, 'resource')) {
			for (const operation of valuesShown(nodeType, version, { vendor, resource }, 'operation')) {
				const chosen = { vendor, resource, operation };
				const shown = shownProperties(nodeType, version, chosen);
				panel.set(
					Object.values(chosen).join('/'),
					shown
						.filter(({ type }) => !['notice', 'credentials'].includes(type))
						.map((property) => describe(property, chosen)),
				);
			}
		}
	}
	return panel;
}

type Values = Readonly<Record<string, string>>;

function valuesShown(nodeType: INodeType, version: number, values: Values, name: string): string[] {
	const property = shownProperties(nodeType, version, values).find((each) => each.name === name);
	return choicesOf(property).flatMap((choice) =>
		isShown(nodeType, version, values, choice as unknown as INodeProperties)
			? [String(choice.value)]
			: [],
	);
}

/** The parameters that n8n shows with these values, everything else at its default. */
export function shownProperties(
	nodeType: INodeType,
	version: number,
	values: Values,
): INodeProperties[] {
	const { properties } = nodeType.description;
	// A default may show further parameters, so it counts once its own parameter is shown.
	const all: Record<string, NodeParameterValueType> = { ...values };
	return properties.filter((property) => {
		if (!isShown(nodeType, version, all, property)) return false;
		all[property.name] ??= property.default;
		return true;
	});
}

function isShown(
	{ description }: INodeType,
	typeVersion: number,
	values: Readonly<Record<string, NodeParameterValueType>>,
	property: INodeProperties,
): boolean {
	return NodeHelpers.displayParameter({ ...values }, property, { typeVersion }, description);
}

function describe(property: INodeProperties, chosen: Values = {}): PanelParameter {
	const { name, type, default: defaultValue, noDataExpression } = property;
	const isCollection = type === 'collection';
	const choices = isCollection ? [] : choicesOf(property);
	return {
		name,
		type,
		default: defaultValue,
		...(noDataExpression === true ? { noDataExpression } : {}),
		...(choices.length === 0 ? {} : { values: choices.map(({ value }) => value) }),
		...(isCollection
			? {
					options: (property.options as INodeProperties[])
						.filter((option) => isOffered(option, chosen))
						.map((option) => describe(option)),
				}
			: {}),
	};
}

/** Whether an entry of a collection can be added with these values, whatever the other entries are. */
function isOffered({ displayOptions }: INodeProperties, chosen: Values): boolean {
	return Object.entries(displayOptions?.show ?? {}).every(([name, values]) => {
		const value = name.startsWith('/') ? chosen[name.slice(1)] : undefined;
		return value === undefined || (values as unknown[]).includes(value);
	});
}

function choicesOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	return (property?.options ?? []).filter(
		(option): option is INodePropertyOptions => 'value' in option,
	);
}
