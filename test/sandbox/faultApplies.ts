import { faultEntry, type FaultName } from './faultTable';
import type { Verb, VendorId } from './types';
import { vendorHasVerb, verbsOfOwnFault } from './vendors';

export { vendorHasVerb };

/** Says whether a fault makes sense for a vendor's verb. */
export function faultApplies(fault: FaultName, vendor: VendorId, verb: Verb): boolean {
	const entry = faultEntry(fault);
	const verbs = entry.some === true ? verbsOfOwnFault(vendor, fault, entry) : entry.verbs;
	return verbs.includes(verb) && vendorHasVerb(vendor, verb);
}
