import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findNpm } from '../../../scripts/lib/npm.mjs';
import { installN8n, type N8nInstallation } from '../../server/installN8n';
import { installPackage } from '../../server/installPackage';
import { environmentWith } from '../../server/node24';
import { projectFolder } from '../../server/paths';
import { newest } from '../../server/releases';
import { runCommand } from '../../server/runCommand';
import { formatTable } from '../../server/table';
import { median } from '../statistics';
import type { Benchmark } from '../benchmark';

interface Manifest {
	n8n: { nodes: string[]; credentials: string[] };
}

const tries = 9;
const packageName = 'n8n-nodes-nano-banana-vendors';
const builtInNode = 'n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js';

/** How long n8n needs to load the package, and how large that is. */
export const loading: Benchmark = {
	name: 'loading',
	measure: async () => {
		const installation = await installN8n(newest);
		const userFolder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-loading-'));
		const ours: number[] = [];
		const theirs: number[] = [];
		try {
			await installPackage(userFolder);
			const own = ownFiles(join(userFolder, '.n8n', 'nodes', 'node_modules', packageName));
			const builtIn = join(modulesOf(installation.script), builtInNode);
			for (let attempt = 0; attempt < tries; attempt++) {
				ours.push(await timeRequire(installation, own));
				theirs.push(await timeRequire(installation, [builtIn]));
			}
		} finally {
			rmSync(userFolder, { recursive: true, force: true });
		}
		const [best, bestOfTheirs] = [Math.min(...ours), Math.min(...theirs)];
		return {
			figures: [
				{
					what: 'Loading the package (all its nodes and credentials)',
					against: "n8n's built-in HTTP Request node",
					goal: 'no slower',
					measured: `${best.toFixed(1)} ms against ${bestOfTheirs.toFixed(1)} ms; ${await unpackedSize()} unpacked`,
					isMet: best <= bestOfTheirs,
					method: `require() in a fresh process of n8n's own Node that has loaded n8n-workflow. Best of ${tries}, alternating.`,
				},
			],
			details: [
				formatTable([
					['loading', 'best', 'median', 'slowest'],
					rowOf('the package', ours),
					rowOf('HTTP Request', theirs),
				]),
			],
		};
	},
};

function ownFiles(packageFolder: string): string[] {
	const text = readFileSync(join(packageFolder, 'package.json'), 'utf8');
	const { nodes, credentials } = (JSON.parse(text) as Manifest).n8n;
	return [...nodes, ...credentials].map((file) => join(packageFolder, file));
}

async function timeRequire(
	{ node, script }: N8nInstallation,
	files: readonly string[],
): Promise<number> {
	const printed = await runCommand(
		node.executable,
		[join(__dirname, 'timeRequire.cjs'), ...files],
		{
			folder: projectFolder,
			// As n8n does, so that community packages find what it brings.
			environment: { ...environmentWith(node), NODE_PATH: modulesOf(script) },
		},
	);
	return Number(printed);
}

/** From `<modules>/n8n/bin/n8n`. */
function modulesOf(script: string): string {
	return resolve(dirname(script), '..', '..');
}

function rowOf(name: string, valuesMs: readonly number[]): string[] {
	const shown = [Math.min(...valuesMs), median(valuesMs), Math.max(...valuesMs)];
	return [name, ...shown.map((value) => `${value.toFixed(1)} ms`)];
}

async function unpackedSize(): Promise<string> {
	const packed = await runCommand(
		process.execPath,
		[findNpm(), 'pack', '--json', '--dry-run', '--ignore-scripts'],
		{ folder: projectFolder },
	);
	const [{ unpackedSize: bytes }] = JSON.parse(packed) as [{ unpackedSize: number }];
	return `${Math.round(bytes / 1000)} kB`;
}
