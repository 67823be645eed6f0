import { expect, type Checks } from '../checks';
import { arrange, credentialsFor, runToItsEnd, type MoneyStage } from './moneyStage';
import { expectPicture, expectSuccess, itemsFrom } from './pictures';
import { expectPurchases, promptsOf, tasksFor } from './purchases';
import { imageNode, inARow, itemsOf, makeImages } from './workflows';
import { cancelingVendor } from '../../vendors/roles';

const maxTries = 3;
const retryOnFail = { retryOnFail: true, maxTries, waitBetweenTries: 100 } as const;
const credentialVendor = cancelingVendor;

/** n8n's Retry On Fail runs the node again for all items; only what failed may be bought again. */
export async function checkRetryOnFail(checks: Checks, money: MoneyStage): Promise<void> {
	const { client, sandbox } = money;
	const credentials = credentialsFor(money, credentialVendor);

	await checks.run('money: Retry On Fail buys the good items of three once', async () => {
		arrange(money, { taskDurationMs: 1_000 });
		const prompts = promptsOf('Retry On Fail', 3);
		sandbox.faults.add({
			fault: 'taskFails',
			vendor: credentialVendor,
			times: 2,
			match: { prompt: prompts[1] ?? '' },
		});
		const { execution } = await runToItsEnd(
			money,
			inARow('Retry On Fail', [
				...itemsOf(prompts),
				makeImages(credentialVendor, credentials, {}, retryOnFail),
			]),
		);
		expectSuccess(execution);
		expectPurchases(sandbox, prompts, [1, 3, 1]);
		const items = itemsFrom(execution, imageNode);
		expect(items.length === prompts.length, `${items.length} items came out`);
		for (const [index, item] of items.entries()) {
			const taskId = await expectPicture(client, item);
			const bought = tasksFor(sandbox, prompts[index] ?? '').at(-1)?.id;
			expect(taskId === bought, `item ${index} has the picture of task ${taskId}, not ${bought}`);
		}
	});

	await checks.run('money: a first item that stays bad buys nothing again', async () => {
		arrange(money, { taskDurationMs: 500 });
		const prompts = promptsOf('First item moderated', 3);
		sandbox.faults.add({
			fault: 'taskModerated',
			vendor: credentialVendor,
			match: { prompt: prompts[0] ?? '' },
		});
		const { execution } = await runToItsEnd(
			money,
			inARow('First item moderated', [
				...itemsOf(prompts),
				makeImages(
					credentialVendor,
					credentials,
					{},
					{ ...retryOnFail, onError: 'continueRegularOutput' },
				),
			]),
		);
		expectSuccess(execution);
		expectPurchases(sandbox, prompts, [1, 1, 1]);
		// Each run of the node fetches the good pictures, so their number tells how often it ran.
		const runs = tasksFor(sandbox, prompts[2] ?? '')[0]?.downloads;
		expect(runs === maxTries, `n8n ran the node ${String(runs)} times, not ${maxTries}`);
		const [bad, ...good] = itemsFrom(execution, imageNode);
		expect(JSON.stringify(bad?.json).includes('contentRejected'), 'the bad item has no error');
		for (const item of good) await expectPicture(client, item);
	});
}
