import { postJson } from '../../sandbox/callbackClient';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';
import { until } from '../money/patience';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { startChatService } from './chatService';
import { addCredential, importExample, type ExampleStage } from './exampleStage';
import { executionOf, nodeOf, runToEnd } from './executions';

/** The upper half orders and ends; the vendor's call starts the lower half, which posts the picture. */
export async function checkTriggerExample(example: ExampleStage): Promise<void> {
	const { client, sandbox, server } = example;
	const chat = await startChatService();
	await addCredential(example, {
		name: 'Telegram account',
		type: 'telegramApi',
		data: { accessToken: '1234:bot-token', baseUrl: chat.url },
	});
	const workflow = await importExample(example, 'trigger.json', {
		'https://n8n.example.com': server.url,
	});
	await client.activateWorkflow(workflow);
	const webhookId = String(nodeOf(workflow, 'Image is ready')['webhookId']);
	const address = `${server.url}/webhook/${webhookId}/nano-banana`;
	await until('the trigger', async () => (await postJson(address, {})).status === 200);

	const ordering = await runToEnd(client, workflow, 'Start');
	expectSuccess(ordering);
	const ordered = itemsFrom(ordering, 'Order')[0]?.json;
	expect(ordered !== undefined && !('url' in ordered), 'the order waited for its image');
	const started = await executionOf(client, workflow, [ordering.id]);
	expectSuccess(started);
	const taskId = await expectPicture(client, itemsFrom(started, 'Image is ready')[0]);
	expect(taskId === ordered['taskId'], `the trigger was started by task ${taskId}`);
	const [photo] = chat.photos;
	expect(photo !== undefined && chat.photos.length === 1, `${chat.photos.length} photos came`);
	expect(photo.caption.includes(taskId), `its caption is "${photo.caption}"`);
	await readPicture(photo.bytes);
	expect(sandbox.ledger.tasks.length === 1, `${sandbox.ledger.tasks.length} tasks`);
	expect(sandbox.ledger.charges.length === 1, `${sandbox.ledger.charges.length} charges`);
}
