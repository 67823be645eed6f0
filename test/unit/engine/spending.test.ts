import { foundOrder, type Order } from '../../../nodes/NanoBanana/core/order';
import { limitSpending } from '../../../nodes/NanoBanana/engine/spending';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import { VirtualClock } from '../core/virtualClock';

const [vendor] = vendors;
const maxCost = 10;

function order(itemIndex: number, state: Order['state']): Order {
	const settings = {
		binaryField: 'data',
		output: 'itemPerImage',
		download: true,
		timeoutMs: 60_000,
		pollIntervalMs: 0,
		simplify: true,
		includeInputFields: false,
		completion: 'wait',
	} as const;
	return { ...foundOrder(vendor!.id, `task-${itemIndex}`, itemIndex, settings), state };
}

it('keeps the room of a submit that an earlier try left unclear, whatever becomes of it now', async () => {
	const unclear = order(0, {
		is: 'unclear',
		failure: { reason: 'submitUnknown', message: 'The connection broke off', task: 'maybe' },
		sentAtMs: 0,
		idempotencyKey: 'one',
		reserved: maxCost,
	});
	const next = order(1, { is: 'planned' });
	const run = { vendor: vendor!, signal: new AbortController().signal, clock: new VirtualClock() };
	const spending = limitSpending(run, [unclear, next], maxCost);

	expect(await spending(unclear).reserve()).toBeUndefined();
	spending(unclear).giveUp();

	expect(await spending(next).reserve()).toMatchObject({ reason: 'spendingLimit' });
});
