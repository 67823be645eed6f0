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
 * called `<package>.<node>`, as they are for users.
 */
export async function installPackage(userFolder: string): Promise<void> {
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
		const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
		for (const key of droppedKeys) delete manifest[key];
		writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
		cpSync(join(workFolder, 'package'), join(modules, manifest.name), { recursive: true });
		writeFileSync(
			join(nodesFolder, 'package.json'),
			JSON.stringify({
				name: 'installed-nodes',
				private: true,
				dependencies: { [manifest.name]: manifest.version },
			}),
		);
	} finally {
		rmSync(workFolder, { recursive: true, force: true });
	}
}
