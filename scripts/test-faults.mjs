import { runJest } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

await main(() => runJest(['--config', 'jest.faults.config.mjs', ...process.argv.slice(2)]));
