import type { Clock } from './clock';
import { failed, type Failure, type Outcome } from './failure';
import { decideRetry, submitUnknown, type VerbName } from './retryPolicy';
import { isAborted, stopped } from './stop';

export interface SendOptions {
	readonly verb: VerbName;
	readonly clock: Clock;
	/** Nothing is sent after it was aborted. */
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	readonly deadlineMs: number;
	readonly isIdempotent?: boolean;
}

/** Sends one request, again where the retry table says so. For everything but polls. */
export async function sendWithRetry<Value>(
	send: () => Promise<Outcome<Value>>,
	options: SendOptions,
): Promise<Outcome<Value>> {
	const { clock, signal } = options;
	// An earlier send may have been taken, whatever became of the later ones.
	let taskMayExist = false;
	const end = (failure: Failure): Outcome<Value> =>
		failed(taskMayExist ? submitUnknown(failure) : failure);
	for (let sends = 1; ; sends++) {
		if (isAborted(signal)) return end(stopped());
		const outcome = await send();
		if (outcome.ok) return outcome;
		if (options.verb === 'submit' && outcome.failure.taskMayExist === true) taskMayExist = true;
		const decision = decideRetry({
			verb: options.verb,
			failure: outcome.failure,
			sends,
			isIdempotent: options.isIdempotent === true,
			remainingMs: options.deadlineMs - clock.now(),
			random: clock.random(),
		});
		if (!decision.retry) return end(decision.failure);
		await clock.sleep(decision.delayMs, signal);
	}
}
