import { sleep } from 'n8n-workflow';

import type { Clock } from '../core/clock';
import { isAborted } from '../core/stop';

/**
 * Slices that look at the signal: only newer versions of n8n's `sleep` take a signal, and community
 * nodes may not use timers of their own. Short enough for "ends within a second" after Stop.
 */
const sliceMs = 250;

export const clock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	async sleep(milliseconds, signal) {
		const endMs = Date.now() + milliseconds;
		for (let leftMs = milliseconds; leftMs > 0 && !isAborted(signal); leftMs = endMs - Date.now()) {
			await sleep(Math.min(leftMs, sliceMs));
		}
	},
};
