import { readdirSync } from 'node:fs';
import path from 'node:path';

/** There is one for each `<number>.group.ts`. */
const groups = readdirSync(__dirname).filter((file) => file.endsWith('.group.ts')).length;

/** What takes long to load and keeps nothing of a test; the name of a module as a test file says it. */
const sharedModules = [
	'../harness/environment',
	'../../sandbox/pictures',
	'n8n-workflow',
	'n8n-core',
	'@n8n/di',
	'@n8n/backend-common',
	'undici',
	'zod',
	'@napi-rs/canvas',
];

const engineFolder = path.join(__dirname, '..');
const files = readdirSync(engineFolder)
	.filter((file) => file.endsWith('.test.ts'))
	.sort();

/**
 * Runs a share of the engine test files in this one, so that n8n-core, which takes longer to load
 * than most files take to run, is loaded once for all of them. The node, the sandbox and the harness are
 * loaded anew for each file, as they are where it runs alone.
 */
export function runGroup(number: number): void {
	for (const name of sharedModules) {
		const loaded = jest.requireActual<object>(name);
		jest.doMock(name, () => loaded);
	}
	for (const file of files.filter((_file, index) => index % groups === number - 1)) {
		describe(file, () => {
			jest.isolateModules(() => {
				jest.requireActual(path.join(engineFolder, file));
			});
		});
	}
}
