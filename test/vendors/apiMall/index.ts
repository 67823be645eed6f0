import { ApiMallApi } from '../../../credentials/ApiMallApi.credentials';
import type { TestedVendor } from '../types';
import { client } from './client';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const apiMall: TestedVendor = {
	facts,
	credential: new ApiMallApi(),
	harness,
	client,
	sandbox,
	live,
};
