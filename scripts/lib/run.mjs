import { spawn } from 'node:child_process';
import { projectFolder } from './paths.mjs';

/**
 * Runs a JavaScript file with this Node or another one, shows what it prints, and answers with its exit code.
 * @param {string} script
 * @param {string[]} [parameters]
 * @param {{ node?: string, folder?: string, environment?: Record<string, string> }} [options]
 * @returns {Promise<number>}
 */
export function run(script, parameters = [], options = {}) {
	return start(script, parameters, options, 'inherit').finished;
}

/**
 * The same, but what it prints is kept until it has ended, for things that run side by side.
 * @param {string} script
 * @param {string[]} [parameters]
 * @param {{ node?: string, folder?: string, environment?: Record<string, string> }} [options]
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export async function runQuietly(script, parameters = [], options = {}) {
	const { child, finished } = start(script, parameters, options, 'pipe');
	let output = '';
	child.stdout.on('data', (chunk) => (output += chunk));
	child.stderr.on('data', (chunk) => (output += chunk));
	return { exitCode: await finished, output };
}

function start(
	script,
	parameters,
	{ node = process.execPath, folder = projectFolder, environment = {} },
	outputs,
) {
	const child = spawn(node, [script, ...parameters], {
		cwd: folder,
		env: { ...process.env, ...environment },
		stdio: ['ignore', outputs, outputs],
	});
	const stop = () => child.kill();
	// A terminal sends its own Ctrl+C to both.
	const ends = ['exit', 'SIGTERM', 'SIGHUP'];
	for (const end of ends) process.once(end, stop);
	const finished = new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => {
			for (const end of ends) process.removeListener(end, stop);
			resolve(code ?? 1);
		});
	});
	return { child, finished };
}
