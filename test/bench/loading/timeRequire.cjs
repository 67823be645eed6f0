// Prints how many milliseconds this process needs to load the files that it is given. n8n itself has
// loaded n8n-workflow long before it loads any node, so that does not count.
const { createRequire } = require('node:module');
const { performance } = require('node:perf_hooks');

const files = process.argv.slice(2);
createRequire(files[0])('n8n-workflow');
const startedAt = performance.now();
for (const file of files) require(file);
console.log(performance.now() - startedAt);
