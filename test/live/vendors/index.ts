import type { LiveVendor } from '../types';
import { apiMall } from './apiMall';
import { apikley } from './apikley';
import { nanoBananaProCloud } from './nanoBananaProCloud';
import { runbase } from './runbase';
import { skillBoss } from './skillBoss';

/** What the check knows of each vendor: one line for each of the registry. */
export const liveVendors: readonly LiveVendor[] = [
	skillBoss,
	apikley,
	nanoBananaProCloud,
	apiMall,
	runbase,
];
