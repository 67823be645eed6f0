import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNpm } from './npm.mjs';
import { projectFolder } from './paths.mjs';
import { withProgress } from './progress.mjs';
import { runQuietly } from './run.mjs';

const oldestCoreFolder = join(projectFolder, 'test', 'engine', 'oldest');

/** Installs the project's own dependencies where they are missing or the lock has changed. */
export async function ensureDependencies() {
	await ensureInstalled(projectFolder, "Installing the project's dependencies (npm ci)");
	await ensureBinaryPackages(['@napi-rs/canvas', '@swc/core', 'esbuild']);
}

/** Installs the oldest n8n-core that the engine tests run on. */
export async function ensureOldestCore() {
	if (!existsSync(join(oldestCoreFolder, 'package-lock.json'))) return;
	await ensureInstalled(oldestCoreFolder, 'Installing the oldest n8n-core for the engine tests');
}

async function ensureInstalled(folder, label) {
	if (isInstalled(folder)) return;
	await npm(label, folder, ['ci']);
}

/** npm writes its own list of what it installed when it is done: the best stamp there is. */
function isInstalled(folder) {
	const wanted = readPackages(join(folder, 'package-lock.json'));
	const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
	return Object.entries(wanted).every(
		([path, entry]) =>
			path === '' ||
			entry.optional ||
			entry.devOptional ||
			entry.peer ||
			installed[path]?.version === entry.version,
	);
}

function readPackages(file) {
	if (!existsSync(file)) return {};
	return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/**
 * A lock written on one system can lack the binary packages of another, and `npm ci` then leaves
 * them out without a word.
 */
async function ensureBinaryPackages(names) {
	const missing = names.flatMap(missingBinaryPackages);
	if (missing.length === 0) return;
	await npm(`Installing ${missing.join(', ')}`, projectFolder, [
		'install',
		'--no-save',
		'--no-package-lock',
		...missing,
	]);
}

function missingBinaryPackages(name) {
	const modules = join(projectFolder, 'node_modules');
	const { optionalDependencies = {} } = JSON.parse(
		readFileSync(join(modules, name, 'package.json'), 'utf8'),
	);
	const ending = `${process.platform}-${process.arch}`;
	const candidates = Object.keys(optionalDependencies).filter(
		(candidate) =>
			candidate.endsWith(ending) ||
			candidate.endsWith(`${ending}-gnu`) ||
			candidate.endsWith(`${ending}-musl`) ||
			candidate.endsWith(`${ending}-msvc`),
	);
	if (candidates.some((candidate) => existsSync(join(modules, candidate)))) return [];
	return candidates
		.filter((candidate) => !candidate.endsWith('-musl'))
		.map((candidate) => `${candidate}@${optionalDependencies[candidate]}`);
}

async function npm(label, folder, parameters) {
	const { exitCode, output } = await withProgress(label, folder, () =>
		runQuietly(findNpm(), [...parameters, '--no-audit', '--no-fund'], { folder }),
	);
	if (exitCode === 0) return;
	console.error(output);
	throw new Error(`npm ${parameters[0]} failed in ${folder} (exit code ${exitCode})`);
}
