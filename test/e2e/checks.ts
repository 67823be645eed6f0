/** Counts checks and prints each as a line when it is known. */
export class Checks {
	private passed = 0;
	private failed = 0;

	/** Does one check; it fails when `check` throws. Answers whether it passed. */
	async run(name: string, check: () => void | Promise<void>): Promise<boolean> {
		const startedAt = Date.now();
		try {
			await check();
			this.passed++;
			console.log(`passed  ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
			return true;
		} catch (error) {
			this.failed++;
			const message = error instanceof Error ? error.message : String(error);
			console.log(`FAILED  ${name}\n        ${message.trim().replaceAll('\n', '\n        ')}`);
			return false;
		}
	}

	/** Ends the run with the line that says how it went. */
	finish(): boolean {
		console.log(`\n${this.passed} passed, ${this.failed} failed`);
		return this.failed === 0 && this.passed > 0;
	}
}

/** Throws with `message` where the condition does not hold. */
export function expect(condition: boolean, message: string): asserts condition {
	if (!condition) throw new Error(message);
}
