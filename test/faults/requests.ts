import type { RequestRecord } from '../sandbox';
import { arrangementFor } from './arrangements';
import type { Evidence } from './evidence';
import { isUnclearFault } from './money';

/** Timers and clocks of two servers are not the same to the millisecond. */
const toleranceMs = 50;

/** What was sent, and what must not have been sent again. */
export function judgeRequests(evidence: Evidence): readonly string[] {
	const { cell, stage, fault } = evidence;
	const { ledger } = stage.sandbox;
	const ofVerb = ledger.requestsOf(cell.verb, cell.vendor);
	return [
		...(fault.fired > 0 ? [] : ['the fault never struck']),
		...ledger.refusedRequests.map(({ reason }) => `the sandbox refused a request: ${reason}`),
		...repeatedSubmits(ledger.requestsOf('submit', cell.vendor)),
		...(mayBeAskedOnce(evidence) && ofVerb.length > 1
			? [`${cell.verb} was asked ${ofVerb.length} times`]
			: []),
		// A further run of the node knows nothing of what the vendor wished in the one before.
		// And a time limit that ends in the meantime is not put off for it.
		...(cell.isRetried || cell.expectation.outcomes.includes('timeout')
			? []
			: hastyRequests(ofVerb, cell.fault, arrangementFor(cell.fault).pauseMs)),
	];
}

function mayBeAskedOnce({ cell }: Evidence): boolean {
	const { isAskedOnce, afterRetry } = cell.expectation;
	return isAskedOnce && (!cell.isRetried || afterRetry === 'failure');
}

/** After an unclear submit only the same one goes out again, known by its idempotency key. */
function repeatedSubmits(submits: readonly RequestRecord[]): readonly string[] {
	return submits.flatMap(({ fault, headers }, position) => {
		const next = submits[position + 1];
		if (next === undefined || !isUnclearFault(fault)) return [];
		const key = headers['idempotency-key'];
		if (key !== undefined && next.headers['idempotency-key'] === key) return [];
		return ['a submit went out after one that the vendor may have taken'];
	});
}

function hastyRequests(
	requests: readonly RequestRecord[],
	fault: string,
	pauseMs: number | undefined,
): readonly string[] {
	if (pauseMs === undefined) return [];
	return requests.flatMap((request, position) => {
		const next = requests[position + 1];
		if (request.fault !== fault || next === undefined) return [];
		const pause = next.at - (request.answeredAt ?? request.at);
		return pause >= pauseMs - toleranceMs
			? []
			: [`asked again after ${pause} ms although the vendor wanted ${pauseMs}`];
	});
}
