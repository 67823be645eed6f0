import config, { engineProjects } from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
	...config,
	// The cells of a core run side by side, and the first test waits for the slowest of its own.
	testTimeout: 1_200_000,
	projects: engineProjects('faults', '<rootDir>/test/faults/**/*.test.ts'),
};
