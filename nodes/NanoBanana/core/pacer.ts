import { isAborted, type Clock } from './clock';

/**
 * Keeps a vendor's published limit over all requests of one key. A place is free again one period after
 * the answer to the request that took it: the vendor has counted that request at some moment before its
 * answer, so no stretch of one period ever sees more of ours than the limit, whatever the network does.
 */
export interface Pacer {
	/**
	 * Waits for a place. The most urgent request goes first; its urgency is read anew whenever a place is
	 * free. Returns a function to call after the request, or undefined if the signal was aborted, or the
	 * time came, before its turn.
	 *
	 * @param untilMs by the pacer's clock
	 */
	take(
		urgency: () => number,
		signal: AbortSignal | undefined,
		untilMs?: number,
	): Promise<(() => void) | undefined>;
}

export interface RequestLimit {
	readonly requests: number;
	readonly perMs: number;
}

interface Waiting {
	readonly urgency: () => number;
	readonly signal: AbortSignal | undefined;
	readonly untilMs: number;
	readonly begin: (isTurn: boolean) => void;
}

/** The urgency of submits and of the requests that they need: all others wait for them. */
export const mostUrgent = (): number => Number.POSITIVE_INFINITY;

/** Short, so that an aborted request ends soon and one that became urgent is noticed. */
const longestNapMs = 250;

export function createPacer(limit: RequestLimit, clock: Clock): Pacer {
	let underWay = 0;
	let answeredAtMs: number[] = [];
	let waiting: Waiting[] = [];
	let isServing = false;

	const forgetOld = (): void => {
		const now = clock.now();
		answeredAtMs = answeredAtMs.filter((atMs) => now - atMs < limit.perMs);
	};
	const freePlaces = (): number => {
		forgetOld();
		return limit.requests - underWay - answeredAtMs.length;
	};
	const letGoWhoGaveUp = (): void => {
		const now = clock.now();
		const gaveUp = waiting.filter(({ signal, untilMs }) => isAborted(signal) || now >= untilMs);
		waiting = waiting.filter((each) => !gaveUp.includes(each));
		for (const { begin } of gaveUp) begin(false);
	};
	const letMostUrgentGo = (): void => {
		let most: Waiting | undefined;
		let greatest = Number.NEGATIVE_INFINITY;
		for (const candidate of waiting) {
			const urgency = candidate.urgency();
			// Among equals, the first has waited longest.
			if (most !== undefined && urgency <= greatest) continue;
			most = candidate;
			greatest = urgency;
		}
		if (most === undefined) return;
		waiting.splice(waiting.indexOf(most), 1);
		underWay++;
		most.begin(true);
	};
	/** One loop serves all waiting requests, and ends when none waits. */
	const serve = async (): Promise<void> => {
		if (isServing) return;
		isServing = true;
		for (;;) {
			letGoWhoGaveUp();
			while (waiting.length > 0 && freePlaces() > 0) letMostUrgentGo();
			if (waiting.length === 0) break;
			const [oldest] = answeredAtMs;
			const untilFreeMs = oldest === undefined ? longestNapMs : oldest + limit.perMs - clock.now();
			await clock.sleep(Math.max(1, Math.min(longestNapMs, untilFreeMs)));
		}
		isServing = false;
	};

	return {
		async take(urgency, signal, untilMs = Infinity) {
			const isTurn = await new Promise<boolean>((begin) => {
				waiting.push({ urgency, signal, untilMs, begin });
				void serve();
			});
			if (!isTurn) return undefined;
			return () => {
				underWay--;
				answeredAtMs.push(clock.now());
			};
		},
	};
}
