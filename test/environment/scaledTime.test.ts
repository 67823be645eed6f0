import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance as fromPerfHooks } from 'node:perf_hooks';
import * as timers from 'node:timers';
import * as timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';

import { createCanvas } from '@napi-rs/canvas';

import { decodeImage } from '../sandbox/decodeImage';

const sleep = timersPromises.setTimeout;
/** `process.hrtime` stays on the real clock. */
const realMs = () => Number(process.hrtime.bigint()) / 1_000_000;

/** What has passed on each of the clocks while something was done. */
async function passedDuring(work: () => Promise<unknown>) {
	const before = [Date.now(), new Date().getTime(), performance.now(), realMs()] as const;
	await work();
	const after = [Date.now(), new Date().getTime(), performance.now(), realMs()] as const;
	const [date, newDate, monotonic, real] = after.map((value, index) => value - before[index]!);
	return { date, newDate, monotonic, real } as Record<string, number>;
}

const waysToWait: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
	['setTimeout', () => new Promise((resolve) => setTimeout(resolve, 20_000))],
	['promisify(setTimeout)', () => promisify(setTimeout)(20_000)],
	['node:timers', () => new Promise((resolve) => timers.setTimeout(resolve, 20_000))],
	['node:timers/promises', () => sleep(20_000)],
	['scheduler.wait', () => timersPromises.scheduler.wait(20_000)],
	[
		'AbortSignal.timeout',
		() =>
			new Promise((resolve) => {
				AbortSignal.timeout(20_000).addEventListener('abort', resolve);
			}),
	],
	[
		'setInterval',
		() =>
			new Promise<void>((resolve) => {
				let ticks = 0;
				const interval = setInterval(() => {
					if (++ticks < 4) return;
					clearInterval(interval);
					resolve();
				}, 5_000);
			}),
	],
];

it.each(waysToWait)('%s: all clocks agree on how long it took', async (_name, wait) => {
	const { date, newDate, monotonic, real } = await passedDuring(wait);
	for (const milliseconds of [date, newDate, monotonic]) {
		expect(milliseconds).toBeGreaterThanOrEqual(19_999);
		expect(milliseconds).toBeLessThan(25_000);
	}
	expect(real).toBeLessThan(monotonic!);
});

it('computing takes the time that it takes', async () => {
	const { monotonic, real } = await passedDuring(async () => {
		const timeout = setTimeout(() => undefined, 60_000);
		const end = realMs() + 300;
		while (realMs() < end);
		await Promise.resolve();
		clearTimeout(timeout);
	});
	expect(monotonic! - real!).toBeLessThan(20);
});

it('waiting for a processor takes no time, where the system tells of it', async () => {
	// It gets a third of a processor.
	const most = existsSync('/proc/thread-self/schedstat') ? 0.7 : 1.1;
	const others = Array.from({ length: 2 * availableParallelism() }, () =>
		spawn(process.execPath, ['-e', 'for (const end = Date.now() + 20_000; Date.now() < end;);']),
	);
	try {
		const { monotonic, real } = await passedDuring(async () => {
			const end = realMs() + 2_000;
			while (realMs() < end);
			await Promise.resolve();
		});
		expect(monotonic).toBeLessThan(most * real!);
	} finally {
		for (const other of others) other.kill();
	}
});

it('fires in the order of the times, each when it is its time', async () => {
	const begin = performance.now();
	const fired: Array<readonly [number, number]> = [];
	await Promise.all(
		[900, 100, 5_000, 500, 101].map(async (milliseconds) => {
			await sleep(milliseconds);
			fired.push([milliseconds, performance.now() - begin]);
		}),
	);
	expect(fired.map(([wanted]) => wanted)).toEqual([100, 101, 500, 900, 5_000]);
	for (const [wanted, at] of fired) expect(at).toBeGreaterThanOrEqual(wanted);
});

it('runs what one timer has begun before the next one', async () => {
	const order: string[] = [];
	setTimeout(() => {
		order.push('first');
		void Promise.resolve().then(() => order.push('its promise'));
	}, 10);
	setTimeout(() => order.push('second'), 10);
	await sleep(11);
	expect(order).toEqual(['first', 'its promise', 'second']);
});

it('an answer that is on its way comes before the time is up', async () => {
	const server = createServer((_request, response) => response.end('x'.repeat(1_000_000)));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	try {
		const texts = await Promise.all(
			Array.from({ length: 20 }, async () => {
				const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
				return await response.text();
			}),
		);
		expect(texts.map(({ length }) => length)).toEqual(Array(20).fill(1_000_000));
	} finally {
		server.closeAllConnections();
		server.close();
	}
});

it('a file that is being read comes before the time is up', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'nano-banana-vendors-clock-'));
	const file = join(folder, 'file');
	await writeFile(file, Buffer.alloc(50_000_000));
	try {
		const files = await Promise.all(
			Array.from({ length: 8 }, async () => {
				const content = await readFile(file, { signal: AbortSignal.timeout(10_000) });
				return content.length;
			}),
		);
		expect(files).toEqual(Array(8).fill(50_000_000));
	} finally {
		await rm(folder, { recursive: true });
	}
});

it('an image that another thread decodes takes the time that it takes', async () => {
	const canvas = createCanvas(4_000, 4_000);
	canvas.getContext('2d').fillRect(100, 100, 900, 900);
	const image = canvas.toBuffer('image/png');
	const interval = setInterval(() => undefined, 100);
	const { monotonic, real } = await passedDuring(() => decodeImage(image));
	clearInterval(interval);
	expect(monotonic).toBeLessThan(5 * real!);
});

it('a second is a second while sockets bring something', async () => {
	const server = createServer((_request, response) => response.end());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	try {
		const fired = jest.fn();
		const timeout = setTimeout(fired, 30_000);
		const end = realMs() + 300;
		while (realMs() < end) await (await fetch(url)).text();
		expect(fired).not.toHaveBeenCalled();
		clearTimeout(timeout);
	} finally {
		server.closeAllConnections();
		server.close();
	}
});

describe('a handle', () => {
	it('can be cleared, also by its number, and closed', async () => {
		const fired = jest.fn();
		clearTimeout(setTimeout(fired, 10));
		clearTimeout(Number(setTimeout(fired, 10)));
		clearTimeout(String(Number(setTimeout(fired, 10))));
		clearInterval(setInterval(fired, 10));
		timers.setTimeout(() => void fired(), 10).close();
		clearTimeout(undefined);
		await sleep(100);
		expect(fired).not.toHaveBeenCalled();
	});

	it('begins anew with refresh', async () => {
		let firedAt = 0;
		const begin = performance.now();
		const timeout = setTimeout(() => (firedAt = performance.now() - begin), 1_000);
		await sleep(600);
		timeout.refresh();
		await sleep(600);
		expect(firedAt).toBe(0);
		await sleep(600);
		expect(firedAt).toBeGreaterThanOrEqual(1_600);
	});

	it('fires when nothing keeps the process alive but a socket', async () => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const timeout = setTimeout(() => server.close(), 500).unref();
		expect(timeout.hasRef()).toBe(false);
		await new Promise((resolve) => server.once('close', resolve));
	});

	it('passes parameters on', async () => {
		expect(await new Promise((resolve) => setTimeout(resolve, 5, 'value'))).toBe('value');
	});
});

it('a sleep can be aborted, as Node does it', async () => {
	const stop = new AbortController();
	const slept = sleep(60_000, undefined, { signal: stop.signal });
	stop.abort('enough');
	await expect(slept).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
	await expect(sleep(1, undefined, { signal: stop.signal })).rejects.toMatchObject({
		name: 'AbortError',
	});
});

it('a time limit says what it is', async () => {
	const signal = AbortSignal.timeout(10);
	await sleep(20);
	expect(signal.aborted).toBe(true);
	expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
	expect(signal).toBeInstanceOf(AbortSignal);
});

it('dates are dates', () => {
	const now = new Date();
	expect(now).toBeInstanceOf(Date);
	expect(now.constructor).toBe(Date);
	expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
	expect(new Date(2026, 0, 1).getFullYear()).toBe(2026);
	expect(Date.parse(Date())).toBeLessThanOrEqual(Date.now());
	expect(fromPerfHooks.now()).toBeGreaterThanOrEqual(performance.now() - 1_000);
});
