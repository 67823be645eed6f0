import { setTimeout as delay } from 'node:timers/promises';

const pollEveryMs = 20;
export const patienceMs = 120_000;

/** Waits until something is so; says what never came. */
export async function until(
	what: string,
	isSo: () => boolean | Promise<boolean>,
	timeoutMs = patienceMs,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error(`${what} did not come within ${timeoutMs} ms`);
		await delay(pollEveryMs);
	}
}
