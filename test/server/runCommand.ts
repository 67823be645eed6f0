import { spawn } from 'node:child_process';

export interface CommandOptions {
	folder: string;
	environment?: NodeJS.ProcessEnv;
}

const shownLines = 40;

/** Runs a program to its end; when it fails the error shows the last lines that it printed. */
export async function runCommand(
	program: string,
	parameters: readonly string[],
	options: CommandOptions,
): Promise<string> {
	const child = spawn(program, parameters, {
		cwd: options.folder,
		env: options.environment ?? process.env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const stop = (): void => void child.kill();
	process.once('exit', stop);
	let output = '';
	let standardOutput = '';
	child.stdout.on('data', (chunk: Buffer) => {
		output += chunk.toString();
		standardOutput += chunk.toString();
	});
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	try {
		const exitCode = await new Promise<number | null>((resolve, reject) => {
			child.once('error', reject);
			child.once('close', resolve);
		});
		if (exitCode === 0) return standardOutput;
		const lastLines = output.trimEnd().split('\n').slice(-shownLines).join('\n');
		throw new Error(
			`${program} ${parameters.join(' ')} ended with exit code ${String(exitCode)}:\n${lastLines}`,
		);
	} finally {
		process.removeListener('exit', stop);
	}
}
