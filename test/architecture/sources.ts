import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const projectFolder = path.resolve(__dirname, '..', '..');

export interface Source {
	/** From the project's folder, with slashes. */
	readonly path: string;
	readonly text: string;
}

/** All files below a folder of the project that end so; none where the folder does not exist. */
export function sourcesBelow(folder: string, ending: string): readonly Source[] {
	return filesBelow(folder)
		.filter((file) => file.endsWith(ending))
		.map((file) => ({ path: file, text: readFileSync(path.join(projectFolder, file), 'utf8') }));
}

/** The paths of all files below a folder of the project. */
export function filesBelow(folder: string): readonly string[] {
	const entries = readFolder(path.join(projectFolder, folder));
	return entries.flatMap((entry) => {
		const file = `${folder}/${entry.name}`;
		// The oldest n8n-core stands below `test`, with all that it brings.
		if (entry.name === 'node_modules') return [];
		return entry.isDirectory() ? filesBelow(file) : [file];
	});
}

/** The folders right below a folder of the project. */
export function foldersIn(folder: string): readonly string[] {
	return readFolder(path.join(projectFolder, folder))
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
}

function readFolder(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}
