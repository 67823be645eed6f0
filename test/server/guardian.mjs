// Runs one program and ends it, with all that it started, when its own standard input closes.
// That happens too when the process that wanted it was killed and could clean up nothing.
import { spawn } from 'node:child_process';

const patienceMs = 15_000;
const [program, ...parameters] = process.argv.slice(2);
const child = spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });

function stop() {
	child.kill('SIGTERM');
	setTimeout(endGroup, patienceMs).unref();
}

function endGroup() {
	try {
		process.kill(-process.pid, 'SIGKILL');
	} catch {
		child.kill('SIGKILL');
		process.exit(1);
	}
}

process.stdin.on('end', stop).on('error', stop).resume();
process.on('SIGTERM', stop);
child.once('error', (error) => {
	console.error(error);
	process.exit(1);
});
child.once('exit', (code) => {
	process.exitCode = code ?? 1;
	endGroup();
});
