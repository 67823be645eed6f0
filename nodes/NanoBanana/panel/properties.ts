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
	/** The parameters below resource and operation. */
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
			// The order of the operations, which n8n's linter cannot see: Generate comes before Edit.
			options: [...choices],
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

/** At most one for each operation. */
const notices: readonly INodeProperties[] = vendors.flatMap((vendor) => {
	const { displayName, notice, cancelNotice, references } = vendor;
	const ofFiles =
		references.delivery === 'url'
			? `Files work only if ${displayName} can reach this n8n from the internet`
			: undefined;
	const shown = (resource: string, operation: string) => ({
		vendor: [vendor.id],
		resource: [resource],
		operation: [operation],
	});
	return [
		...noticeOf([notice], shown('image', 'generate')),
		...noticeOf([notice, ofFiles], shown('image', 'edit')),
		...noticeOf([cancelNotice], shown('task', 'cancel')),
	];
});

/** A parameter that several operations of a resource share is listed once, for all of them. */
function parametersOf(
	resource: string,
	own: readonly OfferedOperation[],
): readonly INodeProperties[] {
	return inOrder(own.map(({ properties }) => properties)).map((property) => {
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

/**
 * The entries of all lists once. An entry that only some lists have keeps its place after the entry before
 * it.
 */
function inOrder<Entry>(lists: ReadonlyArray<readonly Entry[]>): readonly Entry[] {
	const all: Entry[] = [];
	for (const list of lists) {
		let place = 0;
		for (const entry of list) {
			const known = all.indexOf(entry);
			if (known < 0) all.splice(place, 0, entry);
			place = known < 0 ? place + 1 : known + 1;
		}
	}
	return all;
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
	texts: ReadonlyArray<string | undefined>,
	show: NonNullable<IDisplayOptions['show']>,
): readonly INodeProperties[] {
	const told = texts.filter((text) => text !== undefined);
	// n8n ends a single sentence without a period.
	const displayName = told.map((text, _, { length }) => (length > 1 ? sentence(text) : text));
	if (told.length === 0) return [];
	return [
		{
			displayName: displayName.join(' '),
			name: 'notice',
			type: 'notice',
			default: '',
			displayOptions: { show },
		},
	];
}

function sentence(text: string): string {
	return text.endsWith('.') ? text : `${text}.`;
}

function idsOf(group: readonly ImageVendor[]): string[] {
	return group.map(({ id }) => id);
}

export const credentials = vendorCredentials(vendors);
