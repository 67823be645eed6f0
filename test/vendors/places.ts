import { join } from 'node:path';
import type { VendorFacts } from './types';

/** Where a vendor's conversations lie. */
export function fixtureFolder(vendorId: string): string {
	return join(__dirname, vendorId, 'fixtures');
}

/** The page that says where each fact of a vendor is from. */
export function pageOf({ page }: Pick<VendorFacts, 'page'>): string {
	return join(__dirname, '..', '..', page);
}
