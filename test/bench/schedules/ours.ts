import { nextPollDelayMs } from '../../../nodes/NanoBanana/core/pollSchedule';
import type { Schedule } from './schedule';

/** The schedule of the node, as `waitForTask` asks it. */
export const ours: Schedule = {
	name: 'Nano Banana',
	delayMs: ({ elapsedMs }) => nextPollDelayMs({ elapsedMs, chosenIntervalMs: 0 }),
};
