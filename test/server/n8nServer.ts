import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request, setGlobalDispatcher } from 'undici';
import { atTheEnd } from './endings';
import { findFreePort } from './freePort';
import { startGuarded, type GuardedProcess } from './guardedProcess';
import type { N8nInstallation } from './installN8n';
import { installPackage } from './installPackage';
import { n8nEnvironment } from './n8nEnvironment';
import { outputFolder } from './paths';

export interface N8nServer {
	url: string;
	version: string;
	/** What it prints. */
	logFile: string;
	/** The same as lines of JSON, with the details that n8n does not print. */
	detailedLogFile: string;
	/** Holds its database, its binary data and its settings. */
	userFolder: string;
	/** The process whose only child n8n is. */
	guardianId(): number | undefined;
	stop(): Promise<void>;
	/** Ends it with SIGKILL, as a machine that runs out of memory does; its user folder stays. */
	kill(): Promise<void>;
	/** Starts it once more after `kill`: on the same user folder and under the same address. */
	startAgain(): Promise<void>;
}

const bootTimeoutMs = 180_000;
const pollEveryMs = 250;
const attempts = 3;
const shownLogLines = 30;

/** Where a process answers that serves the editor. */
export const readyPathsOfMain = ['/healthz/readiness', '/rest/settings'] as const;

export interface StartOptions {
	role?: N8nRole;
	/** Folders of packages that are installed beside this one. */
	furtherPackages?: readonly string[];
}

/** What one process of n8n does; by default it does everything itself. */
export interface N8nRole {
	/** Names its log files. */
	name: string;
	/** What the command line of n8n is told. */
	parameters: readonly string[];
	/** What it needs beside what every n8n needs; `port` is where it listens. */
	environment(port: number): Record<string, string>;
	/** They answer with JSON once it is ready. */
	readyPaths: readonly string[];
}

const logsInUse = new Set<string>();

/** Two of the same kind may run at the same time, each with logs of its own. */
function nameOfLogs(role: string): string {
	let name = role;
	for (let number = 2; logsInUse.has(name); number++) name = `${role}-${number}`;
	logsInUse.add(name);
	return name;
}

/**
 * Starts a real n8n on the loopback, with a user folder of its own that goes when it stops, and with
 * the package installed the way n8n installs community packages; with further ones beside it, if
 * their folders are named. Answers when n8n is ready.
 */
export async function startN8n(
	installation: N8nInstallation,
	{ role = standalone(installation), furtherPackages = [] }: StartOptions = {},
): Promise<N8nServer> {
	// n8n closes idle connections: perhaps at the moment at which a busy process sends on one.
	setGlobalDispatcher(new Agent({ pipelining: 0 }));
	const userFolder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-n8n-'));
	const logName = nameOfLogs(role.name);
	const removeFolder = atTheEnd(() => {
		rmSync(userFolder, { recursive: true, force: true, maxRetries: 3 });
		logsInUse.delete(logName);
	});
	const logFile = join(outputFolder, 'logs', `${logName}.log`);
	const detailedLogFile = join(outputFolder, 'logs', `${logName}.jsonl`);
	mkdirSync(join(outputFolder, 'logs'), { recursive: true });
	for (const file of [logFile, detailedLogFile]) writeFileSync(file, '');
	await installPackage(userFolder, furtherPackages);
	const start = (port: number, brokerPort: number): GuardedProcess =>
		startGuarded(installation.node.executable, [installation.script, ...role.parameters], {
			environment: {
				...n8nEnvironment(installation, { userFolder, detailedLogFile, port, brokerPort }),
				...role.environment(port),
			},
			folder: userFolder,
			logFile,
		});
	for (let attempt = 1; ; attempt++) {
		const port = await findFreePort();
		const brokerPort = await findFreePort();
		const url = `http://127.0.0.1:${port}`;
		let server = start(port, brokerPort);
		try {
			await waitUntilReady(url, role, server);
		} catch (error) {
			await server.stop();
			// Between our check and n8n's start somebody else may have taken the port.
			const isPortTaken = /EADDRINUSE|already in use/.test(readFileSync(logFile, 'utf8'));
			if (isPortTaken && attempt < attempts) continue;
			const log = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-shownLogLines);
			await removeFolder();
			throw new Error(`${(error as Error).message}; its last lines:\n${log.join('\n')}`);
		}
		return {
			url,
			version: installation.version,
			logFile,
			detailedLogFile,
			userFolder,
			guardianId: () => server.guardianId,
			stop: async () => {
				await server.stop();
				await removeFolder();
			},
			kill: () => server.kill(),
			startAgain: async () => {
				for (let again = 1; ; again++) {
					// Any connection of anybody may have got the broker's old port meanwhile.
					server = start(port, await findFreePort());
					try {
						await waitUntilReady(url, role, server);
						return;
					} catch (error) {
						await server.stop();
						if (again === attempts) throw error;
					}
				}
			},
		};
	}
}

function standalone({ release }: N8nInstallation): N8nRole {
	return {
		name: `n8n-${release.name}`,
		parameters: ['start'],
		environment: () => ({}),
		readyPaths: readyPathsOfMain,
	};
}

async function waitUntilReady(url: string, role: N8nRole, server: GuardedProcess): Promise<void> {
	const deadline = Date.now() + bootTimeoutMs;
	for (const path of role.readyPaths) {
		while (!(await answers(url + path))) {
			if (server.hasEnded()) throw new Error('n8n ended while it was starting');
			if (Date.now() > deadline) throw new Error('n8n was not ready in time');
			await delay(pollEveryMs);
		}
	}
}

async function answers(url: string): Promise<boolean> {
	try {
		const { statusCode, headers, body } = await request(url);
		await body.dump();
		// While it starts, n8n answers every path with a page that says so.
		return statusCode === 200 && String(headers['content-type']).includes('json');
	} catch {
		return false;
	}
}
