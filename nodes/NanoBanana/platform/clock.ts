import { sleep } from 'n8n-workflow';

import { isAborted, type Clock } from '../core/clock';

/**
 * Sleeps are cut into slices, to check the signal: only newer versions of n8n's `sleep` take one, and
 * community nodes may not use timers of their own. Short enough for "ends within a second" after Stop.
 */
const sliceMs = 250;

/**
 * A clock that starts at the time of day and then only counts the time that passes, because the system
 * clock may be set back or forward. Open one for each run, so that it is never far from the time of day.
 */
export function openClock(): Clock {
	const startedAtMs = Date.now() - performance.now();
	const now = (): number => Math.round(startedAtMs + performance.now());
	return {
		now,
		random: () => Math.random(),
		async sleep(milliseconds, signal) {
			const endMs = now() + milliseconds;
			for (let leftMs = milliseconds; leftMs > 0 && !isAborted(signal); leftMs = endMs - now()) {
				await sleep(Math.min(leftMs, sliceMs));
			}
		},
	};
}

/**
 * For state that outlives a run. It measures elapsed time; after days it may differ from the time of day.
 */
export const clock: Clock = openClock();
