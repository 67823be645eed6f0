import { estimatedDurationMs, nextPollAtMs } from '../../../nodes/NanoBanana/core/pollSchedule';
import { openTaskDurations } from '../../../nodes/NanoBanana/core/taskDurations';
import type { Schedule } from './schedule';

/** What most vendors' folders say. */
const typicalMs = 40_000;

/** The schedule of the node, as `waitForTask` asks it at a vendor that tells no times of its own. */
export const ours: Schedule = {
	name: 'Nano Banana',
	delayMs: ({ elapsedMs, lastPollMs, finished }) => {
		const durations = openTaskDurations(
			finished.map(({ unfinishedAtMs, foundAtMs }) =>
				estimatedDurationMs(unfinishedAtMs, foundAtMs),
			),
		);
		const span = durations.span();
		const dueMs = nextPollAtMs({ lastPollMs, chosenIntervalMs: 0, span, typicalMs });
		return Math.max(0, dueMs - elapsedMs);
	},
};
