import { finalCost } from '../core/cost';
import type { Failure } from '../core/failure';
import type { Order } from '../core/order';
import { placeholderOf } from '../core/placeholder';
import type { TaskSnapshot } from '../core/task';
import { isTerminal } from '../core/task';
import { learnedDurationMs, waitForTask } from '../core/waitForTask';
import type { NodeContext } from '../platform/nodeContext';
import { durationsOf } from './durations';
import { endedAsPlaceholder } from './placeholder';
import type { Run } from './run';

export interface WatchOptions {
	/** Milliseconds; without it the timeout of the order counts. */
	readonly timeoutMs?: number;
	/** Whether a snapshot of a running task is enough after this many polls. By default it never is. */
	readonly isEnough?: (polls: number) => boolean;
	/** Whether an end without an image is enough, because a single poll asks only for the state. */
	readonly takesAnyEnd?: boolean;
	/** Whether a callback has come, so that an answer with images means the end. */
	readonly isTold?: boolean;
}

/** The vendor's last word on a task, and the number of polls until then. */
export interface Polled {
	readonly snapshot: TaskSnapshot;
	readonly polls: number;
}

/**
 * Polls the task of an order until it has ended, or as long as is asked for. Afterwards the order has ended
 * with images or failed; it stays taken only if a snapshot of a running task was enough. Returns the last
 * snapshot.
 */
export async function watch(
	run: Run<NodeContext>,
	order: Order,
	options: WatchOptions = {},
): Promise<Polled | undefined> {
	const { state } = order;
	if (state.is !== 'taken') return undefined;
	const placeholder = placeholderOf(order);
	if (placeholder !== undefined) {
		const ended = endedAsPlaceholder(run, state, placeholder);
		order.state = ended;
		return ended;
	}
	const { vendor, client, clock, signal } = run;
	const { task, sentAtMs, tookMs = 0 } = state;
	const { taskId } = task;
	const isNew = options.isEnough === undefined && run.bought.has(order);
	const durations = isNew ? durationsOf(run, order) : undefined;
	// A task that is taken up has the whole timeout again: this run waits for it anew.
	const startedAtMs = isNew && sentAtMs !== undefined ? sentAtMs : clock.now();
	const timeoutMs = options.timeoutMs ?? order.settings.timeoutMs;
	let raw: unknown;
	const result = await waitForTask({
		vendorName: vendor.displayName,
		taskId,
		poll: async ({ chance, begins, deadlineMs }) => {
			const answer = await client.call(vendor.getTask(taskId), {
				signal,
				urgency: chance,
				onSend: begins,
				deadlineMs,
				prompt: order.asked?.prompt,
			});
			({ raw } = answer);
			return answer.outcome;
		},
		clock,
		signal,
		startedAtMs,
		timeoutMs,
		pollIntervalMs: order.settings.pollIntervalMs,
		// A task that was found may have been submitted a moment ago, by the step before.
		submittedAtMs: sentAtMs ?? (options.isEnough === undefined ? startedAtMs : undefined),
		pollAtOnce: !isNew,
		durations,
		typicalMs: vendor.pollHint.typicalMs,
		...options,
	});
	const { outcome, polls } = result;
	if (outcome.ok && !isTerminal(outcome.value.state)) {
		order.state = { ...state, raw };
		return { snapshot: outcome.value, polls };
	}
	// The gate counts only the submits of this run, and a task that this run does not wait for has left it
	// already.
	if (run.bought.has(order) && order.settings.completion === 'wait') run.gate.taskEnded();
	run.open.ended(taskId, !outcome.ok || outcome.value.state === 'succeeded');
	if (isNew) durations?.add(learnedDurationMs(result, tookMs) ?? Number.NaN);
	if (!outcome.ok) {
		run.fail(order, outcome.failure);
		run.spending(order).end(task.cost);
		return undefined;
	}
	const snapshot = outcome.value;
	// Only the submit states the balance of the account; the final price comes at the end.
	const cost = finalCost(task.cost, snapshot.cost);
	// A delivery may name a task by only a part of its id; the vendor's answer has the whole id.
	const named = { ...task, taskId: snapshot.taskId };
	const ended = cost === undefined ? named : { ...named, cost };
	order.state = {
		...state,
		is: 'ended',
		task: ended,
		snapshot,
		polls,
		endedAtMs: clock.now(),
		raw,
	};
	run.spending(order).end(cost);
	if (snapshot.state !== 'succeeded' && options.takesAnyEnd !== true) {
		run.fail(order, failureOfEnd(snapshot));
		run.saved.save(order);
	}
	return { snapshot, polls };
}

/** Why a task has no image; only the vendor's own word for its state ends it for good. */
function failureOfEnd(snapshot: TaskSnapshot): Failure {
	const failure: Failure = snapshot.failure ?? {
		reason: snapshot.state === 'canceled' ? 'taskCanceled' : 'taskFailed',
		message: `The task ended in the state "${snapshot.vendorState}"`,
	};
	return { ...failure, task: 'over' };
}
