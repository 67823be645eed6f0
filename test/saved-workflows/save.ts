import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as NodeModule from '../../nodes/NanoBanana/NanoBanana.node';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { version } from '../../package.json';
import {
	checksums,
	checksumsFile,
	panelFileName,
	savedFolder,
	type RecordedParameter,
} from './files';
import { panelOf, type Panel } from './panel';
import { exported, workflowOfDefaults, workflowOfOptions } from './workflows';

/** Named with its ending: beside it lies a JSON file of the same name, which would be found first. */
const { NanoBanana } = createRequire(__filename)(
	'../../nodes/NanoBanana/NanoBanana.node.ts',
) as typeof NodeModule;

/** Keeps the workflows and the panel of the version that is about to be released. */
function save(): void {
	const folder = join(savedFolder, version);
	if (existsSync(folder)) {
		throw new Error(
			`The workflows of ${version} are kept already and are never written again. Raise the version in package.json first.`,
		);
	}
	mkdirSync(folder);
	const nodeType = new NanoBanana();
	const { version: typeVersions } = nodeType.description;
	const typeVersion = Math.max(...[typeVersions].flat());
	const write = (name: string, value: unknown): void => {
		writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
	};
	for (const vendor of vendors) {
		for (const [kind, steps] of [
			['defaults', workflowOfDefaults(vendor)],
			['options', workflowOfOptions(vendor)],
		] as const) {
			const name = `${vendor.displayName}, ${kind} (${version})`;
			write(`${vendor.id}.${kind}.json`, exported(name, vendor, steps, nodeType, typeVersion));
		}
	}
	write(panelFileName, recorded(panelOf(nodeType, typeVersion)));
	writeFileSync(checksumsFile, `${checksums().join('\n')}\n`);
	console.log(`Kept the workflows of ${version} in ${folder}`);
}

/** Each different parameter once, with the situations that show it. */
function recorded(panel: Panel): RecordedParameter[] {
	const byText = new Map<
		string,
		{ parameter: RecordedParameter['parameter']; shownIn: string[] }
	>();
	for (const [situation, parameters] of panel) {
		for (const parameter of parameters) {
			const text = JSON.stringify(parameter);
			const known = byText.get(text);
			if (known === undefined) byText.set(text, { parameter, shownIn: [situation] });
			else known.shownIn.push(situation);
		}
	}
	return [...byText.values()];
}

save();
