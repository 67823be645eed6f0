import { SkillBossApi } from '../../../credentials/SkillBossApi.credentials';
import type { TestedVendor } from '../types';
import { client } from './client';
import { facts } from './facts';
import { harness } from './harness';
import { live } from './live';
import { sandbox } from './sandbox';

export const skillBoss: TestedVendor = {
	facts,
	credential: new SkillBossApi(),
	harness,
	client,
	sandbox,
	live,
};
