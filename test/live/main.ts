import { checkVendor } from './command';

async function main(): Promise<void> {
	process.exitCode = await checkVendor({
		parameters: process.argv.slice(2),
		environment: process.env,
		print: (line) => {
			console.log(line);
		},
	});
}

void main();
