import './harness/environment';

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { operations } from '../../nodes/NanoBanana/operations';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { filesBelow, projectFolder } from '../architecture/sources';
import type { Sandbox, VendorId } from '../sandbox';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { cancelingVendor } from '../vendors/roles';

/** The fields that the editor shows before a step has ever run are those that its items really have. */

interface Schema {
	readonly type: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
}

const folder = 'nodes/NanoBanana/__schema__';
const readSchema = (name: string): Schema =>
	JSON.parse(readFileSync(path.join(projectFolder, folder, `${name}.json`), 'utf8')) as Schema;

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 20, flatPictures: true }, (started) => {
	sandbox = started;
});

/** The items of an operation, as different as they can be. */
const itemsOf = new Map<string, readonly INodeExecutionData[]>();

const earlier = [{ vendor: 'another', taskId: 'task-1', code: 'taskFailed', message: 'No image' }];
const failedBefore = { attempts: earlier };

/** Which the item says in a warning. */
function comesAsAvif(vendor: VendorId): void {
	sandbox.faults.add({ fault: 'fileAvif', vendor, verb: 'download', times: 1 });
}

/** With each model of a vendor; a size that one of them does not have is left out with a warning. */
async function image(operation: 'generate' | 'edit', id: VendorId): Promise<INodeExecutionData[]> {
	const source =
		operation === 'edit'
			? await run(id, { parameters: imageParameters(id, 'generate') })
			: undefined;
	const models = Object.keys(vendors.find((vendor) => vendor.id === id)?.models ?? {});
	const { items } = await run(id, {
		parameters: imageParameters(id, operation, {
			model: '={{ $json.model }}',
			resolution: '={{ "2K" }}',
			...(source === undefined ? {} : { referenceUrls: source.items[0]?.json.url as string }),
		}),
		items: models.map((model) => ({ json: { ...failedBefore, model } })),
	});
	return items;
}

async function task(
	operation: 'wait' | 'get' | 'cancel',
	id: VendorId,
): Promise<INodeExecutionData[]> {
	if (operation === 'cancel') {
		if (id !== cancelingVendor) return [];
		sandbox.settings.taskDurationMs = 60_000;
	}
	const submitted: INodeExecutionData[] = [];
	for (const fails of operation === 'get' ? [false, true] : [false]) {
		if (fails) sandbox.faults.add({ fault: 'taskFails', vendor: id, times: 1 });
		const options = { completion: 'submit' };
		const { items } = await run(id, { parameters: imageParameters(id, 'generate', { options }) });
		// The task of the first is over when it is polled.
		if (operation === 'get') {
			await run(id, {
				parameters: taskParameters(id, 'wait'),
				items: items.map(({ json }) => ({ json })),
				onError: 'continueErrorOutput',
			});
		}
		submitted.push(...items);
	}
	if (operation === 'wait') comesAsAvif(id);
	const { items } = await run(id, {
		parameters: taskParameters(id, operation),
		items: submitted.map(({ json }) => ({ json: { ...json, ...failedBefore } })),
	});
	sandbox.settings.taskDurationMs = 20;
	return items;
}

async function account(id: VendorId): Promise<INodeExecutionData[]> {
	if (vendors.find((vendor) => vendor.id === id)?.getBalance === undefined) return [];
	const parameters = { vendor: id, resource: 'account', operation: 'getBalance' };
	return (await run(id, { parameters })).items;
}

/** The names of the fields of a value, with those inside of it: `cost.amount`. */
function fieldsIn(value: unknown, at = ''): readonly string[] {
	if (Array.isArray(value)) return value.flatMap((entry) => fieldsIn(entry, `${at}[]`));
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, entry]) => {
		const field = at === '' ? name : `${at}.${name}`;
		return [field, ...fieldsIn(entry, field)];
	});
}

function fieldsOfSchema({ properties, items }: Schema, at = ''): readonly string[] {
	if (items !== undefined) return fieldsOfSchema(items, `${at}[]`);
	return Object.entries(properties ?? {}).flatMap(([name, schema]) => {
		const field = at === '' ? name : `${at}.${name}`;
		return [field, ...fieldsOfSchema(schema, field)];
	});
}

/** Where a value is not of the type that the schema says. What nobody knows is null. */
function wrongTypes(value: unknown, schema: Schema | undefined, at = ''): readonly string[] {
	if (value === null || schema === undefined) return [];
	const type = Array.isArray(value) ? 'array' : typeof value;
	if (type !== schema.type) return [`${at} is ${type} and not ${schema.type}`];
	if (Array.isArray(value)) {
		return value.flatMap((entry) => wrongTypes(entry, schema.items, `${at}[]`));
	}
	if (type !== 'object') return [];
	return Object.entries(value as IDataObject).flatMap(([name, entry]) =>
		wrongTypes(entry, schema.properties?.[name], `${at}.${name}`),
	);
}

describe.each(operations.map(({ resource, operation }) => [resource, operation] as const))(
	'%s → %s',
	(resource, operation) => {
		const key = `${resource}/${operation}`;
		const schema = readSchema(`v1.0.0/${key}`);

		it('has items with the fields of its schema, and no others', async () => {
			const items: INodeExecutionData[] = [];
			for (const { id } of vendorCases) {
				if (resource === 'image') items.push(...(await image(operation as 'generate', id)));
				else if (resource === 'task') items.push(...(await task(operation as 'wait', id)));
				else items.push(...(await account(id)));
			}
			itemsOf.set(key, items);

			const found = new Set(items.flatMap(({ json }) => fieldsIn(json)));
			expect([...found].sort()).toEqual([...fieldsOfSchema(schema)].sort());
			expect(items.flatMap(({ json }) => wrongTypes(json, schema))).toEqual([]);
		});

		it('shows the fields in the order of the items', () => {
			const order = Object.keys(schema.properties ?? {});
			for (const { json } of itemsOf.get(key) ?? []) {
				const names = Object.keys(json);
				expect(order.filter((name) => names.includes(name))).toEqual(names);
			}
		});
	},
);

it('there is a schema for each operation and for the trigger, and no other', () => {
	const files = filesBelow(folder).map((file) => path.relative(folder, file));
	const wanted = operations.map(
		({ resource, operation }) => `v1.0.0/${resource}/${operation}.json`,
	);
	expect([...files].sort()).toEqual([...wanted, 'v1.0.0.json'].sort());
	expect(readdirSync(path.join(projectFolder, folder)).sort()).toEqual(['v1.0.0', 'v1.0.0.json']);
});

it('the trigger has the fields of Task → Wait, but for what failed before', () => {
	const { attempts: _ofInput, ...ofWait } = readSchema('v1.0.0/task/wait').properties ?? {};
	expect(readSchema('v1.0.0').properties).toEqual(ofWait);
});
