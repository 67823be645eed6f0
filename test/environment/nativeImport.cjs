const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const ownSource = readFileSync(__filename);

/**
 * Has Node itself load the ES modules that CommonJS packages import: jest could do it only under
 * `--experimental-vm-modules`, a flag that an editor would have to know of.
 */
module.exports = {
	process: (source) => ({
		code: source.replaceAll(/\bimport\(/g, 'importNatively(') + importNatively,
	}),
	getCacheKey: (source) => createHash('sha256').update(ownSource).update(source).digest('hex'),
};

const importNatively = `
function importNatively(name) {
	const { constants, Script } = require('node:vm');
	return new Script('import(' + JSON.stringify(name) + ')', {
		filename: __filename,
		importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
	}).runInThisContext();
}`;
