import type { Schedule } from './schedule';

/** What nodes, tutorials and client libraries do. */

/** The same pause again and again: the Wait loops of tutorials, and most clients. */
export function fixedInterval(seconds: number, name = `every ${seconds} s`): Schedule {
	return { name, delayMs: () => seconds * 1000 };
}

/**
 * The waiter of AWS's clients: a random pause between the least one and one that doubles each time;
 * when the doubling has reached the most, that. Its poll right at the beginning is left out, which can
 * find nothing and would only cost it a poll.
 */
export function jitteredBackoff(minSeconds: number, maxSeconds: number): Schedule {
	const lastDoubling = Math.log2(maxSeconds / minSeconds) + 1;
	return {
		name: `AWS waiter, ${minSeconds}–${maxSeconds} s`,
		delayMs: ({ polls }, random) => {
			const attempt = polls + 1;
			if (attempt > lastDoubling) return maxSeconds * 1000;
			const longest = minSeconds * 2 ** (attempt - 1);
			return (minSeconds + random() * (longest - minSeconds)) * 1000;
		},
	};
}

/** All that the node is measured against; 2 and 120 s are what AWS's waiters have by default. */
export const competitors: readonly Schedule[] = [
	fixedInterval(0.5, "every 0.5 s (fal's client)"),
	...[2, 3, 5, 10, 20].map((seconds) => fixedInterval(seconds)),
	jitteredBackoff(2, 120),
];
