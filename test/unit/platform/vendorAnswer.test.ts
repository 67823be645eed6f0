import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { redactionOf } from '../../../nodes/NanoBanana/core/redaction';
import { openAnswerReader } from '../../../nodes/NanoBanana/platform/vendorAnswer';

const megabyte = 1_000_000;
const never = new AbortController().signal;

interface Progress {
	readMegabytes: number;
}

/** An answer of JSON that is made while it is read, and how far it has been read. */
function answerOf(megabytes: number, progress: Progress = { readMegabytes: 0 }, onRead = () => {}) {
	function* pieces(): Generator<Buffer> {
		yield Buffer.from('{"padding":"');
		for (let each = 0; each < megabytes; each++) {
			progress.readMegabytes = each + 1;
			onRead();
			yield Buffer.alloc(megabyte, 'x');
		}
		yield Buffer.from('","end":true}');
	}
	return { statusCode: 200, headers: {}, body: Readable.from(pieces(), { highWaterMark: 1 }) };
}

it('reads large answers one after the other, whatever number of tasks gets one', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const all = Array.from({ length: 20 }, (): Progress => ({ readMegabytes: 0 }));
	let mostAtOnce = 0;
	const count = (): void => {
		// A stream reads a piece or two ahead.
		const large = all.filter(({ readMegabytes }) => readMegabytes > 4).length;
		mostAtOnce = Math.max(mostAtOnce, large);
	};
	await Promise.all(
		all.map(async (progress) => {
			const { response } = await read(answerOf(6, progress, count), never);
			expect(response.json).toMatchObject({ end: true });
			// It is all there when it is handed on, and may be forgotten then.
			progress.readMegabytes = 0;
		}),
	);
	expect(mostAtOnce).toBe(1);
});

it('does not let a large answer hold up ordinary ones', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const gaveUp = new AbortController();
	const hanging = new Readable({ read: () => undefined });
	hanging.push(Buffer.alloc(2 * megabyte, ' '));
	const large = read({ statusCode: 200, headers: {}, body: hanging }, gaveUp.signal);
	large.catch(() => undefined);
	await wait(20);

	const { response } = await read(
		{ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{"state":"running"}')]) },
		never,
	);
	expect(response.json).toEqual({ state: 'running' });
	gaveUp.abort();
	await expect(large).rejects.toThrow();
});

it('takes an image of 4K in base64, and cuts off what has no end', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	expect((await read(answerOf(36), never)).response.json).toMatchObject({ end: true });

	const progress = { readMegabytes: 0 };
	expect((await read(answerOf(1_000, progress), never)).response.json).toBeUndefined();
	expect(progress.readMegabytes).toBeLessThan(60);
});

it.each([
	['empty objects', '{},'],
	['lists in lists', '[[],[]],'],
	['numbers', '1,'],
	['texts', '"\\\\","\\"",'],
])('does not parse an answer of millions of %s', async (_name, value) => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const text = `{"a":[${value.repeat(Math.ceil((8 * megabyte) / value.length))}0]}`;
	const body = Readable.from([Buffer.from(text)]);
	const { response } = await read({ statusCode: 200, headers: {}, body }, never);
	expect(response.json).toBeUndefined();
});

it('parses a large answer whose texts are full of commas and brackets', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const text = '\\"{[,'.repeat(megabyte);
	const body = Readable.from([Buffer.from(JSON.stringify({ text, id: 'task-1' }))]);
	const { response } = await read({ statusCode: 200, headers: {}, body }, never);
	expect(response.json).toEqual({ text, id: 'task-1' });
});

it('keeps nothing of a large answer in memory but what is shown', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	setFlagsFromString('--expose-gc');
	const collectGarbage = runInNewContext('gc') as () => void;
	const shown: unknown[] = [];
	collectGarbage();
	const before = process.memoryUsage().heapUsed;
	for (let n = 0; n < 3; n++) shown.push((await read(answerOf(30), never)).raw);
	collectGarbage();
	// V8 itself keeps the last text that a pattern was tried on.
	expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * megabyte);
	expect(JSON.stringify(shown)).toContain('xxx…');
});

it('shows the beginning of an answer, of whatever size', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const many = JSON.stringify({
		list: Array.from({ length: 200_000 }, (_entry, n) => ({ n, text: 'x'.repeat(100) })),
		...Object.fromEntries(Array.from({ length: 2_000 }, (_member, n) => [`name${n}`, n])),
	});
	for (const text of [many, `[${many}]`, 'x'.repeat(3_000_000), `"${'y'.repeat(3_000_000)}"`]) {
		const body = Readable.from([Buffer.from(text)]);
		const { raw } = await read({ statusCode: 200, headers: {}, body }, never);
		expect(JSON.stringify(raw).length).toBeLessThan(200_000);
		expect(JSON.stringify(raw)).toContain('…');
	}
});

it('ends when the request is given up, also in the middle', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	for (const first of ['', '{"code":0,', ' '.repeat(1_500_000)]) {
		const body = new Readable({ read: () => undefined });
		body.push(Buffer.from(first));
		const gaveUp = new AbortController();
		const answer = read({ statusCode: 200, headers: {}, body }, gaveUp.signal);
		setImmediate(() => gaveUp.abort());
		await expect(answer).rejects.toMatchObject({ cause: { name: 'AbortError' } });
		expect(body.destroyed).toBe(true);
	}
});

it('counts what came whole before the request was given up', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const body = new Readable({ read: () => undefined });
	body.push(Buffer.from('{"id":"task-1"}'));
	const gaveUp = new AbortController();
	const answer = read({ statusCode: 200, headers: {}, body }, gaveUp.signal);
	setImmediate(() => gaveUp.abort());
	expect((await answer).response.json).toEqual({ id: 'task-1' });
});

it('tells the part of an answer that names a task, also where the request was given up', async () => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const body = new Readable({ read: () => undefined });
	body.push(Buffer.from('{"code":200,"data":{"taskId":"task-1","sta'));
	const gaveUp = new AbortController();
	const answer = read({ statusCode: 200, headers: {}, body }, gaveUp.signal);
	setImmediate(() => gaveUp.abort());
	expect((await answer).response.text).toContain('task-1');
	expect(body.destroyed).toBe(true);
});

it.each([
	['a list', '[{"taskId":"a-1"}]', [{ taskId: 'a-1' }], ''],
	['half an answer that names a task', '{"task_id":"a-1","st', undefined, 'a-1'],
])('counts %s that came before the connection broke', async (_what, text, json, told) => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	const { response } = await read(brokenAfter(text), never);
	expect(response.json).toEqual(json);
	expect(response.text).toContain(told);
});

it.each([
	['', 200],
	['{"code":200,"da', 200],
	['"ok"', 200],
	['{"task_id":"a-1","st', 404],
])('takes %j of an answer %i that broke off for none', async (text, status) => {
	const read = openAnswerReader(redactionOf('a-key-of-the-user'));
	await expect(read(brokenAfter(text, status), never)).rejects.toThrow('broke off');
});

function brokenAfter(text: string, statusCode = 200) {
	const body = new Readable({ read: () => undefined });
	if (text !== '') body.push(Buffer.from(text));
	setImmediate(() => body.destroy(new Error('reset')));
	return { statusCode, headers: {}, body };
}
