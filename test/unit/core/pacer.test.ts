import { createPacer, mostUrgent } from '../../../nodes/NanoBanana/core/pacer';
import { FakeClock } from './fakeClock';
import { VirtualClock } from './virtualClock';

const limit = { requests: 20, perMs: 10_000 };

it('lets as many go at once as the limit has, and the next when a period has gone by since the answer', async () => {
	const clock = new VirtualClock();
	const pacer = createPacer(limit, clock);
	const sentAtMs: number[] = [];
	const send = async (): Promise<void> => {
		const release = await pacer.take(mostUrgent, undefined);
		sentAtMs.push(clock.now());
		await clock.sleep(40);
		release?.();
	};
	await clock.run(async () => void (await Promise.all(Array.from({ length: 50 }, send))));
	expect(sentAtMs.slice(0, 20)).toEqual(Array<number>(20).fill(0));
	expect(sentAtMs.slice(20, 40)).toEqual(Array<number>(20).fill(10_040));
	expect(sentAtMs.slice(40)).toEqual(Array<number>(10).fill(20_080));
});

it('never lets the vendor count more than its limit, however long requests are on their way', async () => {
	const clock = new VirtualClock();
	const pacer = createPacer({ requests: 3, perMs: 1_000 }, clock);
	const countedAtMs: number[] = [];
	await clock.run(async () => {
		const send = async (index: number): Promise<void> => {
			await clock.sleep((index * 37) % 900);
			const release = await pacer.take(() => index, undefined);
			// The vendor counts it somewhere between its sending and its answer.
			await clock.sleep((index * 13) % 50);
			countedAtMs.push(clock.now());
			await clock.sleep((index * 29) % 300);
			release?.();
		};
		await Promise.all(Array.from({ length: 60 }, (_, index) => send(index)));
	});
	expect(countedAtMs).toHaveLength(60);
	const inOrder = [...countedAtMs].sort((one, other) => one - other);
	for (let index = 3; index < inOrder.length; index++) {
		expect(inOrder[index]! - inOrder[index - 3]!).toBeGreaterThanOrEqual(1_000);
	}
});

it('serves the most urgent first, by what they are worth at that moment', async () => {
	const clock = new VirtualClock();
	const pacer = createPacer({ requests: 1, perMs: 1_000 }, clock);
	const order: string[] = [];
	await clock.run(async () => {
		const send = async (name: string, urgency: () => number): Promise<void> => {
			const release = await pacer.take(urgency, undefined);
			order.push(name);
			release?.();
		};
		const first = send('first come', () => 0);
		const others = [
			send('unlikely', () => 0.1),
			send('rising', () => (clock.now() > 1_500 ? 0.9 : 0)),
			send('likely', () => 0.5),
			send('submit', mostUrgent),
		];
		await Promise.all([first, ...others]);
	});
	expect(order).toEqual(['first come', 'submit', 'rising', 'likely', 'unlikely']);
});

it('lets go who was stopped, without a place', async () => {
	const clock = new FakeClock();
	const pacer = createPacer({ requests: 1, perMs: 10_000 }, clock);
	const stop = new AbortController();
	(await pacer.take(mostUrgent, undefined))?.();
	clock.at(600, () => stop.abort());
	expect(await pacer.take(mostUrgent, stop.signal)).toBeUndefined();
	expect(clock.now() - 1_000_000).toBeLessThanOrEqual(1_000);
	const release = await pacer.take(mostUrgent, undefined);
	expect(clock.now() - 1_000_000).toBe(10_000);
	release?.();
});

it('lets go who cannot wait any longer, without a place', async () => {
	const clock = new FakeClock();
	const pacer = createPacer({ requests: 1, perMs: 10_000 }, clock);
	(await pacer.take(mostUrgent, undefined))?.();
	const startedAtMs = clock.now();
	expect(await pacer.take(mostUrgent, undefined, startedAtMs + 3_000)).toBeUndefined();
	expect(clock.now() - startedAtMs).toBeLessThanOrEqual(3_250);
	const release = await pacer.take(mostUrgent, undefined, startedAtMs + 12_000);
	expect(release).toBeDefined();
	expect(clock.now() - startedAtMs).toBe(10_000);
	release?.();
});
