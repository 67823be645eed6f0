import config from './jest.config.mjs';

/**
 * The same tests for a run of all of them: the engine tests share one loaded n8n-core in groups.
 * @type {import('jest').Config}
 */
export default {
	...config,
	projects: config.projects.map((project) =>
		project.displayName.startsWith('engine ')
			? { ...project, testMatch: ['<rootDir>/test/engine/groups/*.group.ts'] }
			: project,
	),
};
