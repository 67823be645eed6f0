import { failed, success } from '../../../nodes/NanoBanana/core/failure';
import { learnedDurationMs } from '../../../nodes/NanoBanana/core/waitForTask';
import type { TaskSnapshot } from '../../../nodes/NanoBanana/core/task';
import type { WaitResult } from '../../../nodes/NanoBanana/core/waitForTask';

const createdAtMs = 1_790_000_000_123;
const submitTookMs = 300;

/** Found by a poll 10.6 s after the submit, between a poll at 9.6 s and that one. */
function found(changes: Partial<TaskSnapshot> = {}): WaitResult {
	const snapshot: TaskSnapshot = {
		taskId: 'task-1',
		state: 'succeeded',
		vendorState: 'done',
		images: [],
		...changes,
	};
	return { outcome: success(snapshot), polls: 4, durationMs: 10_100, foundAtMs: 10_600 };
}

function told(durationMs: number, submittedAtMs = createdAtMs): Partial<TaskSnapshot> {
	return { submittedAtMs, completedAtMs: submittedAtMs + durationMs };
}

it('is what the polls tell where the vendor tells no times', () => {
	expect(learnedDurationMs(found(), submitTookMs)).toBe(10_100);
});

it('is what the vendor tells, from the send of the submit', () => {
	expect(learnedDurationMs(found(told(9_900)), submitTookMs)).toBe(10_200);
});

it('does not end after the poll that found it', () => {
	expect(learnedDurationMs(found(told(9_900)), 5_000)).toBe(10_600);
});

it('is never shorter than what the vendor tells, whenever the poll was', () => {
	expect(learnedDurationMs(found(told(10_900)), submitTookMs)).toBe(10_900);
});

it.each([
	['whole seconds', told(10_000, 1_790_000_000_000)],
	['an end in another time zone', told(3_610_000)],
	['an end before its submit', told(-5_000)],
	['an end and no submit', { completedAtMs: createdAtMs }],
])('believes no vendor that tells %s', (_, times) => {
	expect(learnedDurationMs(found(times), submitTookMs)).toBe(10_100);
});

it('is unknown where no image was made', () => {
	const wasRefused = found({ state: 'failed', ...told(9_900) });
	expect(learnedDurationMs(wasRefused, submitTookMs)).toBeUndefined();
	const outcome = failed({ reason: 'timeout', message: 'too late' });
	expect(learnedDurationMs({ outcome, polls: 9 }, submitTookMs)).toBeUndefined();
});
