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
	let mayExist = false;
	const end = (failure: Failure): Outcome<Value> => {
		if (mayExist) return failed(submitUnknown(failure));
		// Only a submit makes a task, whatever became of another request.
		const { task: _ofNoSubmit, ...others } = failure;
		return failed(options.verb === 'submit' ? failure : others);
	};
	for (let sends = 1; ; sends++) {
		if (isAborted(signal)) return end(stopped());
		const outcome = await send();
		if (outcome.ok) return outcome;
		if (options.verb === 'submit' && outcome.failure.task === 'maybe') mayExist = true;
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
