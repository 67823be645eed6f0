import { testedVendors } from '../vendors';
import type { FaultEntry, FaultName } from './faultTable';
import type { Verb, VendorId } from './types';
import type { SandboxPart, VendorEmulator, World } from './world';

/** The vendors that the sandbox plays: those of the tests' registry. */
export const vendorIds: readonly VendorId[] = testedVendors.map(({ facts }) => facts.id);

const parts = new Map(testedVendors.map(({ facts, sandbox }) => [facts.id, sandbox]));

/** What the sandbox has to know of a vendor before it plays it; throws where it does not play it. */
export function partOf(vendor: VendorId): SandboxPart {
	const part = parts.get(vendor);
	if (part === undefined) throw new Error(`The sandbox does not play ${vendor}`);
	return part;
}

/** The vendor whose folder a path begins with. */
export function vendorIn(folder: string | undefined): VendorId | undefined {
	return vendorIds.find((id) => partOf(id).folder === folder);
}

/** All vendors of one sandbox. */
export function createVendors(world: World): ReadonlyMap<VendorId, VendorEmulator> {
	return new Map(vendorIds.map((id) => [id, partOf(id).create(world)]));
}

/** Says whether a vendor has a verb at all. */
export function vendorHasVerb(vendor: VendorId, verb: Verb): boolean {
	return ['submit', 'getTask', 'download', ...partOf(vendor).verbs].includes(verb);
}

/** The verbs at which a vendor plays a fault that only some vendors have. */
export function verbsOfOwnFault(
	vendor: VendorId,
	fault: FaultName,
	entry: FaultEntry,
): readonly Verb[] {
	const verbs = partOf(vendor).faults[fault];
	return verbs === undefined ? [] : verbs === true ? entry.verbs : verbs;
}
