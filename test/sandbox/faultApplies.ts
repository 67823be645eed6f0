import { faultEntry, type FaultEntry, type FaultName } from './faultTable';
import type { Verb, VendorId } from './types';

const vendorsByVerb: Partial<Record<Verb, readonly VendorId[]>> = {
	cancel: ['skillBoss'],
	callback: ['skillBoss', 'apikley'],
	upload: ['apikley', 'apiMall'],
	balance: ['apikley', 'apiMall'],
};

/** Says whether a vendor has a verb at all. */
export function vendorHasVerb(vendor: VendorId, verb: Verb): boolean {
	return vendorsByVerb[verb]?.includes(vendor) ?? true;
}

/** Says whether a fault makes sense for a vendor's verb. */
export function faultApplies(fault: FaultName, vendor: VendorId, verb: Verb): boolean {
	const entry = faultEntry(fault);
	if (fault === 'conflict') {
		return verb === (vendor === 'skillBoss' ? 'cancel' : 'submit') && hasVendor(entry, vendor);
	}
	return entry.verbs.includes(verb) && hasVendor(entry, vendor) && vendorHasVerb(vendor, verb);
}

function hasVendor(entry: FaultEntry, vendor: VendorId): boolean {
	return entry.vendors?.includes(vendor) ?? true;
}
