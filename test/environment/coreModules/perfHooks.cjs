module.exports = globalThis.scaledCoreModules.perfHooks;
