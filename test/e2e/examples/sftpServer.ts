import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms, type NeededProgram } from '../../server/debianPackages';
import { atTheEnd } from '../../server/endings';
import { findProgram } from '../../server/findProgram';
import { findFreePort } from '../../server/freePort';
import { startGuarded } from '../../server/guardedProcess';
import { runCommand } from '../../server/runCommand';
import { untilListening } from '../../server/untilListening';

export interface SftpServer {
	/** What n8n's SFTP credential holds. */
	credential: {
		host: string;
		port: number;
		username: string;
		password: string;
		privateKey: string;
	};
	/** The folder in which a client begins. */
	folder: string;
}

const sshd: NeededProgram = {
	debianPackage: 'openssh-server',
	find: () => findProgram('sshd', ['/usr/sbin', '/usr/local/sbin']),
};
const keygen: NeededProgram = {
	debianPackage: 'openssh-client',
	find: () => findProgram('ssh-keygen', ['/usr/bin']),
};

/**
 * Starts an OpenSSH of our own on a free port of the loopback, with its own host key and one user key. It
 * gives files and nothing else: no shell, no password, no forwarding, and nobody signs in as root.
 */
export async function startSftpServer(): Promise<SftpServer> {
	await ensurePrograms([sshd, keygen]);
	const place = mkdtempSync(join(tmpdir(), 'nano-banana-sftp-'));
	atTheEnd(() => rmSync(place, { recursive: true, force: true }));
	const at = (name: string): string => join(place, name);
	for (const key of ['host', 'user']) {
		await runCommand(keygen.find() ?? '', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)], {
			folder: place,
		});
	}
	mkdirSync(at('files'));
	const username = prepareUser(place, at('files'));
	const port = await findFreePort();
	writeFileSync(
		at('config'),
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${at('host')}`,
			`AuthorizedKeysFile ${at('user.pub')}`,
			`AllowUsers ${username}`,
			'AuthenticationMethods publickey',
			'PermitRootLogin no',
			// The keys lie in a folder for temporary files, which others may write into.
			'StrictModes no',
			'UsePAM no',
			'PidFile none',
			'DisableForwarding yes',
			'Subsystem sftp internal-sftp',
			`ForceCommand internal-sftp -d ${at('files')}`,
			'',
		].join('\n'),
	);
	const service = startGuarded(sshd.find() ?? '', ['-D', '-e', '-f', at('config')], {
		environment: process.env,
		folder: place,
		logFile: at('log'),
	});
	await untilListening('sshd', service, port);
	const privateKey = readFileSync(at('user'), 'utf8');
	return {
		credential: { host: '127.0.0.1', port, username, password: '', privateKey },
		folder: at('files'),
	};
}

/** The user who signs in: this one, or nobody where this one is root. */
function prepareUser(place: string, folder: string): string {
	if (process.getuid?.() !== 0) return userInfo().username;
	// As root sshd wants a folder to lock itself into, which Debian's start script would make.
	mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
	chmodSync(place, 0o755);
	chmodSync(folder, 0o777);
	return 'nobody';
}
