import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from './paths.mjs';

/**
 * Runs a TypeScript file of the project in this very process, so that Ctrl-C and the exit code need
 * no passing on.
 * @param {...string} path of the file, inside the project
 */
export async function runTypeScript(...path) {
	await import('tsx');
	await import(pathToFileURL(join(projectFolder, ...path)).href);
}
