import type { Order } from '../core/order';
import type { Run } from './run';

/** Whether an order that an earlier try of this execution has begun may be sent once more. */

/** Vendors forget idempotency keys in time. A key may safely be used again for this long. */
export const idempotencyKeyLifeMs = 24 * 60 * 60 * 1000;

/**
 * Whether an unclear submit may be sent again: only under its idempotency key, only to the same account, and
 * only while the vendor remembers the key.
 */
export async function isSafeAgain(run: Run, order: Order): Promise<boolean> {
	const { state } = order;
	return (
		state.is === 'unclear' &&
		state.request !== undefined &&
		run.vendor.submitIsIdempotent &&
		!isElsewhere(run, order) &&
		Math.abs(run.clock.now() - state.sentAtMs) < idempotencyKeyLifeMs &&
		state.keyMark === (await run.client.markOfKey(state.idempotencyKey))
	);
}

/** Whether the credential leads to another host than the one that has the order. */
export function isElsewhere({ client }: Pick<Run, 'client'>, { origin }: Order): boolean {
	return origin !== undefined && origin !== new URL(client.baseUrl).origin;
}

const knownBefore =
	'(this failure is from an earlier try of this execution; the node did not send the request again, but a new execution sends it)';

/** Repeats the failure of an order that must not be sent again. */
export function refuseAgain(order: Order): void {
	const { state } = order;
	if (state.is !== 'failed' && state.is !== 'unclear') return;
	const { failure } = state;
	if (failure.message.includes(knownBefore)) return;
	const message = `${failure.message} ${knownBefore}`;
	order.state = { ...state, failure: { ...failure, message } };
}
