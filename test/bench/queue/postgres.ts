import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../server/findProgram';
import { findFreePort } from '../../server/freePort';
import { startGuarded } from '../../server/guardedProcess';
import { runCommand } from '../../server/runCommand';
import type { NeededProgram } from '../../server/debianPackages';
import { untilListening } from '../../server/untilListening';

export interface PostgresServer {
	port: number;
	user: string;
	password: string;
	database: string;
}

/** Debian keeps the programs of each version in a folder of its own. */
const versionsFolder = '/usr/lib/postgresql';
const systemUser = 'postgres';
const user = 'n8n';

export const postgres: NeededProgram = {
	debianPackage: 'postgresql',
	find: () => findPostgres('initdb'),
};

/** Starts a PostgreSQL of our own on data of its own, below `folder`. */
export async function startPostgres(folder: string): Promise<PostgresServer> {
	const home = join(folder, 'postgres');
	const dataFolder = join(home, 'data');
	const passwordFile = join(home, 'password');
	const password = randomBytes(16).toString('hex');
	mkdirSync(home);
	writeFileSync(passwordFile, password);
	const asUser = await asOrdinaryUser([folder, home, passwordFile]);
	const command = (name: string, ...parameters: string[]): [string, string[]] => {
		const [program = '', ...rest] = [...asUser, findPostgres(name) ?? name, ...parameters];
		return [program, rest];
	};
	await runCommand(
		...command(
			'initdb',
			`--pgdata=${dataFolder}`,
			`--username=${user}`,
			`--pwfile=${passwordFile}`,
			'--auth=scram-sha-256',
			'--encoding=UTF8',
			'--locale=C',
		),
		{ folder: home },
	);
	const port = await findFreePort();
	const service = startGuarded(
		...command(
			'postgres',
			...['-D', dataFolder, '-p', String(port)],
			...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
		),
		{ environment: process.env, folder: home, logFile: join(folder, 'postgres.log') },
	);
	await untilListening('postgres', service, port);
	return { port, user, password, database: 'postgres' };
}

/**
 * PostgreSQL refuses to run as root: then the folders are given to the user that its package has
 * made. Answers with the command line in front of what is to be run.
 */
async function asOrdinaryUser(places: readonly string[]): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	const idOf = async (kind: string): Promise<number> =>
		Number(await runCommand('id', [kind, systemUser], { folder: '/' }));
	const [userId, groupId] = [await idOf('-u'), await idOf('-g')];
	const [outer, ...inner] = places;
	// The outer folder stays ours, but must be passed through.
	if (outer !== undefined) chmodSync(outer, 0o711);
	for (const place of inner) chownSync(place, userId, groupId);
	const setpriv = findProgram('setpriv');
	if (setpriv !== undefined) {
		return [setpriv, `--reuid=${userId}`, `--regid=${groupId}`, '--clear-groups'];
	}
	const runuser = findProgram('runuser', ['/usr/sbin', '/sbin']);
	if (runuser !== undefined) return [runuser, '-u', systemUser, '--'];
	throw new Error('PostgreSQL does not run as root, and neither setpriv nor runuser is there');
}

function findPostgres(name: string): string | undefined {
	const versions = existsSync(versionsFolder) ? readdirSync(versionsFolder) : [];
	versions.sort((first, second) => Number(second) - Number(first));
	return findProgram(
		name,
		versions.map((version) => join(versionsFolder, version, 'bin')),
	);
}
