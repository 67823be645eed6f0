import config, { engineProjects } from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
	...config,
	// All cells of a core run at the same time, and the first test waits for the slowest of its own.
	testTimeout: 300_000,
	projects: engineProjects('faults', '<rootDir>/test/faults/**/*.test.ts'),
};
