import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { expect } from '../checks';
import { arrange, type MoneyStage } from '../money/moneyStage';
import { until } from '../money/patience';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases, onlyTaskFor, promptsOf } from '../money/purchases';
import { imageNode } from '../money/workflows';
import { endOfParked, parkedWorkflow, startAndPark } from './parkedStage';
import { cancelingVendor } from '../../vendors/roles';

/** Deliveries that are no good news, beside the good ones: all pictures come, once each. */
export async function expectQuietCallbacks(money: MoneyStage): Promise<void> {
	const { client, sandbox } = money;
	arrange(money);
	const prompts = promptsOf('Called in strange ways', 5);
	const faults = [
		'callbackTwice',
		'callbackLate',
		'callbackForged',
		'callbackUnknownTask',
		'callbackGarbage',
	] as const;
	faults.forEach((fault, index) => {
		sandbox.faults.add({ fault, match: { prompt: prompts[index] ?? '' } });
	});
	const input = parkedWorkflow(money, cancelingVendor, prompts);
	const { id } = await startAndPark(money, input);
	const [first] = prompts.map((prompt) => onlyTaskFor(sandbox, prompt));
	const address = new URL(first?.callbackUrl ?? '');
	// Whoever guesses the address of the execution has no signature for it.
	const signature = [...address.searchParams.keys()][0];
	if (signature !== undefined) {
		address.search = '';
		const { statusCode, body } = await send(address, first?.id ?? '');
		await body.dump();
		expect(statusCode === 401, `an unsigned delivery was answered ${statusCode}`);
	}
	const early = () =>
		sandbox.ledger.callbacks.filter(({ forged, url }) => forged && url === first?.callbackUrl);
	await until('the forged calls', () => early().length === 3);
	sandbox.finishTasks();
	const execution = await endOfParked(money, id);
	expectSuccess(execution);
	const items = itemsFrom(execution, imageNode);
	expect(items.length === prompts.length, `${items.length} items came out`);
	for (const item of items) await expectPicture(client, item);
	expectPurchases(sandbox, prompts, []);
	// The late one comes when the execution is over, and so does this one.
	await delay(1_500);
	const late = await send(new URL(first?.callbackUrl ?? ''), first?.id ?? '');
	await late.body.dump();
	expect(late.statusCode === 409, `a delivery after the end was answered ${late.statusCode}`);
	const again = await client.readExecution(id);
	expect(
		again.resultData.runData[imageNode]?.length === 1,
		`the node has run ${again.resultData.runData[imageNode]?.length} times`,
	);
}

async function send(address: URL, taskId: string) {
	return await request(address, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ request_id: taskId, status: 'OK', payload: null, error: null }),
	});
}
