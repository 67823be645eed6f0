/**
 * Runs a command's work; an error ends it with one line, not with a stack.
 * @param {() => Promise<void>} work
 */
export async function main(work) {
	try {
		await work();
	} catch (error) {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exitCode = 1;
	}
}
