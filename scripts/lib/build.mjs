import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectFolder } from './paths.mjs';
import { run } from './run.mjs';

const sourceFolders = ['nodes', 'credentials', 'icons'];
const copiedEndings = ['.svg', '.png', '.json'];

/**
 * Compiles the package into `dist/` and puts icons and codex files beside the JavaScript.
 * @param {string} [folder] where `dist/` is made, for those that must not touch the project's own
 */
export async function build(folder = projectFolder) {
	const distFolder = join(folder, 'dist');
	rmSync(distFolder, { recursive: true, force: true });
	const compiler = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
	const exitCode = await run(compiler, ['-p', 'tsconfig.json', '--outDir', distFolder]);
	if (exitCode !== 0) throw new Error('The build failed: see the compiler messages above');
	for (const file of sourceFolders.flatMap((folder) => listFiles(join(projectFolder, folder)))) {
		if (!copiedEndings.some((ending) => file.endsWith(ending))) continue;
		const target = join(distFolder, relative(projectFolder, file));
		mkdirSync(dirname(target), { recursive: true });
		cpSync(file, target);
	}
}

function listFiles(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? listFiles(path) : [path];
	});
}
