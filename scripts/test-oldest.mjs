import { runJest } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

const all = ['--config', 'jest.grouped.config.mjs', '--ignoreProjects', 'engine (newest n8n-core)'];

await main(() => runJest(all));
