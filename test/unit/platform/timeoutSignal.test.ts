import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { graceSignal, timeoutSignal } from '../../../nodes/NanoBanana/platform/timeoutSignal';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Counts those of ten combined timeouts that fire although the collector runs meanwhile. */
async function firedAfterCollection(makeTimeout: (milliseconds: number) => AbortSignal) {
	const stop = new AbortController();
	let fired = 0;
	const arm = (): void => {
		AbortSignal.any([stop.signal, makeTimeout(300)]).addEventListener('abort', () => fired++);
	};
	for (let count = 0; count < 10; count++) arm();
	await wait(50);
	collectGarbage();
	await wait(600);
	return fired;
}

it('fires for what is combined with Stop, whatever the garbage collector does', async () => {
	expect(await firedAfterCollection(timeoutSignal)).toBe(10);
});

it('gives a submit on its way time after Stop, and no more', async () => {
	const stop = new AbortController();
	const grace = graceSignal(stop.signal, 200);
	await wait(300);
	expect(grace.aborted).toBe(false);
	stop.abort();
	expect(grace.aborted).toBe(false);
	await wait(600);
	expect(grace.aborted).toBe(true);
});
