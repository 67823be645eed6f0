import { startSandbox, type Sandbox } from '../../sandbox';
import { finishedTask, send, submit, valueAt } from '../../sandbox/client';
import { FormData } from 'undici';
import { startCallbackReceiver } from '../../sandbox/callbackReceiver';
import { renderFlatPicture } from '../../sandbox/pictures';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

it('takes an upload as multipart and says what is left', async () => {
	const picture = renderFlatPicture({ width: 64, height: 64 }, 'jpeg');
	const form = new FormData();
	form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), 'ref.jpg');
	form.append('uploadPath', 'images');
	const url = `${sandbox.baseUrl('apikley')}/file-upload/api/file-stream-upload`;
	const answer = await send(url, { form });
	expect(answer.json).toMatchObject({ success: true, code: 200 });
	const file = await send(answer.text('data.downloadUrl'), { key: null });
	expect(file.bytes.equals(picture)).toBe(true);
	expect(sandbox.ledger.uploads).toMatchObject([{ vendor: 'apikley', how: 'multipart' }]);

	await submit(sandbox, 'apikley');
	const credit = await send(`${sandbox.baseUrl('apikley')}/api/v1/chat/credit`);
	expect(credit.json).toEqual({ code: 200, msg: 'success', data: 99_995.5 });
});

it('calls back in the shape of its record', async () => {
	const receiver = await startCallbackReceiver();
	const { url: callbackUrl, received, arrival } = receiver;
	sandbox.faults.add({ vendor: 'apikley', fault: 'taskFails', match: { prompt: /^bad/ } });
	const good = await finishedTask(sandbox, 'apikley', 'good', { callbackUrl });
	await arrival(1);
	const bad = await finishedTask(sandbox, 'apikley', 'bad', { callbackUrl });
	await arrival(2);
	expect(received).toMatchObject([
		{ code: 200, data: { taskId: good, state: 'success' } },
		{ code: 501, data: { taskId: bad, state: 'fail', failCode: '501' } },
	]);
	expect(valueAt(received[0], 'data.resultJson')).toMatch(/^\{"resultUrls":\["http[^,]+"\]\}$/);
	receiver.close();
});

it('can call back before the create is answered', async () => {
	const receiver = await startCallbackReceiver();
	sandbox.faults.add({ vendor: 'apikley', fault: 'callbackBeforeAnswer' });
	await submit(sandbox, 'apikley', 'early', { callbackUrl: receiver.url });
	expect(receiver.received).toHaveLength(1);
	receiver.close();
});
