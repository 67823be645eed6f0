import { nodeOfNewestN8n, runJest } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

const parameters = ['--config', 'jest.faults.config.mjs', ...process.argv.slice(2)];

await main(() => runJest(parameters, nodeOfNewestN8n));
