import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, ensureOldestCore } from './dependencies.mjs';
import { findNpm } from './npm.mjs';
import { projectFolder } from './paths.mjs';
import { run, runQuietly } from './run.mjs';
import { runTypeScript } from './typescript.mjs';

const modules = join(projectFolder, 'node_modules');
const compiler = join(modules, 'typescript', 'bin', 'tsc');

/** The way in which jest has Node load an ES module (`test/environment`) is new. */
const nodeOptions = [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning']
	.filter(Boolean)
	.join(' ');

/** With what they have found before, so that both look at changes only. */
const typeCheck = (folder, what) => ({
	name: `type check of the ${what}`,
	script: compiler,
	parameters: [
		...['--noEmit', '-p', join(folder, 'tsconfig.json')],
		...['--incremental', '--tsBuildInfoFile', join('.cache', `${what}.tsbuildinfo`)],
	],
});

const staticChecks = [
	typeCheck('.', 'package'),
	typeCheck('test', 'tests'),
	{ name: 'lint', script: findNpm(), parameters: ['run', '--silent', 'lint'] },
];

/** Type checks and lint, side by side. */
export async function runStaticChecks() {
	await ensureDependencies();
	const results = await Promise.all(
		staticChecks.map(async ({ name, script, parameters }) => {
			const startedAt = Date.now();
			const { exitCode, output } = await runQuietly(script, parameters);
			const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
			const verdict = `${exitCode === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`;
			console.log(`${verdict}\n${output}`.trimEnd());
			return exitCode === 0;
		}),
	);
	const passed = results.filter(Boolean).length;
	printCounts({ passed, failed: results.length - passed });
}

/**
 * Runs jest, prints how many tests passed and failed, and fails the command where one did. A test file that
 * could not even be loaded counts as one failed test.
 * @param {string[]} parameters passed on to jest
 * @param {() => string | Promise<string>} [findNode] the Node that jest runs on
 */
export async function runJest(parameters, findNode = () => process.execPath) {
	await ensureDependencies();
	await ensureOldestCore();
	const node = await findNode();
	const folder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-jest-'));
	const report = join(folder, 'report.json');
	try {
		const exitCode = await run(
			join(modules, 'jest', 'bin', 'jest.js'),
			['--json', `--outputFile=${report}`, ...parameters],
			{ node, environment: { NODE_OPTIONS: nodeOptions } },
		);
		const results = JSON.parse(readFileSync(report, 'utf8'));
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		printCounts({
			passed: results.numPassedTests,
			failed: exitCode === 0 ? failed : Math.max(failed, 1),
		});
	} catch (error) {
		console.error(`jest left no report: ${error instanceof Error ? error.message : error}`);
		printCounts({ passed: 0, failed: 1 });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The Node that the newest n8n needs: this one where it is new enough, else one that npm carries. */
export async function nodeOfNewestN8n() {
	const { obtainNode } = await runTypeScript('test', 'server', 'node24.ts');
	const { newest } = await runTypeScript('test', 'server', 'releases.ts');
	const { executable } = await obtainNode(newest);
	return executable;
}

/** The last line of every command that checks something; `.ci/run` adds them up. */
function printCounts({ passed, failed }) {
	console.log(`\n${passed} passed, ${failed} failed`);
	if (failed > 0) process.exitCode = 1;
}
