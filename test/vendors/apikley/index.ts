import { ApikleyApi } from '../../../credentials/ApikleyApi.credentials';
import type { TestedVendor } from '../types';
import { client } from './client';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const apikley: TestedVendor = {
	facts,
	credential: new ApikleyApi(),
	harness,
	client,
	sandbox,
	live,
};
