import type { CallbackCapability, ImageVendor } from '../../core/vendor';
import { vendors } from '../../vendors';

export type CallingVendor = ImageVendor & { readonly callback: CallbackCapability };

/** The vendors that tell when a task has ended. */
export const callingVendors: readonly CallingVendor[] = vendors.filter(
	(vendor): vendor is CallingVendor => vendor.callback !== undefined,
);
