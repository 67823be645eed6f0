import { join } from 'node:path';
import { findProgram } from '../../server/findProgram';
import { findFreePort } from '../../server/freePort';
import { startGuarded } from '../../server/guardedProcess';
import type { NeededProgram } from '../../server/debianPackages';
import { untilListening } from '../../server/untilListening';

export const redis: NeededProgram = {
	debianPackage: 'redis-server',
	find: () => findProgram('redis-server', ['/usr/bin']),
};

/** Starts a Redis of our own, which keeps nothing on disk; answers with its port. */
export async function startRedis(folder: string): Promise<number> {
	const port = await findFreePort();
	const service = startGuarded(
		redis.find() ?? '',
		['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
		{ environment: process.env, folder, logFile: join(folder, 'redis.log') },
	);
	await untilListening('redis-server', service, port);
	return port;
}
