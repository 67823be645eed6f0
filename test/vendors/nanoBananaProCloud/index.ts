import { NanoBananaProCloudApi } from '../../../credentials/NanoBananaProCloudApi.credentials';
import type { TestedVendor } from '../types';
import { client } from './client';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const nanoBananaProCloud: TestedVendor = {
	facts,
	credential: new NanoBananaProCloudApi(),
	harness,
	client,
	sandbox,
	live,
};
