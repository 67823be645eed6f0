import { ClientRequest } from 'node:http';

/**
 * In seconds. On the scaled clock, a poll takes longer than the second before it; the first one has to come
 * while what a fault hides for a while is still hidden (`arrangements.ts`).
 */
export const pollInterval = 1;

/** What the node gives a whole transfer: two minutes. */
const transferMs = 120_000;
const shortTransferMs = 10_000;

/** What it gives an answer is half a minute, or a whole one. */
const longestAnswerMs = 10_000;

/**
 * Makes those things shorter that would take the matrix many minutes: the jitter of the retries stays
 * near its lower end, a silent server is given up sooner, and so is a download without an end. All else
 * takes its real time.
 */
export function shortenPatience(): void {
	const random = Math.random.bind(Math);
	Math.random = () => random() * 0.1;

	const timeout = AbortSignal.timeout.bind(AbortSignal);
	AbortSignal.timeout = (milliseconds) =>
		timeout(milliseconds >= transferMs ? shortTransferMs : Math.min(milliseconds, longestAnswerMs));

	const { prototype } = ClientRequest;
	const setTimeoutOf = Object.getOwnPropertyDescriptor(prototype, 'setTimeout')?.value as (
		this: ClientRequest,
		milliseconds: number,
		callback?: () => void,
	) => ClientRequest;
	prototype.setTimeout = function (milliseconds, callback) {
		return setTimeoutOf.call(this, Math.min(milliseconds, longestAnswerMs), callback);
	};
}
