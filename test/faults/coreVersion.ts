import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The n8n-core that this process runs on. */
export const coreVersion = versionIn(path.dirname(require.resolve('n8n-core')));

function versionIn(folder: string): string {
	try {
		const { name, version } = JSON.parse(
			readFileSync(path.join(folder, 'package.json'), 'utf8'),
		) as { readonly name?: string; readonly version?: string };
		if (name === 'n8n-core' && version !== undefined) return version;
	} catch {
		// Not the folder of a package: its parent is.
	}
	return versionIn(path.dirname(folder));
}
