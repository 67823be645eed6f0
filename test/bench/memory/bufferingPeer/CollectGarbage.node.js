const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** Frees what n8n's process no longer needs, which V8 otherwise does whenever it likes. */
class CollectGarbage {
	description = {
		displayName: 'Collect Garbage',
		name: 'collectGarbage',
		group: ['transform'],
		version: 1,
		description: 'Frees the memory that is no longer needed',
		defaults: { name: 'Collect Garbage' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};

	async execute() {
		collectGarbage();
		return [this.getInputData()];
	}
}

module.exports = { CollectGarbage };
