import { costSentence } from '../core/costSentence';
import type { NodeContext } from '../platform/nodeContext';
import type { ItemResult } from '../platform/results';

/** Sums up above the output what the run has cost. The answer to a callback has no place for it. */
export function showCosts(context: NodeContext, results: readonly ItemResult[]): void {
	if (!('addExecutionHints' in context)) return;
	const message = costSentence(
		results.flatMap((item) =>
			'failure' in item
				? [item.failure]
				: item.results.map((result) => (result.ok ? result.task : result.failure)),
		),
	);
	if (message === undefined) return;
	context.addExecutionHints({ message, type: 'info', location: 'outputPane' });
}
