import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { toolDescriptionParameters } from '../descriptions/toolDescription';
import { vendorCredentials, vendorParameter } from '../descriptions/vendorChoice';
import { vendors } from '../vendors';
import { operations } from './index';
import type { Operation } from './operation';

/** The panel, put together from the registry and the operations' own files. */

const resourceNames: Readonly<Record<string, string>> = {
	image: 'Image',
	task: 'Task',
	account: 'Account',
};

const resources = [...new Set(operations.map(({ resource }) => resource))];

const vendorChoice = vendorParameter(
	vendors,
	'Who makes the image. Each vendor has its own credential and prices.',
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

function offered(vendor: ImageVendor, resource: string): readonly Operation[] {
	return operations.filter(
		(operation) => operation.resource === resource && operation.isOfferedBy(vendor),
	);
}

/** One list for all vendors, since n8n's nodes panel would show the actions of each further one again. */
const resourceParameter: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: resources.map((value) => {
		const able = vendors.filter((vendor) => offered(vendor, value).length > 0);
		return {
			name: resourceNames[value] ?? value,
			value,
			...(able.length === vendors.length
				? {}
				: { displayOptions: { show: { vendor: idsOf(able) } } }),
		};
	}),
	default: 'image',
};

const operationParameters: readonly INodeProperties[] = resources.flatMap((resource) =>
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
function parametersOf(resource: string): readonly INodeProperties[] {
	const own = operations.filter((operation) => operation.resource === resource);
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

function toOption({ name, operation, action, description }: Operation): INodePropertyOptions {
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

/** n8n lists choices by their names; which one is the default says the order of the operations. */
function byName(choices: readonly INodePropertyOptions[]): INodePropertyOptions[] {
	return [...choices].sort((one, other) => one.name.localeCompare(other.name));
}

function idsOf(group: readonly ImageVendor[]): string[] {
	return group.map(({ id }) => id);
}

export const properties: INodeProperties[] = [
	vendorChoice,
	resourceParameter,
	...operationParameters,
	...toolDescriptionParameters,
	...notices,
	...resources.flatMap(parametersOf),
];

export const credentials = vendorCredentials(vendors);
