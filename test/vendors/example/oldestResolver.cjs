const oldest = require('../../engine/oldest/resolver.cjs');
const withExample = require('./resolver.cjs');

/** As `resolver.cjs`, for the oldest engine. */
module.exports = (request, options) =>
	withExample(request, {
		...options,
		defaultResolver: (asked) => oldest(asked, options),
	});
