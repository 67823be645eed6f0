import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

const script = 'npm-cli.js';
const relativeScript = join('node_modules', 'npm', 'bin', script);

/**
 * Finds npm's own JavaScript, so that npm can be run by any Node and without a shell
 * (on Windows `npm` is a batch file).
 * @returns {string}
 */
export function findNpm() {
	const startedBy = process.env.npm_execpath;
	if (startedBy && basename(startedBy) === script && existsSync(startedBy)) return startedBy;
	const folders = [
		dirname(process.execPath),
		join(dirname(process.execPath), '..', 'lib'),
		...(process.env.PATH ?? '').split(delimiter),
	];
	for (const folder of folders.filter((name) => name !== '')) {
		if (existsSync(join(folder, relativeScript))) return join(folder, relativeScript);
		const command = join(folder, 'npm');
		if (existsSync(command) && basename(realpathSync(command)) === script) {
			return realpathSync(command);
		}
	}
	throw new Error('npm was not found beside Node nor on PATH; install it with Node and try again');
}
