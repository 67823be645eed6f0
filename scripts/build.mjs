import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

await main(async () => {
	await ensureDependencies();
	const [folder] = process.argv.slice(2);
	await build(folder);
});
