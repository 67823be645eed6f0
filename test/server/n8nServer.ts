import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { atTheEnd } from './endings';
import { findFreePort } from './freePort';
import { startGuarded, type GuardedProcess } from './guardedProcess';
import type { N8nInstallation } from './installN8n';
import { installPackage } from './installPackage';
import { environmentWith } from './node24';
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
const lookEveryMs = 250;
const attempts = 3;
const shownLogLines = 30;
const keptVariables =
	/^(PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TEMP|TMP|TMPDIR|LANG|TZ)$/i;

const quietAndClosed = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_SECURE_COOKIE: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

/**
 * Starts a real n8n on the loopback, with a user folder of its own that goes when it stops, and with
 * the package installed the way n8n installs community packages; with further ones beside it, if
 * their folders are named. Answers when n8n is ready.
 */
export async function startN8n(
	installation: N8nInstallation,
	furtherPackages: readonly string[] = [],
): Promise<N8nServer> {
	const userFolder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-n8n-'));
	const removeFolder = atTheEnd(() => {
		rmSync(userFolder, { recursive: true, force: true, maxRetries: 3 });
	});
	const logFile = join(outputFolder, 'logs', `n8n-${installation.release.name}.log`);
	const detailedLogFile = join(outputFolder, 'logs', `n8n-${installation.release.name}.jsonl`);
	mkdirSync(join(outputFolder, 'logs'), { recursive: true });
	for (const file of [logFile, detailedLogFile]) writeFileSync(file, '');
	await installPackage(userFolder, furtherPackages);
	const start = (port: number, brokerPort: number): GuardedProcess =>
		startGuarded(installation.node.executable, [installation.script, 'start'], {
			environment: {
				...baseEnvironment(installation),
				...quietAndClosed,
				N8N_DISABLED_MODULES: installation.release.disabledModules.join(','),
				N8N_LOG_LEVEL: 'info',
				N8N_LOG_OUTPUT: 'console,file',
				N8N_LOG_FILE_LOCATION: detailedLogFile,
				N8N_USER_FOLDER: userFolder,
				N8N_LISTEN_ADDRESS: '127.0.0.1',
				N8N_HOST: '127.0.0.1',
				N8N_PORT: String(port),
				N8N_RUNNERS_BROKER_PORT: String(brokerPort),
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
			await waitUntilReady(url, server);
		} catch (error) {
			await server.stop();
			// Between our look and n8n's start somebody else may have taken the port.
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
						await waitUntilReady(url, server);
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

function baseEnvironment(installation: N8nInstallation): NodeJS.ProcessEnv {
	const environment = environmentWith(installation.node);
	return Object.fromEntries(
		Object.entries(environment).filter(([name]) => keptVariables.test(name)),
	);
}

async function waitUntilReady(url: string, server: GuardedProcess): Promise<void> {
	const deadline = Date.now() + bootTimeoutMs;
	for (const path of ['/healthz/readiness', '/rest/settings']) {
		while (!(await answers(url + path))) {
			if (server.hasEnded()) throw new Error('n8n ended while it was starting');
			if (Date.now() > deadline) throw new Error('n8n was not ready in time');
			await delay(lookEveryMs);
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
