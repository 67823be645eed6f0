/** CommonJS packages that import an ES module: the file type of n8n-core, and prettier. */
const importers =
	'/node_modules/(n8n-core/dist/execution-engine/node-execution-context/utils/binary-helper-functions\\.js|prettier/index\\.cjs)$';

const transform = {
	[importers]: '<rootDir>/test/environment/nativeImport.cjs',
	'\\.[cm]?tsx?$': [
		'@swc/jest',
		{
			jsc: {
				target: 'es2022',
				parser: { syntax: 'typescript', decorators: true },
				transform: { legacyDecorator: true, decoratorMetadata: true },
			},
			module: { type: 'commonjs' },
			sourceMaps: 'inline',
			swcrc: false,
		},
	],
};

const shared = {
	rootDir: import.meta.dirname,
	testEnvironment: '<rootDir>/test/environment/plainContext.ts',
	transform,
	transformIgnorePatterns: [`^(?!.*${importers}).*/node_modules/`],
	// The crawl stays out of build results and of the caches that hold a whole n8n.
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/output/', '<rootDir>/\\.cache/'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/output/'],
};

// How many times as fast the clock of tests that wait runs, while they wait; 1 is real time.
// Node before 20.18 does not tell when sockets bring something.
process.env.TIME_SCALE ??= performance.nodeTiming.uvMetricsInfo ? '50' : '10';
const timeScale = Number(process.env.TIME_SCALE);
if (!(timeScale >= 1)) throw new Error(`TIME_SCALE must be a number from 1: ${timeScale}`);

const coreModules = '<rootDir>/test/environment/coreModules';

/** For tests that wait: `test/environment` says how. */
const scaledTime =
	timeScale === 1
		? {}
		: {
				testEnvironment: '<rootDir>/test/environment/scaledTime.ts',
				testEnvironmentOptions: { scale: timeScale },
				moduleNameMapper: {
					'^(node:)?timers$': `${coreModules}/timers.cjs`,
					'^(node:)?timers/promises$': `${coreModules}/timersPromises.cjs`,
					'^(node:)?perf_hooks$': `${coreModules}/perfHooks.cjs`,
				},
			};

/** The package's vendors and the example, which differs from them wherever a vendor can. */
const withExample = {
	newest: '<rootDir>/test/vendors/example/resolver.cjs',
	oldest: '<rootDir>/test/vendors/example/oldestResolver.cjs',
};

/** The same tests twice: on the newest and on the oldest n8n-core. */
export function engineProjects(name, testMatch, resolvers) {
	const project = {
		...shared,
		...scaledTime,
		roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test'],
		testMatch: [testMatch],
	};
	return [
		{ ...project, displayName: `${name} (newest n8n-core)`, resolver: resolvers?.newest },
		{
			...project,
			displayName: `${name} (n8n-core 1.120)`,
			resolver: resolvers?.oldest ?? '<rootDir>/test/engine/oldest/resolver.cjs',
		},
	];
}

/** @type {import('jest').Config} */
export default {
	// One more than a small machine has cores: a test computes most of its time, and waits for the rest.
	maxWorkers: 3,
	// Less than a group of engine tests leaves behind: a file after it took six times as long as alone.
	workerIdleMemoryLimit: '250MB',
	testSequencer: '<rootDir>/test/environment/longestFirst.cjs',
	// Generous: the pictures of the sandbox are real, and packing and linting the whole package is slow.
	testTimeout: 180_000,
	// The oldest n8n-core leaves handles of its own open.
	forceExit: true,
	projects: [
		{
			...shared,
			displayName: 'unit',
			roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test/unit'],
			testMatch: ['<rootDir>/test/unit/*/**/*.test.ts'],
		},
		{
			...shared,
			...scaledTime,
			displayName: 'sandbox',
			resolver: withExample.newest,
			roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test'],
			testMatch: [
				'<rootDir>/test/unit/*.test.ts',
				'<rootDir>/test/vendors/*/sandbox.test.ts',
				'<rootDir>/test/environment/*.test.ts',
			],
			// In real time there is nothing to test of a clock.
			...(timeScale === 1 ? { testPathIgnorePatterns: ['<rootDir>/test/environment/'] } : {}),
		},
		{
			...shared,
			displayName: 'contract',
			resolver: withExample.newest,
			roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test'],
			testMatch: [
				'<rootDir>/test/contract/**/*.test.ts',
				'<rootDir>/test/vendors/*/contract.test.ts',
			],
		},
		{
			...shared,
			...scaledTime,
			displayName: 'live',
			resolver: withExample.newest,
			roots: ['<rootDir>/nodes', '<rootDir>/credentials', '<rootDir>/test'],
			testMatch: ['<rootDir>/test/live/**/*.test.ts'],
		},
		...engineProjects('engine', '<rootDir>/test/engine/*.test.ts', withExample),
		{
			...shared,
			displayName: 'package',
			roots: ['<rootDir>/test'],
			testMatch: ['<rootDir>/test/architecture.test.ts', '<rootDir>/test/package/**/*.test.ts'],
		},
	],
};
