import type { INodeProperties, INodePropertyCollection, INodeType } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { filesBelow, projectFolder } from '../architecture/sources';
import {
	checksums,
	checksumsFile,
	recordedPanel,
	savedVersions,
	savedWorkflows,
	type RecordedParameter,
} from '../saved-workflows/files';
import { panelOf, type PanelParameter } from '../saved-workflows/panel';
import { panelChanges } from '../saved-workflows/panelChanges';

const nodeType = new NanoBanana();
const typeVersions = [nodeType.description.version].flat();
const panel = panelOf(nodeType, 1);

describe('saved workflows', () => {
	it('are as they were saved', () => {
		const kept = readFileSync(checksumsFile, 'utf8').trimEnd().split('\n');
		const found = checksums();
		const changed = kept.filter((line) => !found.includes(line));
		const added = found.filter((line) => !kept.includes(line));
		const advice =
			'Files under test/saved-workflows/<version>/ are what users have in their n8n: never edit or delete one, and never change its line in SHA256SUMS. Restore it with git, and make the node read it as before. For a new version, raise it in package.json and run "npm run save:workflows": that adds a folder.';
		expect({ changed, added, ...(changed.length + added.length > 0 ? { advice } : {}) }).toEqual({
			changed: [],
			added: [],
		});
	});

	it.each(savedVersions())(
		'%s names types, versions and credentials that still exist',
		(version) => {
			const credentials = nodeType.description.credentials?.map(({ name }) => name);
			const nodes = savedWorkflows(version)
				.flatMap(([, saved]) => saved.nodes)
				.filter(({ type }) => !type.startsWith('n8n-nodes-base.'));
			expect(nodes.length).toBeGreaterThan(0);
			for (const node of nodes) {
				expect(node.type).toBe(`n8n-nodes-nano-banana-vendors.${nodeType.description.name}`);
				expect(typeVersions).toContain(node.typeVersion);
				expect(credentials).toEqual(expect.arrayContaining(Object.keys(node.credentials ?? {})));
			}
		},
	);

	it.each(savedVersions())('%s: no parameter, default or value is lost', (version) => {
		expect(panelChanges(recordedPanel(version), panel)).toEqual([]);
	});
});

describe('panelChanges', () => {
	const ratio: PanelParameter = {
		name: 'ratio',
		type: 'options',
		default: 'auto',
		values: ['auto', '1:1'],
	};
	const timeout: PanelParameter = { name: 'timeout', type: 'number', default: 300 };
	const options: PanelParameter = {
		name: 'options',
		type: 'collection',
		default: {},
		options: [timeout],
	};
	const recorded: readonly RecordedParameter[] = [
		{ parameter: ratio, shownIn: ['a/image/edit'] },
		{ parameter: options, shownIn: ['a/image/edit'] },
	];
	const changesWith = (...now: readonly PanelParameter[]) =>
		panelChanges(recorded, new Map([['a/image/edit', now]]));

	it('finds nothing where something was added', () => {
		const more = { ...ratio, values: ['auto', '1:1', '2:1'] };
		const size = { name: 'size', type: 'string', default: '' };
		expect(changesWith(size, more, { ...options, options: [size, timeout] })).toEqual([]);
	});

	it.each<readonly [string, readonly PanelParameter[]]>([
		['ratio is gone', [options]],
		['ratio was options and is string', [{ ...ratio, type: 'string' }, options]],
		['ratio had the default "auto" and has "1:1"', [{ ...ratio, default: '1:1' }, options]],
		['ratio has lost the value "1:1"', [{ ...ratio, values: ['auto'] }, options]],
		['ratio no longer takes an expression', [{ ...ratio, noDataExpression: true }, options]],
		['options.timeout is gone', [ratio, { ...options, options: [] }]],
		[
			'options.timeout had the default 300 and has 60',
			[ratio, { ...options, options: [{ ...timeout, default: 60 }] }],
		],
	])('finds: %s', (change, now) => {
		expect(changesWith(...now)).toEqual([`a/image/edit: ${change}`]);
	});

	it('finds an operation that a vendor no longer has', () => {
		expect(panelChanges(recorded, new Map())).toEqual([
			'a/image/edit: ratio is gone',
			'a/image/edit: options is gone',
		]);
	});
});

describe('parameters', () => {
	const nodeFiles = filesBelow('nodes').filter((file) => file.endsWith('.node.ts'));

	it.each(nodeFiles)('of %s all have a default', (file) => {
		const { description } = instanceOf(file);
		expect(description.properties.length).toBeGreaterThan(0);
		expect(withoutDefault(description.properties)).toEqual([]);
	});

	it('are found without one, in collections too', () => {
		const property = (name: string, more: Partial<INodeProperties> = {}) =>
			({ displayName: name, name, type: 'string', ...more }) as INodeProperties;
		expect(
			withoutDefault([
				property('good', { default: '' }),
				property('bad'),
				property('choice', { default: 'a', options: [{ name: 'A', value: 'a' }] }),
				property('collection', { default: {}, options: [property('inner')] }),
				property('fixed', {
					default: {},
					options: [{ displayName: 'Group', name: 'group', values: [property('deep')] }],
				}),
			]),
		).toEqual(['bad', 'collection.inner', 'fixed.group.deep']);
	});
});

function instanceOf(file: string): INodeType {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- as n8n loads it
	const exported = require(path.join(projectFolder, file)) as Record<string, new () => INodeType>;
	const NodeClass = exported[path.basename(file, '.node.ts')];
	if (NodeClass === undefined) throw new Error(`${file} exports no node`);
	return new NodeClass();
}

/** A workflow that was saved before a parameter existed has no value for it: the default is its value. */
function withoutDefault(
	properties: ReadonlyArray<INodeProperties | INodePropertyCollection>,
	place = '',
): string[] {
	return properties.flatMap((property) => {
		const here = `${place}${property.name}`;
		if ('values' in property) return withoutDefault(property.values, `${here}.`);
		const inner = (property.options ?? []).filter(
			(option): option is INodeProperties | INodePropertyCollection =>
				'values' in option || 'type' in option,
		);
		return [
			...((property.default as unknown) === undefined ? [here] : []),
			...withoutDefault(inner, `${here}.`),
		];
	});
}
