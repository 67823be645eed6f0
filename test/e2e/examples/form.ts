import { createCanvas } from '@napi-rs/canvas';
import { fetch, FormData } from 'undici';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';
import { until } from '../money/patience';
import { expectSuccess, itemsFrom, expectPicture } from '../money/pictures';
import { startChatService } from './chatService';
import { addCredential, importExample, type ExampleStage } from './exampleStage';
import { executionOf, nodeOf } from './executions';

const wish = 'Put it on a walnut table in morning light';
const botToken = '1234:bot-token';

/** Somebody fills in the form, and the edited photo is in the chat. */
export async function checkForm(example: ExampleStage): Promise<void> {
	const { client, sandbox, server } = example;
	const chat = await startChatService();
	await addCredential(example, {
		name: 'Telegram account',
		type: 'telegramApi',
		data: { accessToken: botToken, baseUrl: chat.url },
	});
	const workflow = await importExample(example, 'form.json');
	await client.activateWorkflow(workflow);
	const address = `${server.url}/form/${String(nodeOf(workflow, 'Photo form')['webhookId'])}`;
	await until('the form', async () => {
		const page = await fetch(address);
		return page.ok && (await page.text()).includes('What to change');
	});

	const photo = await drawPhoto();
	const filled = new FormData();
	filled.set('field-0', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'lamp.png');
	filled.set('field-1', wish);
	const sent = await fetch(address, { method: 'POST', body: filled });
	expect(sent.ok, `the form was answered ${sent.status}`);
	const execution = await executionOf(client, workflow);
	expectSuccess(execution);
	await expectPicture(client, itemsFrom(execution, 'Edit the photo')[0]);

	const [posted, ...others] = chat.photos;
	expect(posted !== undefined && others.length === 0, `${chat.photos.length} photos came`);
	expect(posted.path === `/bot${botToken}/sendPhoto`, `it came to ${posted.path}`);
	expect(posted.caption === wish, `its caption is "${posted.caption}"`);
	await readPicture(posted.bytes);
	const [task, ...more] = sandbox.ledger.tasks;
	expect(task !== undefined && more.length === 0, `${sandbox.ledger.tasks.length} tasks`);
	expect(task.prompt.startsWith(wish), `its prompt is "${task.prompt}"`);
	expect(task.references.length === 1, `${task.references.length} references went along`);
	expect(task.references[0]?.bytes === photo.length, 'the photo arrived in another size');
	expect(sandbox.ledger.charges.length === 1, `${sandbox.ledger.charges.length} charges`);
}

async function drawPhoto(): Promise<Buffer> {
	const canvas = createCanvas(480, 320);
	const context = canvas.getContext('2d');
	context.fillStyle = '#dfe6ee';
	context.fillRect(0, 0, 480, 320);
	context.fillStyle = '#b5482a';
	context.fillRect(190, 90, 100, 170);
	return await canvas.encode('png');
}
