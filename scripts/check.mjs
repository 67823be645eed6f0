import { runStaticChecks } from './lib/checks.mjs';
import { main } from './lib/main.mjs';

await main(runStaticChecks);
