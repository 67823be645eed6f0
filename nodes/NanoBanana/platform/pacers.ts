import type { Clock } from '../core/clock';
import { createPacer, type Pacer } from '../core/pacer';
import type { ImageVendor } from '../core/vendor';
import { hashOf } from './orderKeys';

/**
 * One for each key, in all workflows that use it: the vendor counts all their requests together. They are
 * never dropped, since a run may pause for long between two of its requests; each is a few numbers.
 */
const pacers = new Map<string, Pacer>();

/** The pacer of a vendor with a published limit; undefined for one without. */
export async function pacerFor(
	vendor: ImageVendor,
	baseUrl: string,
	apiKey: string,
	clock: Clock,
): Promise<Pacer | undefined> {
	if (vendor.requestLimit === undefined) return undefined;
	// A hash, so that the key itself is not kept beyond the run.
	const name = await hashOf([vendor.id, baseUrl, apiKey]);
	const known = pacers.get(name);
	if (known !== undefined) return known;
	const pacer = createPacer(vendor.requestLimit, clock);
	pacers.set(name, pacer);
	return pacer;
}
