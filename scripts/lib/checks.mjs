import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNpm } from './npm.mjs';
import { projectFolder } from './paths.mjs';
import { run, runQuietly } from './run.mjs';

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

/**
 * Type check and lint, side by side. What they say is in `report`, for the end.
 * @returns {Promise<{ passed: number, failed: number, report: string }>}
 */
export async function runStaticChecks() {
	const results = await Promise.all(
		staticChecks.map(async ({ name, script, parameters }) => {
			const startedAt = Date.now();
			const { exitCode, output } = await runQuietly(script, parameters);
			const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
			const verdict = `${exitCode === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`;
			return { isPassed: exitCode === 0, text: `${verdict}\n${output}`.trimEnd() };
		}),
	);
	const passed = results.filter(({ isPassed }) => isPassed).length;
	const report = results.map(({ text }) => text).join('\n');
	return { passed, failed: results.length - passed, report };
}

/**
 * All jest projects. A test file that could not even be loaded counts as one failed test.
 * @param {string[]} parameters passed on to jest
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runJest(parameters) {
	const folder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-jest-'));
	const report = join(folder, 'report.json');
	try {
		const exitCode = await run(
			join(modules, 'jest', 'bin', 'jest.js'),
			['--json', `--outputFile=${report}`, ...parameters],
			{ environment: { NODE_OPTIONS: nodeOptions } },
		);
		const results = JSON.parse(readFileSync(report, 'utf8'));
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		return {
			passed: results.numPassedTests,
			failed: exitCode === 0 ? failed : Math.max(failed, 1),
		};
	} catch (error) {
		console.error(`jest left no report: ${error instanceof Error ? error.message : error}`);
		return { passed: 0, failed: 1 };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
