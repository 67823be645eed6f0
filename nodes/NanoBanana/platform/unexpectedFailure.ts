import type { Failure } from '../core/failure';
import { cleanText } from '../core/vendorText';

/**
 * What n8n itself threw while an item was worked on: an expression that finds no paired item, a file
 * that was removed from its storage. It ends that item alone, so that what others have paid for is kept.
 */
export function unexpectedFailure(thrown: unknown): Failure {
	const text = thrown instanceof Error ? thrown.message : String(thrown);
	return {
		reason: 'invalidRequest',
		message: `n8n could not prepare this item: ${cleanText(text)}`,
		hint: 'Check the expressions of this step, and that the files of the item still exist.',
	};
}
