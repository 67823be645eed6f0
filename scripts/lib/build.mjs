import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectFolder } from './paths.mjs';
import { run } from './run.mjs';

const distFolder = join(projectFolder, 'dist');
const sourceFolders = ['nodes', 'credentials', 'icons'];
const copiedEndings = ['.svg', '.png', '.node.json'];

/** Compiles the package into `dist/` and puts icons and codex files beside the JavaScript. */
export async function build() {
	rmSync(distFolder, { recursive: true, force: true });
	const compiler = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
	const exitCode = await run(compiler, ['-p', 'tsconfig.json']);
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
