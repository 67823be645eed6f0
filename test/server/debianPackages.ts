import { tmpdir } from 'node:os';
import { findProgram } from './findProgram';
import { runCommand } from './runCommand';

/** A program that a check or the bench needs, and the package of Debian that brings it. */
export interface NeededProgram {
	debianPackage: string;
	find: () => string | undefined;
}

/** Installs from Debian what is missing; says what to do where that cannot be done. */
export async function ensurePrograms(needed: readonly NeededProgram[]): Promise<void> {
	const missing = needed.filter(({ find }) => find() === undefined);
	if (missing.length === 0) return;
	const names = missing.map(({ debianPackage }) => debianPackage);
	const aptGet = aptGetAsRoot();
	if (aptGet === undefined) {
		throw new Error(
			`${names.join(' and ')} must be installed: this is no Debian with root or sudo, where it would happen by itself`,
		);
	}
	console.log(`Installing ${names.join(' and ')} …`);
	const run = async (...parameters: string[]): Promise<void> => {
		const [program = '', ...rest] = [...aptGet, ...parameters];
		await runCommand(program, rest, { folder: tmpdir() });
	};
	await run('update', '-qq');
	await run('install', '-y', '-qq', '--no-install-recommends', ...names);
	const stillMissing = missing.filter(({ find }) => find() === undefined);
	if (stillMissing.length === 0) return;
	const lacking = stillMissing.map(({ debianPackage }) => debianPackage).join(' and ');
	throw new Error(`${lacking} was installed, but its program was not found`);
}

/** The command line up to the parameters of apt-get. */
function aptGetAsRoot(): string[] | undefined {
	const aptGet = findProgram('apt-get');
	if (aptGet === undefined) return undefined;
	const silent = ['env', 'DEBIAN_FRONTEND=noninteractive', aptGet];
	if (process.getuid?.() === 0) return silent;
	const sudo = findProgram('sudo');
	// Without -n it might ask for a password that nobody is there to give.
	return sudo === undefined ? undefined : [sudo, '-n', ...silent];
}
