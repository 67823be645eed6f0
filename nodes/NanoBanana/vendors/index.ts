import type { CallbackCapability, ImageVendor } from '../core/vendor';
import { apiMall } from './apiMall';
import { apikley } from './apikley';
import { nanoBananaProCloud } from './nanoBananaProCloud';
import { runbase } from './runbase';
import { skillBoss } from './skillBoss';

/** The registry: one import and one entry for each vendor, the default one first. */
export const vendors: readonly ImageVendor[] = [
	nanoBananaProCloud,
	skillBoss,
	apikley,
	apiMall,
	runbase,
];

export type CallingVendor = ImageVendor & { readonly callback: CallbackCapability };

/** The vendors with callbacks. */
export const callingVendors: readonly CallingVendor[] = vendors.filter(
	(vendor): vendor is CallingVendor => vendor.callback !== undefined,
);
