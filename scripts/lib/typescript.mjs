import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectFolder } from './paths.mjs';

/**
 * Runs a TypeScript file of the project in this very process, so that Ctrl-C and the exit code need
 * no passing on.
 * @param {...string} path of the file, inside the project
 * @returns {Promise<Record<string, unknown>>} what the file exports
 */
export async function runTypeScript(...path) {
	await import('tsx');
	return createRequire(import.meta.url)(join(projectFolder, ...path));
}
