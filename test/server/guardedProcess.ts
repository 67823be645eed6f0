import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { atTheEnd } from './endings';

export interface GuardedProcess {
	/** Settled when the program has ended, for whatever reason. */
	ended: Promise<void>;
	hasEnded(): boolean;
	/** The guardian's process id; the program is its only child. */
	readonly guardianId: number | undefined;
	stop(): Promise<void>;
	/** Ends it, and all that it started, with SIGKILL: it can do nothing more. */
	kill(): Promise<void>;
}

const patienceMs = 20_000;

/**
 * Starts a program that writes into a log file and cannot outlive this process: a guardian process
 * holds it, which ends it when our end of its input closes.
 */
export function startGuarded(
	program: string,
	parameters: readonly string[],
	options: { environment: NodeJS.ProcessEnv; folder: string; logFile: string },
): GuardedProcess {
	const log = openSync(options.logFile, 'a');
	const guardian = spawn(
		process.execPath,
		[join(__dirname, 'guardian.mjs'), program, ...parameters],
		{
			cwd: options.folder,
			env: options.environment,
			// A group of its own: Ctrl-C reaches us alone, and all of it can be ended by one signal.
			detached: process.platform !== 'win32',
			stdio: ['pipe', log, log],
		},
	);
	closeSync(log);
	const kill = (): void => killTree(guardian);
	process.once('exit', kill);
	let running = true;
	const ended = new Promise<void>((resolve) => {
		const finish = (): void => {
			running = false;
			process.removeListener('exit', kill);
			resolve();
		};
		guardian.once('error', finish);
		guardian.once('exit', finish);
	});
	const stop = atTheEnd(async () => {
		guardian.stdin?.end();
		const timer = setTimeout(kill, patienceMs);
		await ended;
		clearTimeout(timer);
	});
	return {
		ended,
		hasEnded: () => !running,
		guardianId: guardian.pid,
		stop,
		kill: async () => {
			kill();
			await stop();
		},
	};
}

function killTree(guardian: ChildProcess): void {
	if (guardian.pid === undefined || guardian.exitCode !== null) return;
	if (process.platform === 'win32') {
		spawnSync('taskkill', ['/pid', String(guardian.pid), '/T', '/F']);
		return;
	}
	try {
		process.kill(-guardian.pid, 'SIGKILL');
	} catch {
		// It has ended by itself meanwhile.
	}
}
