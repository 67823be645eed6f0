import { nodeOfNewestN8n, runJest } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

const all = ['--config', 'jest.grouped.config.mjs', '--ignoreProjects', 'engine (n8n-core 1.120)'];

await main(async () => {
	const parameters = process.argv.slice(2);
	await runJest(parameters.length > 0 ? parameters : all, nodeOfNewestN8n);
});
