import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { runTypeScript } from './lib/typescript.mjs';

await main(async () => {
	await ensureDependencies();
	await runTypeScript('test', 'live', 'main.ts');
});
