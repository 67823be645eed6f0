import { RunbaseApi } from '../../../credentials/RunbaseApi.credentials';
import type { TestedVendor } from '../types';
import { client } from './client';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const runbase: TestedVendor = {
	facts,
	credential: new RunbaseApi(),
	harness,
	client,
	sandbox,
	live,
};
