const path = require('node:path');

const registry = path.join(
	__dirname,
	'..',
	'..',
	'..',
	'nodes',
	'NanoBanana',
	'vendors',
	'index.ts',
);
const withExample = path.join(__dirname, 'registry.ts');

/** Gives the contract, engine, sandbox and live suites a registry that has the example vendor too: whoever asks for the package's gets it. */
module.exports = (request, options) => {
	const found = options.defaultResolver(request, options);
	return found === registry && options.basedir !== __dirname ? withExample : found;
};
