import type { ImageVendor } from '../core/vendor';
import { skillBoss } from './skillBoss';

/** The registry: one import and one entry for each vendor, in the order in which the editor lists them. */
export const vendors: readonly ImageVendor[] = [skillBoss];
