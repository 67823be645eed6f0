import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { vendors } from '../vendors';
import { forTools, toolDescriptionParameters } from './toolDescription';
import { credentialPlace, vendorCredentials, vendorParameter } from './vendorChoice';

/** One operation of a resource, as the panel shows it. */
export interface OfferedOperation {
	readonly resource: string;
	readonly operation: string;
	/** How the operation is listed in the panel, and as an action in the nodes panel. */
	readonly name: string;
	readonly action: string;
	readonly description: string;
	/** Which vendors have it. */
	readonly isOfferedBy: (vendor: ImageVendor) => boolean;
	/** Its parameters below resource and operation. */
	readonly properties: readonly INodeProperties[];
}

const resourceNames: Readonly<Record<string, string>> = {
	image: 'Image',
	task: 'Task',
	account: 'Account',
};

const vendorChoice = vendorParameter(
	vendors,
	'The vendor that makes the image. Each vendor has its own credential and prices.',
);

/** Vendors that offer the same choices share one list. */
function grouped<Choice>(
	choicesOf: (vendor: ImageVendor) => readonly Choice[],
): ReadonlyArray<{ readonly group: readonly ImageVendor[]; readonly choices: readonly Choice[] }> {
	const groups = new Map<string, { group: ImageVendor[]; choices: readonly Choice[] }>();
	for (const vendor of vendors) {
		const choices = choicesOf(vendor);
		if (choices.length === 0) continue;
		const key = JSON.stringify(choices);
		const known = groups.get(key);
		if (known === undefined) groups.set(key, { group: [vendor], choices });
		else known.group.push(vendor);
	}
	return [...groups.values()];
}

/** The panel of the node, put together from the registry and the operations. */
export function panelOf(operations: readonly OfferedOperation[]): INodeProperties[] {
	const resources = [...new Set(operations.map(({ resource }) => resource))];
	const offered = (vendor: ImageVendor, resource: string): readonly OfferedOperation[] =>
		operations.filter(
			(operation) => operation.resource === resource && operation.isOfferedBy(vendor),
		);
	const operationParameters = resources.flatMap((resource) =>
		grouped((vendor) => offered(vendor, resource).map(toOption)).map(({ group, choices }) => ({
			displayName: 'Operation',
			name: 'operation',
			type: 'options' as const,
			noDataExpression: true,
			options: byName(choices),
			default: choices[0]?.value ?? '',
			displayOptions: { show: { vendor: idsOf(group), resource: [resource] } },
		})),
	);
	return [
		vendorChoice,
		credentialPlace,
		resourceParameter(
			resources.map((resource) => ({
				resource,
				able: vendors.filter((vendor) => offered(vendor, resource).length > 0),
			})),
		),
		...operationParameters,
		...toolDescriptionParameters,
		...notices,
		...resources
			.flatMap((resource) =>
				parametersOf(
					resource,
					operations.filter((operation) => operation.resource === resource),
				),
			)
			.flatMap(forTools),
	];
}

/** One list for all vendors, since n8n's nodes panel would show the actions of each further one again. */
function resourceParameter(
	resources: ReadonlyArray<{ readonly resource: string; readonly able: readonly ImageVendor[] }>,
): INodeProperties {
	return {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ resource, able }) => ({
			name: resourceNames[resource] ?? resource,
			value: resource,
			...(able.length === vendors.length
				? {}
				: { displayOptions: { show: { vendor: idsOf(able) } } }),
		})),
		default: 'image',
	};
}

const notices: readonly INodeProperties[] = vendors.flatMap((vendor) => [
	...noticeOf(vendor.notice, { vendor: [vendor.id], resource: ['image'] }),
	...noticeOf(vendor.cancelNotice, {
		vendor: [vendor.id],
		resource: ['task'],
		operation: ['cancel'],
	}),
	...noticeOf(
		vendor.references.delivery === 'url'
			? `${vendor.displayName} opens reference images by URL. A file works only if this n8n can be reached from the internet.`
			: undefined,
		{ vendor: [vendor.id], resource: ['image'], operation: ['edit'] },
	),
]);

/** A parameter that several operations of a resource share is listed once, for all of them. */
function parametersOf(
	resource: string,
	own: readonly OfferedOperation[],
): readonly INodeProperties[] {
	// The longest list knows the place of every parameter.
	const byLength = [...own].sort((one, other) => other.properties.length - one.properties.length);
	const all = [...new Set(byLength.flatMap(({ properties }) => properties))];
	return all.map((property) => {
		const users = own.filter(({ properties }) => properties.includes(property));
		const able = vendors.filter((vendor) => users.some((user) => user.isOfferedBy(vendor)));
		return {
			...property,
			displayOptions: {
				...property.displayOptions,
				show: {
					...(able.length === vendors.length ? {} : { vendor: idsOf(able) }),
					...property.displayOptions?.show,
					resource: [resource],
					operation: users.map(({ operation }) => operation),
				},
			},
		};
	});
}

function toOption({
	name,
	operation,
	action,
	description,
}: OfferedOperation): INodePropertyOptions {
	return { name, value: operation, action, description };
}

function noticeOf(
	text: string | undefined,
	show: NonNullable<IDisplayOptions['show']>,
): readonly INodeProperties[] {
	if (text === undefined) return [];
	return [
		{ displayName: text, name: 'notice', type: 'notice', default: '', displayOptions: { show } },
	];
}

/** n8n lists choices by their names; the order of the operations decides the default. */
function byName(choices: readonly INodePropertyOptions[]): INodePropertyOptions[] {
	return [...choices].sort((one, other) => one.name.localeCompare(other.name));
}

function idsOf(group: readonly ImageVendor[]): string[] {
	return group.map(({ id }) => id);
}

export const credentials = vendorCredentials(vendors);
