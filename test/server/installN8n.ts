import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNpm } from '../../scripts/lib/npm.mjs';
import { withProgress } from '../../scripts/lib/progress.mjs';
import { installInCache } from './installInCache';
import { environmentWith, obtainNode, type NodeInstallation } from './node24';
import type { Release } from './releases';
import { runCommand } from './runCommand';

export interface N8nInstallation {
	release: Release;
	version: string;
	node: NodeInstallation;
	/** The script that `node` runs. */
	script: string;
}

const lockFiles = ['package.json', 'package-lock.json'] as const;
const keyLength = 16;

/** Installs an n8n, or finds it in the cache from an earlier run. */
export async function installN8n(release: Release): Promise<N8nInstallation> {
	const node = await obtainNode(release);
	const version = wantedVersion(release);
	const folder = await installInCache(
		`n8n-${version}-${installationKey(release, node)}`,
		(target) =>
			withProgress(
				`Installing n8n ${version}; the first time this takes three to seven minutes and 2 GB of disk`,
				target,
				() => install(release, node, target),
			),
	);
	return { release, version, node, script: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

function wantedVersion(release: Release): string {
	const manifest = JSON.parse(readFileSync(join(release.lockFolder, 'package.json'), 'utf8')) as {
		dependencies: { n8n: string };
	};
	return manifest.dependencies.n8n;
}

function installationKey(release: Release, node: NodeInstallation): string {
	const hash = createHash('sha256');
	hash.update(readFileSync(join(release.lockFolder, 'package-lock.json')));
	hash.update([process.platform, process.arch, node.version.split('.')[0]].join());
	return hash.digest('hex').slice(0, keyLength);
}

async function install(release: Release, node: NodeInstallation, folder: string): Promise<void> {
	for (const file of lockFiles) copyFileSync(join(release.lockFolder, file), join(folder, file));
	const environment = environmentWith(node);
	// Another Node's headers, if npm is set to use some, would compile for that other Node.
	if (node.headersFolder !== undefined) environment['npm_config_nodedir'] = node.headersFolder;
	const npm = (...parameters: string[]): Promise<string> =>
		runCommand(
			node.executable,
			[findNpm(), ...parameters, '--no-audit', '--no-fund', '--loglevel=error'],
			{ folder, environment },
		);
	// `npm ci` would refuse a lock that lacks the optional packages of another system, the peer
	// resolution takes many minutes, and of the install scripts only a few are needed.
	await npm('install', '--legacy-peer-deps', '--ignore-scripts');
	const present = release.compiledPackages.filter((name) =>
		existsSync(join(folder, 'node_modules', name)),
	);
	await npm('rebuild', '--ignore-scripts=false', ...present);
}
