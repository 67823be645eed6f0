const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * n8n's scan, which leaves a process with too many patterns for V8 to optimize any more, so that a worker ends
 * soon after it; then the groups of engine tests and the fault matrix, which take longer than any other file.
 */
const longest = [/[\\/]test[\\/]package[\\/]/, /\.group\.ts$/, /[\\/]faults\.test\.ts$/];

/**
 * Begins with what takes longest, so that no worker has long to run when the others have ended. Jest itself
 * knows that only of files that it has run before, and goes by their size on a fresh machine.
 */
module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		const rankOf = ({ path }) => {
			const rank = longest.findIndex((pattern) => pattern.test(path));
			return rank < 0 ? longest.length : rank;
		};
		return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
	}
};
