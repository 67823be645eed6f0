import { failed, ofTask, success, type Failure, type Outcome } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import { isTerminal, type TaskSnapshot } from '../../core/task';
import type { ImageVendor } from '../../core/vendor';
import { asTransient, looksAfterEmptySuccess, noImage } from '../../core/waitForTask';
import { clock } from '../../platform/clock';
import type { ParkedTask } from '../../platform/parkedRun';
import type { VendorClient } from '../../platform/vendorClient';

/** For one look and its repetitions: the vendor's callback waits for the answer meanwhile. */
const lookTimeoutMs = 15_000;

const looksAtOnce = 4;

const emptySuccessPauseMs = 1_000;

/** A look right after the submit, as this one may be, can be ahead of any vendor's own reads. */
const youngMs = 10_000;

/** How a task ended, or why the vendor will never say. */
export interface EndedTask {
	readonly outcome: Outcome<TaskSnapshot>;
	readonly raw: unknown;
	readonly polls: number;
}

export interface LookingFrom {
	readonly client: VendorClient;
	readonly vendor: ImageVendor;
	readonly signal: AbortSignal | undefined;
}

export interface LookResult {
	readonly haveAllEnded: boolean;
	/** Why a task could not be looked at. */
	readonly trouble?: Failure;
}

/**
 * Asks for tasks in the given order, one first and then a few at once, until one has not ended: the
 * callback of that one will come. Tasks in `ended` are not asked for again, and new ones are added.
 */
export async function lookAtParked(
	from: LookingFrom,
	tasks: readonly ParkedTask[],
	ended: Map<string, EndedTask>,
): Promise<LookResult> {
	const open = [...new Set(tasks)].filter(
		({ submission }) => !ended.has(submission.reference.taskId),
	);
	for (let next = 0, size = 1; next < open.length; next += size, size = looksAtOnce) {
		const batch = open.slice(next, next + size);
		const looks = await Promise.all(
			batch.map(async (task) => ({ task, look: await lookOnce(from, task) })),
		);
		let trouble: Failure | undefined;
		let haveEnded = true;
		for (const { task, look } of looks) {
			if (look.ok && look.value !== undefined) {
				ended.set(task.submission.reference.taskId, look.value);
				continue;
			}
			haveEnded = false;
			if (!look.ok) trouble ??= look.failure;
		}
		if (!haveEnded) {
			return { haveAllEnded: false, ...(trouble === undefined ? {} : { trouble }) };
		}
	}
	return { haveAllEnded: true };
}

/** Undefined while the task goes on. */
async function lookOnce(
	{ client, vendor, signal }: LookingFrom,
	{ submission }: ParkedTask,
): Promise<Outcome<EndedTask | undefined>> {
	const { taskId } = submission.reference;
	const deadlineMs = clock.now() + lookTimeoutMs;
	const age = {
		clock,
		startedAtMs: submission.submittedAtMs,
		notFoundGraceMs: Math.max(youngMs, vendor.notFoundGraceMs ?? 0),
	};
	let raw: unknown;
	let polls = 0;
	for (let emptySuccesses = 1; ; emptySuccesses++) {
		const outcome = await sendWithRetry<TaskSnapshot>(
			async () => {
				const timeoutMs = Math.max(1, deadlineMs - clock.now());
				const answer = await client.call(vendor.getTask(taskId), { timeoutMs, signal });
				raw = answer.raw;
				polls++;
				const { outcome: seen } = answer;
				return seen.ok ? seen : failed(asTransient(seen.failure, age));
			},
			{ verb: 'getTask', clock, signal, deadlineMs },
		);
		if (!outcome.ok) {
			const failure = ofTask(outcome.failure, taskId);
			const isForgotten = failure.reason === 'notFound';
			return isForgotten ? success({ outcome: failed(failure), raw, polls }) : failed(failure);
		}
		const { state, images } = outcome.value;
		if (!isTerminal(state)) return success(undefined);
		if (state !== 'succeeded' || images.length > 0) return success({ outcome, raw, polls });
		if (emptySuccesses > looksAfterEmptySuccess) {
			const failure = ofTask(noImage({ vendorName: vendor.displayName, taskId }), taskId);
			return success({ outcome: failed(failure), raw, polls });
		}
		await clock.sleep(emptySuccessPauseMs, signal);
	}
}
