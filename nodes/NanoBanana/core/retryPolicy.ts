import { isAborted, stopped, type Clock } from './clock';
import { failed, reasons, type Failure, type Outcome, type Reason } from './failure';
import { failureSentence } from './httpFailure';

/**
 * When to send a request again: a table over verb × outcome, without a clock of its own. Its source is
 * section 7 of the contract sheet. The rule behind it: a submit is sent again only where the vendor cannot
 * have taken the task, or where an idempotency key makes it safe.
 */

export type VerbName =
	'submit' | 'getTask' | 'cancelTask' | 'uploadReference' | 'getBalance' | 'download';

/** Why no answer came. `certainlyNotSent` lists those that happen before the request is sent. */
export type ConnectionFailureReason =
	'refused' | 'dns' | 'connectTimeout' | 'tls' | 'timeout' | 'reset' | 'blocked';

const certainlyNotSent: ReadonlySet<ConnectionFailureReason> = new Set([
	'refused',
	'dns',
	'connectTimeout',
	'tls',
	'blocked',
]);

export const connectionSentences: Readonly<Record<ConnectionFailureReason, string>> = {
	refused: 'the connection was refused',
	dns: 'its address could not be found',
	connectTimeout: 'no connection was made in time',
	tls: 'no secure connection was made',
	timeout: 'it did not answer in time',
	reset: 'the connection broke off',
	blocked: 'this n8n does not allow requests to that address',
};

/** A failure for a request that got no answer at all. */
export function connectionFailure(vendorName: string, reason: ConnectionFailureReason): Failure {
	return {
		reason: reason === 'blocked' ? 'addressBlocked' : 'connectionFailed',
		message: failureSentence(vendorName, 'vendorUnavailable', connectionSentences[reason]),
		...(certainlyNotSent.has(reason) ? {} : { task: 'maybe' }),
	};
}

/** The most sends of one request. Polls go on until the deadline. */
const maxSends: Readonly<Record<VerbName, number>> = {
	submit: 6,
	getTask: Number.POSITIVE_INFINITY,
	cancelTask: 3,
	uploadReference: 4,
	getBalance: 3,
	download: 3,
};

const firstDelayMs = 1_000;
const maxDelayMs = 30_000;

export interface RetryQuestion {
	readonly verb: VerbName;
	readonly failure: Failure;
	/** The number of sends, including the one that has just failed: 1 or more. */
	readonly sends: number;
	/** Whether the submit carries a key that makes a repetition the same task. */
	readonly isIdempotent: boolean;
	/** The time left until the deadline. */
	readonly remainingMs: number;
	/** From 0 to 1. */
	readonly random: number;
}

export type RetryDecision =
	| { readonly retry: true; readonly delayMs: number }
	| { readonly retry: false; readonly failure: Failure };

/** Decides whether and when the same request is sent again. */
export function decideRetry(question: RetryQuestion): RetryDecision {
	const { verb, failure, sends, isIdempotent, remainingMs } = question;
	const mayExist = verb === 'submit' && failure.task === 'maybe';
	const unclear = mayExist && !isIdempotent;
	if (unclear) return { retry: false, failure: submitUnknown(failure) };
	const { code } = reasons[failure.reason];
	const isTransient = mayPassSoon(verb, failure);
	const delayMs = retryDelayMs(sends, failure.retryAfterMs, question.random);
	// A refusal for speed does not count: a slot may be free only when another task has ended.
	const isQueueing = verb === 'submit' && code === 'rateLimited' && !mayExist;
	const isSpent = sends >= maxSends[verb] && !isQueueing;
	if (!isTransient || isSpent || delayMs >= remainingMs) {
		return { retry: false, failure: mayExist ? submitUnknown(failure) : failure };
	}
	return { retry: true, delayMs };
}

/**
 * Whether the same request may succeed in a moment. For a paid task, an answer that makes nothing certain
 * (a firewall's page, words at HTTP 200) does not predict the next answer. Only a wrong address stays
 * wrong.
 */
function mayPassSoon(verb: VerbName, { reason, task }: Failure): boolean {
	const { again } = reasons[reason];
	if (again === 'soon' || again === 'whenOneOfOursHasEnded') return true;
	const isOfTask = verb === 'submit' || verb === 'getTask';
	return isOfTask && task === 'maybe' && !staySo.has(reason);
}

const staySo: ReadonlySet<Reason> = new Set(['wrongAddress', 'stopped', 'submitUnknown']);

/** The failure of a submit that the vendor may have taken all the same. */
export function submitUnknown(failure: Failure): Failure {
	if (failure.reason === 'submitUnknown') return failure;
	const { hint: _hintOfTheCause, ...cause } = failure;
	const isAddress = failure.reason === 'wrongAddress' || failure.reason === 'unsupported';
	return {
		...cause,
		reason: 'submitUnknown',
		message: `${failure.message}. It is not known whether the task was taken`,
		task: 'maybe',
		...(isAddress
			? { hint: `Check the base URL of the credential. ${reasons.submitUnknown.hint}` }
			: {}),
	};
}

/**
 * The wait before the next send: that of `Retry-After`, else a backoff with full jitter above one second
 * (after the waiters of the AWS SDK): random(min, min·2^(n-1)), capped.
 */
export function retryDelayMs(
	sends: number,
	retryAfterMs: number | undefined,
	random: number,
): number {
	if (retryAfterMs !== undefined) return Math.max(retryAfterMs, firstDelayMs);
	const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(sends, 10));
	return Math.round(firstDelayMs + random * (ceiling - firstDelayMs));
}

export interface SendOptions {
	readonly verb: VerbName;
	readonly clock: Clock;
	/** Nothing is sent after it was aborted. */
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds since the epoch. */
	readonly deadlineMs: number;
	readonly isIdempotent?: boolean;
}

/** Sends one request, and again where the retry table says so. For everything but polls. */
export async function sendWithRetry<Value>(
	send: () => Promise<Outcome<Value>>,
	options: SendOptions,
): Promise<Outcome<Value>> {
	const { clock, signal } = options;
	// The vendor may have taken an earlier send, however the later ones ended.
	let mayExist = false;
	const end = (failure: Failure): Outcome<Value> => {
		if (mayExist) return failed(submitUnknown(failure));
		// Only a submit makes a task, however another request ended.
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
