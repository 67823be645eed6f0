import { apiMall } from './apiMall';
import { apikley } from './apikley';
import { nanoBananaProCloud } from './nanoBananaProCloud';
import { runbase } from './runbase';
import { skillBoss } from './skillBoss';
import type { VendorHarness } from './types';

/** One line for each vendor of the registry; the suite fails where one is missing. */
export const harnesses: readonly VendorHarness[] = [
	skillBoss,
	apikley,
	nanoBananaProCloud,
	apiMall,
	runbase,
];

export function harnessOf(id: string): VendorHarness {
	const harness = harnesses.find((candidate) => candidate.id === id);
	if (harness === undefined) {
		throw new Error(`The vendor "${id}" has no harness under test/contract/harness`);
	}
	return harness;
}
