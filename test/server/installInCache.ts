import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './paths';

const unfinished = '.unfinished-';

/**
 * Answers with a folder of the cache, made by `install` when it is not there yet. It is made under
 * another name and renamed when complete, so that a broken installation is never taken for one.
 */
export async function installInCache(
	name: string,
	install: (folder: string) => Promise<void>,
): Promise<string> {
	const cache = cacheFolder();
	const target = join(cache, name);
	if (existsSync(target)) return target;
	mkdirSync(cache, { recursive: true });
	removeAbandoned(cache);
	const temporary = join(cache, `${unfinished}${process.pid}-${name}`);
	mkdirSync(temporary);
	try {
		await install(temporary);
		if (!existsSync(target)) renameSync(temporary, target);
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
	return target;
}

function removeAbandoned(cache: string): void {
	for (const name of readdirSync(cache)) {
		const owner = new RegExp(`^\\${unfinished}(\\d+)-`).exec(name)?.[1];
		if (owner === undefined || isRunning(Number(owner))) continue;
		rmSync(join(cache, name), { recursive: true, force: true });
	}
}

function isRunning(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch {
		return false;
	}
}
