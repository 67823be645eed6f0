import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program lies: in one of the given folders, or on `PATH`. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
	return [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]
		.filter((folder) => folder !== '')
		.map((folder) => join(folder, name))
		.find((place) => existsSync(place));
}
