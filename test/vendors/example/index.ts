import type { TestedVendor } from '../types';
import { client } from './client';
import { ExampleApi } from './ExampleApi.credentials';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const example: TestedVendor = {
	facts,
	credential: new ExampleApi(),
	harness,
	client,
	sandbox,
	live,
};
