module.exports = globalThis.scaledCoreModules.timersPromises;
