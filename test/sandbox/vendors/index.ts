import type { VendorId } from '../types';
import type { VendorEmulator, World } from '../world';
import { createApikley } from './apikley';
import { createApiMall } from './apiMall';
import { createNanoBananaProCloud } from './nanoBananaProCloud';
import { createRunbase } from './runbase';
import { createSkillBoss } from './skillBoss';

/** All five vendors of one sandbox. */
export function createVendors(world: World): Record<VendorId, VendorEmulator> {
	return {
		skillBoss: createSkillBoss(world),
		apikley: createApikley(world),
		nanoBananaProCloud: createNanoBananaProCloud(world),
		apiMall: createApiMall(world),
		runbase: createRunbase(world),
	};
}
