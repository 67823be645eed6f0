import type { ImageVendor } from '../../../nodes/NanoBanana/core/vendor';
import * as shipped from '../../../nodes/NanoBanana/vendors';
import { example } from './vendor';

/** The package's registry with the example behind it: what the contract and the engine suites load. */
export const vendors: readonly ImageVendor[] = [...shipped.vendors, example];

export const callingVendors = vendors.filter(
	(vendor): vendor is shipped.CallingVendor => vendor.callback !== undefined,
);
