const path = require('node:path');

/** The names that both engines bring in a version of their own. */
const broughtByTheEngine = /^(n8n-core|n8n-workflow|@n8n\/[^/]+|zod|reflect-metadata)(\/|$)/;
const nodeModules = `${path.sep}node_modules${path.sep}`;

/**
 * Lets the package's own sources and tests load the oldest supported engine. Only what they import
 * themselves is redirected: the engine's own dependencies are found as Node finds them, beside it.
 */
module.exports = (request, options) => {
	const isOwnFile = !`${options.basedir}${path.sep}`.includes(nodeModules);
	const isRedirected = isOwnFile && broughtByTheEngine.test(request);
	return options.defaultResolver(
		request,
		isRedirected ? { ...options, basedir: __dirname } : options,
	);
};
