module.exports = globalThis.scaledCoreModules.timers;
