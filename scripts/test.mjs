import { runJest, runStaticChecks } from './lib/checks.mjs';
import { ensureDependencies, ensureOldestCore } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

await main(async () => {
	await ensureDependencies();
	await ensureOldestCore();
	const parameters = process.argv.slice(2);
	// A test waits much of its time: the checks use that.
	const [staticChecks, tests] = await Promise.all([
		runStaticChecks(),
		runJest(parameters.length > 0 ? parameters : ['--config', 'jest.grouped.config.mjs']),
	]);
	const failed = staticChecks.failed + tests.failed;
	console.log(`\n${staticChecks.report}`);
	console.log(
		`\nType check and lint: ${staticChecks.passed} passed, ${staticChecks.failed} failed.`,
	);
	console.log(`Tests: ${tests.passed} passed, ${tests.failed} failed.\n`);
	console.log(`${staticChecks.passed + tests.passed} passed, ${failed} failed`);
	if (failed > 0) process.exitCode = 1;
});
