import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startRelay, type Relay, type RelayedAnswer } from './harness/relay';
import { runWorkflow, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { startTriggerEndpoint } from './harness/triggerEndpoint';
import { postDelivery, submitTask } from '../sandbox/callbackClient';
import { until } from './harness/until';
import {
	callingCases,
	credentialFor,
	imageParameters,
	taskParameters,
	vendorCases,
} from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;

afterEach(async () => {
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

async function runThrough(
	id: VendorId,
	bend: (answer: RelayedAnswer, count: number) => RelayedAnswer,
	options: Omit<RunOptions, 'credentials'>,
) {
	relay = await startRelay(sandbox, (answer, { count }) => bend(answer, count));
	return await runWorkflow({
		...options,
		credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
	});
}

/** The answer with these result URLs in the place of its own, wherever the vendor puts them. */
function withUrls(answer: RelayedAnswer, urls: readonly string[]): RelayedAnswer {
	const isUrl = (value: unknown): boolean => typeof value === 'string' && /^https?:/.test(value);
	const bent = (value: unknown): unknown => {
		if (isUrl(value)) return urls[0];
		if (typeof value === 'string' && value.startsWith('{')) {
			return JSON.stringify(bent(JSON.parse(value)));
		}
		if (typeof value !== 'object' || value === null) return value;
		if (!Array.isArray(value)) {
			return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bent(each)]));
		}
		if (value.some(isUrl)) return urls;
		const isList = value.some((entry: { url?: unknown } | null) => isUrl(entry?.url));
		return isList ? urls.map((url) => ({ url })) : value.map(bent);
	};
	return { ...answer, text: JSON.stringify(bent(JSON.parse(answer.text))) };
}

const hostileUrls = [
	'javascript:alert(1)',
	'file:///etc/passwd',
	'http://169.254.169.254/latest/meta-data/',
	'http://[::ffff:a9fe:a9fe]/latest/',
	'http://168.63.129.16/machine',
	'http://2852039166/latest/',
	'ftp://files.example/1.png',
	'http://me:secret@files.example/1.png',
	'data:text/html,<script>alert(1)</script>',
];

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	const someUrls = id === vendorCases[0]?.id ? hostileUrls : hostileUrls.slice(0, 3);
	it.each(someUrls)('hands on no such address, whoever asks: %s', async (url) => {
		const bend = (answer: RelayedAnswer) => withUrls(answer, [url]);
		const onError = 'continueErrorOutput';
		const ordered = await runThrough(id, bend, {
			parameters: imageParameters(id, 'generate', { options: { download: false } }),
			onError,
		});
		const { taskId } = errorOf(ordered.errorItems[0]) ?? {};
		expect(errorOf(ordered.errorItems[0])).toMatchObject({
			code: 'downloadFailed',
			resumable: true,
			retryElsewhere: false,
		});
		await relay?.close();
		for (const parameters of [
			taskParameters(id, 'wait', { taskId: taskId ?? '', options: { download: false } }),
			taskParameters(id, 'wait', { taskId: taskId ?? '' }),
		]) {
			const { items, errorItems } = await runThrough(id, bend, { parameters, onError });
			await relay?.close();
			expect(items).toEqual([]);
			expect(errorOf(errorItems[0])).toMatchObject({ code: 'downloadFailed', resumable: true });
			expect(JSON.stringify(errorItems)).not.toContain(url.slice(0, 16));
		}
		const got = await runThrough(id, bend, {
			parameters: taskParameters(id, 'get', { taskId: taskId ?? '' }),
			onError,
		});
		expect(got.items[0]?.json).toMatchObject({ state: 'succeeded' });
		expect(JSON.stringify(got.items)).toMatch(
			/did not deliver the image: (its https? URL leads|its URL is not a plain)/,
		);
		expect(JSON.stringify([ordered.errorItems, got.items])).not.toContain(url.slice(0, 16));
	});

	it('believes twelve images at most, whoever asks', async () => {
		const urls = Array.from({ length: 20_000 }, (_url, n) => `http://127.0.0.1:9/${n}.png`);
		const bend = (answer: RelayedAnswer) => withUrls(answer, urls);
		const ordered = await runThrough(id, bend, {
			parameters: imageParameters(id, 'generate', { options: { download: false } }),
		});
		const taskId = sandbox.ledger.tasks[0]?.id ?? '';
		await relay?.close();
		const got = await runThrough(id, bend, { parameters: taskParameters(id, 'get', { taskId }) });

		for (const { items } of [ordered, got]) {
			expect(items.length).toBeGreaterThanOrEqual(1);
			expect(items.length).toBeLessThanOrEqual(12);
		}
	});

	it('asks for the parsed URL, and hands that on', async () => {
		const bend = (answer: RelayedAnswer) =>
			withUrls(answer, [`HTTP://LOCALHOST:${new URL(sandbox.filesUrl).port}/./x y/../A B.png`]);
		const { items } = await runThrough(id, bend, {
			parameters: imageParameters(id, 'generate', { options: { download: false } }),
		});

		expect(JSON.stringify(items[0]?.json)).toContain(`${sandbox.filesUrl}/A%20B.png`);
	});

	it('keeps what it shows of an endless answer short, and takes the picture all the same', async () => {
		const filling = JSON.stringify({
			text: 'x'.repeat(4_000_000),
			list: Array.from({ length: 200_000 }, (_entry, n) => n),
		});
		const { items, run } = await runThrough(
			id,
			(answer) => ({ ...answer, text: answer.text.replace('{', `{"filling":${filling},`) }),
			{
				parameters: imageParameters(id, 'generate', {
					options: { simplify: false },
				}),
			},
		);

		expect(items[0]?.binary).toBeDefined();
		expect(JSON.stringify(items[0]?.json.raw)).toContain('"filling"');
		expect(JSON.stringify(run.data.resultData.runData).length).toBeLessThan(200_000);
	});

	it('hands on no markup and no long text of the vendor', async () => {
		const hostile = `First line\n<img src=x onerror=alert(1)>\u202e${'long '.repeat(100_000)}`;
		const names = ['text_response', 'content', 'text', 'prompt', 'model'];
		const bent = (value: unknown): unknown => {
			if (typeof value === 'string' && value.startsWith('{'))
				return JSON.stringify(bent(JSON.parse(value)));
			if (Array.isArray(value)) return value.map(bent);
			if (typeof value !== 'object' || value === null) return value;
			const members = Object.entries(value).map(([name, each]) => [
				name,
				names.includes(name) && typeof each === 'string' ? hostile : bent(each),
			]);
			return Object.fromEntries(members) as unknown;
		};
		await runThrough(id, (answer) => answer, {
			parameters: imageParameters(id, 'generate'),
		});
		await relay?.close();
		const { items } = await runThrough(
			id,
			(answer) => ({ ...answer, text: JSON.stringify(bent(JSON.parse(answer.text))) }),
			{ parameters: taskParameters(id, 'wait', { taskId: sandbox.ledger.tasks[0]?.id ?? '' }) },
		);

		const shown = JSON.stringify(items[0]?.json);
		expect(items[0]?.binary).toBeDefined();
		expect(shown).not.toMatch(/<img|\u202e/);
		expect(shown.length).toBeLessThan(15_000);
		expect(items[0]?.json.text ?? 'First line\n').toMatch(/^First line\n/);
	});

	it('survives an answer that is nested without end', async () => {
		const { items } = await runThrough(
			id,
			(answer) => ({
				...answer,
				text: answer.text.replace('{', `{"deep":${'['.repeat(200_000)}${']'.repeat(200_000)},`),
			}),
			{
				parameters: imageParameters(id, 'generate', {
					options: { simplify: false },
				}),
			},
		);

		expect(items[0]?.binary).toBeDefined();
	});
});

describe.each(callingCases)('$vendor.displayName calls back', ({ id }) => {
	it('hands on no such address in the trigger either', async () => {
		relay = await startRelay(sandbox, (answer) => withUrls(answer, ['javascript:alert(1)']));
		const endpoint = await startTriggerEndpoint({
			parameters: { vendor: id, download: false },
			credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
		});
		const task = await submitTask(sandbox, id, 'A banana');
		await until(() => sandbox.ledger.tasks[0]?.state === 'succeeded');
		await postDelivery(endpoint.url, id, task.id);
		await until(() => endpoint.started.length === 1);
		await endpoint.close();

		expect(errorOf(endpoint.started[0]?.[0])).toMatchObject({ code: 'downloadFailed' });
		expect(JSON.stringify(endpoint.started)).not.toContain('javascript');
	});
});
