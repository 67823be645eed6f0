import { runJest } from './lib/checks.mjs';
import { ensureDependencies, ensureOldestCore } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

await main(async () => {
	await ensureDependencies();
	await ensureOldestCore();
	const parameters = ['--config', 'jest.faults.config.mjs', ...process.argv.slice(2)];
	const { passed, failed } = await runJest(parameters);
	console.log(`\n${passed} passed, ${failed} failed`);
	if (failed > 0) process.exitCode = 1;
});
