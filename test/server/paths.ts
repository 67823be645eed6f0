import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const cacheName = 'n8n-nodes-nano-banana-vendors';

/** The folder of the project. */
export const projectFolder = resolve(__dirname, '..', '..');

/** What runs leave for a person to look at: pictures, screenshots, logs of the servers. */
export const outputFolder = join(projectFolder, 'output');

/**
 * Where n8n and Node are kept between runs, outside the checkout since they are large.
 * `NANO_BANANA_VENDORS_CACHE` names another folder.
 */
export function cacheFolder(): string {
	const chosen = process.env['NANO_BANANA_VENDORS_CACHE'];
	if (chosen !== undefined && chosen !== '') return resolve(chosen);
	const base = process.env['XDG_CACHE_HOME'];
	return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), cacheName);
}
