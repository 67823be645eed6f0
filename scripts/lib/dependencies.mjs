import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNpm } from './npm.mjs';
import { projectFolder } from './paths.mjs';
import { withProgress } from './progress.mjs';
import { runQuietly } from './run.mjs';

const oldestCoreFolder = join(projectFolder, 'test', 'engine', 'oldest');

/** Installs the project's own dependencies where they are missing or the lock has changed. */
export async function ensureDependencies() {
	await ensureInstalled(projectFolder, "Installing the project's dependencies (npm install)");
}

/** Installs the oldest n8n-core that the engine tests run on. */
export async function ensureOldestCore() {
	if (!existsSync(join(oldestCoreFolder, 'package-lock.json'))) return;
	await ensureInstalled(oldestCoreFolder, 'Installing the oldest n8n-core for the engine tests');
}

async function ensureInstalled(folder, label) {
	if (isInstalled(folder)) return;
	// `npm ci` refuses a lock that lacks the optional packages of other systems; this one installs
	// what the lock says, adds those that this system needs, and leaves the lock as it is.
	await npm(label, folder, ['install', '--no-save']);
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

async function npm(label, folder, parameters) {
	const { exitCode, output } = await withProgress(label, folder, () =>
		runQuietly(findNpm(), [...parameters, '--no-audit', '--no-fund', '--loglevel=error'], {
			folder,
		}),
	);
	if (exitCode === 0) return;
	console.error(output);
	throw new Error(`npm ${parameters[0]} failed in ${folder} (exit code ${exitCode})`);
}
