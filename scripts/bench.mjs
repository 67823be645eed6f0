import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { runTypeScript } from './lib/typescript.mjs';

await main(async () => {
	await ensureDependencies();
	await build();
	await runTypeScript('test', 'bench', 'start.ts');
});
