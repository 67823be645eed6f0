import { testedVendors } from '../vendors';
import type { LiveVendor } from './types';

/** The vendors that can be checked. */
export const liveVendors: readonly LiveVendor[] = testedVendors.map(
	({ facts, credential, live }) => ({ id: facts.id, credential, ...live }),
);
