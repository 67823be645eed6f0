import { vendors } from '../../nodes/NanoBanana/vendors';
import { apiMall } from './apiMall';
import { apikley } from './apikley';
import { nanoBananaProCloud } from './nanoBananaProCloud';
import { example } from './example';
import { runbase } from './runbase';
import { skillBoss } from './skillBoss';
import type { TestedVendor } from './types';

/** One import and one entry for each vendor. */
const known: readonly TestedVendor[] = [
	skillBoss,
	apikley,
	nanoBananaProCloud,
	apiMall,
	runbase,
	example,
];

/** What the tests need of each vendor of the package's registry, in its order. */
export const testedVendors: readonly TestedVendor[] = vendors.map(({ id }) => {
	const tested = known.find(({ facts }) => facts.id === id);
	if (tested === undefined) throw new Error(`The vendor "${id}" has no folder in test/vendors`);
	return tested;
});

/** What the tests need of one vendor. */
export function testedVendor(id: string): TestedVendor {
	const tested = testedVendors.find(({ facts }) => facts.id === id);
	if (tested === undefined) throw new Error(`No vendor "${id}"`);
	return tested;
}
