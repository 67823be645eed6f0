import type { INodeExecutionData } from 'n8n-workflow';

import { failed, type Outcome } from '../core/failure';
import { sendWithRetry } from '../core/retryPolicy';
import type { Balance } from '../core/vendor';
import { openRun, type Run } from '../engine/run';
import { shortOptions } from '../panel/collections';
import { toErrorItem } from '../platform/nodeErrors';
import { readOptions } from '../platform/parameters';
import type { Operation } from './operation';

const balanceTimeoutMs = 30_000;

/** The balance of the account, in the vendor's own unit. */
export const getBalance: Operation = {
	resource: 'account',
	operation: 'getBalance',
	name: 'Get Balance',
	action: 'Get account balance',
	description: 'Retrieve the balance of the account at the vendor',
	isOfferedBy: (vendor) => vendor.getBalance !== undefined,
	properties: [shortOptions],
	async execute(context, vendor) {
		const run = await openRun(context, vendor, 'getBalance');
		// All items share one account, so one request serves them all.
		const { outcome, raw } = await ask(run);
		return context.getInputData().map((input, itemIndex): INodeExecutionData => {
			if (!outcome.ok) {
				run.failItem(itemIndex, outcome.failure);
				run.throwIfFailed();
				return toErrorItem(context, outcome.failure, itemIndex, vendor, input);
			}
			const isSimple = readOptions(context, itemIndex).simplify !== false;
			const { amount, unit, others } = outcome.value;
			return {
				json: {
					vendor: vendor.id,
					balance: { amount, unit, ...others },
					...(isSimple ? {} : { raw: raw as INodeExecutionData['json'] }),
				},
				pairedItem: { item: itemIndex },
			};
		});
	},
};

async function ask({
	vendor,
	client,
	clock,
	signal,
}: Run): Promise<{ readonly outcome: Outcome<Balance>; readonly raw?: unknown }> {
	const { getBalance: exchangeOf } = vendor;
	if (exchangeOf === undefined) {
		const message = `${vendor.displayName} does not report the balance`;
		return { outcome: failed({ reason: 'unsupported', message }) };
	}
	let raw: unknown;
	const deadlineMs = clock.now() + balanceTimeoutMs;
	const outcome = await sendWithRetry(
		async () => {
			const answer = await client.call(exchangeOf(), { deadlineMs });
			({ raw } = answer);
			return answer.outcome;
		},
		{ verb: 'getBalance', clock, signal, deadlineMs },
	);
	return { outcome, raw };
}
