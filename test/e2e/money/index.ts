import type { Sandbox } from '../../sandbox';
import type { Stage } from '../../server/stage';
import type { Checks } from '../checks';
import { checkCrash } from './crash';
import { checkErrorOutput } from './errorOutput';
import { openMoneyStage } from './moneyStage';
import { checkRetryExecution } from './retryExecution';
import { checkRetryOnFail } from './retryOnFail';
import { scanForKeys } from './scan';
import { checkStop } from './stop';

/**
 * Nothing paid is lost and nothing is paid twice, driven through a real n8n's own interface. It is
 * killed and started again on the way; the scan at the end covers all that this n8n did before too.
 */
export async function checkMoney(checks: Checks, stage: Stage, sandbox: Sandbox): Promise<void> {
	const money = await openMoneyStage(stage);
	await checkRetryOnFail(checks, money);
	await checkErrorOutput(checks, money);
	await checkStop(checks, money);
	await checkRetryExecution(checks, money);
	await checkCrash(checks, money);
	await scanForKeys(checks, money, 'money', [money.sandbox, sandbox]);
	await money.sandbox.close();
}
