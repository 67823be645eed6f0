import type { INodeExecutionData } from 'n8n-workflow';

import { failed, type Outcome } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import type { Balance } from '../../core/vendor';
import { simplify } from '../../descriptions/parameters';
import { clock } from '../../platform/clock';
import { toErrorItem } from '../../platform/nodeErrors';
import { openVendorClient } from '../../platform/vendorClient';
import type { Operation } from '../operation';
import { startRun, type Run } from '../runItems';

const balanceTimeoutMs = 30_000;

/** What is left on the account, in the vendor's own unit. */
export const getBalance: Operation = {
	resource: 'account',
	operation: 'getBalance',
	name: 'Get Balance',
	action: 'Get account balance',
	description: 'Retrieve how much is left on the account at the vendor',
	isOfferedBy: (vendor) => vendor.getBalance !== undefined,
	properties: [simplify],
	async execute(context, vendor) {
		const run = startRun(context, vendor);
		const items: INodeExecutionData[] = [];
		const inputs = context.getInputData();
		// One account, one answer: items of a batch do not each ask for it.
		const { outcome, raw } = await ask(run);
		for (let itemIndex = 0; itemIndex < inputs.length; itemIndex++) {
			if (!outcome.ok) {
				run.onFailure(outcome.failure, itemIndex);
				run.throwIfFailed();
				items.push(toErrorItem(context, outcome.failure, itemIndex, vendor, inputs[itemIndex]));
				continue;
			}
			const isSimple = context.getNodeParameter('simplify', itemIndex, true) !== false;
			const { amount, unit, others } = outcome.value;
			items.push({
				json: {
					vendor: vendor.id,
					balance: { amount, unit, ...others },
					...(isSimple ? {} : { raw: raw as INodeExecutionData['json'] }),
				},
				pairedItem: { item: itemIndex },
			});
		}
		return items;
	},
};

async function ask(
	run: Run,
): Promise<{ readonly outcome: Outcome<Balance>; readonly raw?: unknown }> {
	const opened = await openVendorClient(run.context, run.vendor);
	if (!opened.ok) return { outcome: opened };
	const { getBalance: balanceOf } = run.vendor;
	if (balanceOf === undefined) {
		const message = `${run.vendor.displayName} does not tell the balance`;
		return { outcome: failed({ reason: 'unsupported', message }) };
	}
	let raw: unknown;
	const outcome = await sendWithRetry(
		async () => {
			const answer = await opened.value.call(balanceOf());
			raw = answer.raw;
			return answer.outcome;
		},
		{
			verb: 'getBalance',
			clock,
			signal: run.signal,
			deadlineMs: clock.now() + balanceTimeoutMs,
		},
	);
	return { outcome, raw };
}
