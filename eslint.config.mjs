import javascript from '@eslint/js';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

const shipped = ['nodes/**/*.ts', 'credentials/**/*.ts'];

/**
 * What n8n's own scan of community packages checks, with its exceptions, so that a finding shows up
 * here and not first at the verification (`test/package` runs the scan itself).
 */
const scanOfN8n = [
	{
		files: [...shipped, 'package.json'],
		plugins: { '@n8n/community-nodes': communityNodes, 'n8n-nodes-base': nodesBase },
		rules: {
			...asErrors(communityNodes.configs.recommended.rules),
			'no-console': 'error',
		},
	},
	{
		files: ['package.json'],
		languageOptions: { parser: typescript.parser },
		rules: nodesBase.configs.community.rules,
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...nodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...nodesBase.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
];

/** What goes wrong in users' hands only: with long answers, or in a process that has run for long. */
const inTheLongRun = {
	files: shipped,
	plugins: { regexp },
	rules: {
		'regexp/no-super-linear-backtracking': 'error',
		'regexp/no-super-linear-move': 'error',
		'no-restricted-properties': [
			'error',
			{ object: 'URL', property: 'canParse', message: 'Use parseUrl: Node 20 fails on umlauts.' },
		],
	},
};

const typeChecked = {
	files: ['**/*.ts'],
	extends: [javascript.configs.recommended, ...typescript.configs.recommendedTypeChecked],
	languageOptions: {
		parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
	},
	linterOptions: { reportUnusedDisableDirectives: 'error' },
	rules: {
		'@typescript-eslint/consistent-type-imports': [
			'error',
			{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
		],
		'@typescript-eslint/no-deprecated': 'error',
		'@typescript-eslint/no-import-type-side-effects': 'error',
		'@typescript-eslint/no-non-null-assertion': 'error',
		'@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
		'@typescript-eslint/no-unused-vars': [
			'error',
			{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
		],
		'@typescript-eslint/only-throw-error': 'error',
		'@typescript-eslint/prefer-readonly': 'error',
		'@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
		'@typescript-eslint/switch-exhaustiveness-check': [
			'error',
			{ considerDefaultExhaustiveForUnions: true },
		],
		eqeqeq: 'error',
		'no-restricted-syntax': [
			'error',
			{ selector: 'TSEnumDeclaration', message: 'Use a list of texts `as const`.' },
		],
	},
};

export default defineConfig(
	globalIgnores([
		'dist/',
		'output/',
		'coverage/',
		'.cache/',
		'.n8n-demo/',
		'test/vendors/*/fixtures/*.json',
	]),
	...scanOfN8n,
	inTheLongRun,
	typeChecked,
	{
		files: ['test/**/*.ts'],
		rules: {
			// Jest's types declare `expect.any` and `expect.objectContaining` as `any`.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			// A test that indexes what it has just counted may say so.
			'@typescript-eslint/no-non-null-assertion': 'off',
		},
	},
	{
		files: ['**/*.{js,cjs,mjs}'],
		extends: [javascript.configs.recommended],
		languageOptions: { globals: globalsOfNode(['module', 'require', '__dirname', '__filename']) },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: { eqeqeq: 'error' },
	},
);

/** What the scan only warns about is an error here: nothing is left to be warned of. */
function asErrors(rules) {
	return Object.fromEntries(Object.keys(rules).map((rule) => [rule, 'error']));
}

function globalsOfNode(furtherNames) {
	const names = Object.getOwnPropertyNames(globalThis).concat(furtherNames);
	return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
