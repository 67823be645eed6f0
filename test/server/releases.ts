import { join } from 'node:path';

/** One version of n8n that the package is tried on. */
export interface Release {
	name: 'newest' | 'oldest';
	/** Holds its package.json and lock. */
	lockFolder: string;
	/** Major versions of Node that this n8n and its compiled parts run on. */
	nodeMajors: readonly number[];
	/** Modules of its own that would ask the network; a name that it does not know stops it. */
	disabledModules: readonly string[];
	/** Dependencies whose install script is needed. */
	compiledPackages: readonly string[];
}

/** The newest n8n that installs; its lock says which one. */
export const newest: Release = {
	name: 'newest',
	lockFolder: join(__dirname, 'n8n-newest'),
	nodeMajors: [24, 26],
	disabledModules: ['mcp-registry', 'instance-ai'],
	compiledPackages: ['sqlite3', 'isolated-vm'],
};

/** The oldest n8n that the package supports. */
export const oldest: Release = {
	name: 'oldest',
	lockFolder: join(__dirname, 'n8n-oldest'),
	nodeMajors: [24],
	disabledModules: [],
	compiledPackages: ['sqlite3'],
};
