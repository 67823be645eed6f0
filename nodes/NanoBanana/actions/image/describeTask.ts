import { finalCost } from '../../core/cost';
import type { TaskSnapshot } from '../../core/task';
import type { ImageVendor } from '../../core/vendor';
import type { TaskResult } from '../../platform/results';
import type { SubmittedTask } from './submitTask';

/** A task as it left the submit: what was asked for and what the vendor answered. */
export function describeSubmitted({ submission, raw }: SubmittedTask): TaskResult {
	const { reference, asked, submittedAtMs } = submission;
	return {
		taskId: reference.taskId,
		state: reference.state,
		requestId: reference.requestId,
		cost: reference.cost,
		submittedAtMs,
		polls: 0,
		warnings: asked.warnings,
		model: asked.model,
		prompt: asked.prompt,
		aspectRatio: asked.aspectRatio,
		resolution: asked.resolution,
		raw,
	};
}

/** The same task at its end. */
export function describeFinished(
	submitted: SubmittedTask,
	imagesInTask: number,
	vendor: ImageVendor,
	snapshot: TaskSnapshot,
	polls: number,
	raw: unknown,
): TaskResult {
	const { reference } = submitted.submission;
	const task = describeSubmitted(submitted);
	const came = snapshot.images.length;
	const isShort = snapshot.state === 'succeeded' && came < imagesInTask;
	return {
		...task,
		warnings: isShort
			? [
					...task.warnings,
					`${vendor.displayName} delivered ${came} of ${imagesInTask} images of task ${task.taskId}.`,
				]
			: task.warnings,
		state: snapshot.state,
		text: snapshot.text,
		requestId: reference.requestId ?? snapshot.requestId,
		// What the account has left is said at the submit only; the final price at the end.
		cost: finalCost(reference.cost, snapshot.cost),
		// The time of this machine: vendors' clocks differ, and the user waited by this one.
		completedAtMs: Date.now(),
		polls,
		raw,
	};
}
