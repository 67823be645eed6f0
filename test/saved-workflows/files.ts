import type { INode, INodeParameters, IWorkflowBase } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { textOf } from '../../nodes/NanoBanana/core/tolerant';
import type { PanelParameter, Situation } from './panel';

/** One folder for each released version; a test keeps the files as they are. */
export const savedFolder = __dirname;
export const checksumsFile = join(savedFolder, 'SHA256SUMS');
export const panelFileName = 'panel.json';

export type SavedWorkflow = Pick<IWorkflowBase, 'name' | 'connections' | 'settings'> & {
	readonly nodes: INode[];
};

/** A recorded parameter, and where the panel showed it. */
export interface RecordedParameter {
	readonly parameter: PanelParameter;
	readonly shownIn: readonly Situation[];
}

/** The released versions of which workflows are kept, the oldest first. */
export function savedVersions(): string[] {
	return readdirSync(savedFolder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/** The workflows that a version saved, by file name. */
export function savedWorkflows(version: string): ReadonlyArray<readonly [string, SavedWorkflow]> {
	return filesOf(version)
		.filter((name) => name !== panelFileName)
		.map((name) => [name, readJson(version, name) as SavedWorkflow]);
}

/** The parameters that a version had. */
export function recordedPanel(version: string): readonly RecordedParameter[] {
	return readJson(version, panelFileName) as RecordedParameter[];
}

/** What a version took a node's parameters to mean: those that are not saved are at its defaults. */
export function withDefaults(
	version: string,
	parameters: INodeParameters,
): Readonly<Record<string, unknown>> {
	const panel = recordedPanel(version);
	const situation = situationOf(panel, parameters);
	const shown = panel.filter(({ shownIn }) => shownIn.includes(situation));
	const defaults = shown.map(({ parameter }) => [parameter.name, parameter.default] as const);
	return { ...Object.fromEntries(defaults), ...parameters };
}

/** The vendor, resource and operation of a saved node. */
export function situationOf(
	panel: readonly RecordedParameter[],
	parameters: INodeParameters,
): Situation {
	return ['vendor', 'resource', 'operation'].reduce((chosen, name) => {
		const isOpen = (situation: Situation): boolean =>
			chosen === '' || situation.startsWith(`${chosen}/`);
		const found = panel.find(
			({ parameter, shownIn }) => parameter.name === name && shownIn.some(isOpen),
		);
		const value = textOf(parameters[name] ?? found?.parameter.default) ?? '';
		return chosen === '' ? value : `${chosen}/${value}`;
	}, '');
}

/** The checksum of each kept file, as `sha256sum` writes it. */
export function checksums(): readonly string[] {
	return savedVersions().flatMap((version) =>
		filesOf(version).map((name) => {
			const bytes = readFileSync(join(savedFolder, version, name));
			return `${createHash('sha256').update(bytes).digest('hex')}  ${version}/${name}`;
		}),
	);
}

function filesOf(version: string): string[] {
	return readdirSync(join(savedFolder, version)).sort();
}

function readJson(version: string, name: string): unknown {
	return JSON.parse(readFileSync(join(savedFolder, version, name), 'utf8')) as unknown;
}
