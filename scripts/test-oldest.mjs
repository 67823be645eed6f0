import { runJest } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

const oldest = [
	'--config',
	'jest.grouped.config.mjs',
	'--selectProjects',
	'engine (n8n-core 1.120)',
];

await main(() => runJest([...process.argv.slice(2), ...oldest]));
