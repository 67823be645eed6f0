import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 60_000;

/** Waits until something is so; fails, with its own words, when it does not come about. */
export async function until(isSo: () => boolean): Promise<void> {
	// The clock of a test may be set, this one is not.
	const deadline = performance.now() + patienceMs;
	while (!isSo()) {
		if (performance.now() > deadline) throw new Error(`It never came: ${String(isSo)}`);
		await sleep(10);
	}
}
