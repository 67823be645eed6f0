import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNpm } from '../../scripts/lib/npm.mjs';
import { projectFolder } from './paths';
import { runCommand } from './runCommand';

interface Manifest {
	name: string;
	version: string;
	[key: string]: unknown;
}

/** What n8n drops when it installs a community package, since the server brings it. */
const droppedKeys = ['devDependencies', 'peerDependencies', 'optionalDependencies'];

/**
 * Packs the built project and puts it where n8n puts community packages. Only so are the node types
 * called `<package>.<node>`, as they are for users. Further packages are folders that need no build.
 */
export async function installPackage(
	userFolder: string,
	furtherPackages: readonly string[] = [],
): Promise<void> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const modules = join(nodesFolder, 'node_modules');
	mkdirSync(modules, { recursive: true });
	const workFolder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-package-'));
	try {
		const packed = await runCommand(
			process.execPath,
			[findNpm(), 'pack', '--json', '--ignore-scripts', '--pack-destination', workFolder],
			{ folder: projectFolder },
		);
		const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
		await runCommand('tar', ['-xzf', filename], { folder: workFolder });
		const manifestFile = join(workFolder, 'package', 'package.json');
		const manifest = readManifest(manifestFile);
		for (const key of droppedKeys) delete manifest[key];
		writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
		cpSync(join(workFolder, 'package'), join(modules, manifest.name), { recursive: true });
		const installed: Record<string, string> = { [manifest.name]: manifest.version };
		for (const folder of furtherPackages) {
			const { name, version } = readManifest(join(folder, 'package.json'));
			cpSync(folder, join(modules, name), { recursive: true });
			installed[name] = version;
		}
		writeFileSync(
			join(nodesFolder, 'package.json'),
			JSON.stringify({
				name: 'installed-nodes',
				private: true,
				dependencies: installed,
			}),
		);
	} finally {
		rmSync(workFolder, { recursive: true, force: true });
	}
}

function readManifest(file: string): Manifest {
	return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
