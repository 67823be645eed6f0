import type { Failure } from '../core/failure';
import { objectOf } from '../core/tolerant';
import { cleanText } from '../core/text';

/**
 * What n8n itself threw while an item was worked on: an expression that finds no paired item, a file
 * that was removed from its storage. It ends that item alone, so that what others have paid for is kept.
 */
export function unexpectedFailure(thrown: unknown): Failure {
	return {
		reason: 'invalidRequest',
		message: `n8n could not prepare this item: ${cleanText(messageOf(thrown))}`,
		hint: 'Check the expressions of this step, and that the files of the item still exist.',
	};
}

/** Anything can be thrown: also what has no prototype, and what throws when it is looked at. */
export function messageOf(thrown: unknown): string {
	try {
		const message: unknown = objectOf(thrown)?.message;
		return typeof message === 'string' ? message : String(thrown);
	} catch {
		return 'it has thrown something that is not an error';
	}
}
