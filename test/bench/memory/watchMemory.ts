import { setTimeout as delay } from 'node:timers/promises';
import type { ObservedProcess } from '../n8n/processOf';
import { median } from '../statistics';

const sampleEveryMs = 50;
const idleSamples = 20;

/** What a process holds when it has nothing to do. */
export async function idleBytes(observed: ObservedProcess): Promise<number> {
	const samples: number[] = [];
	for (let taken = 0; taken < idleSamples; taken++) {
		samples.push(observed.residentBytes());
		await delay(sampleEveryMs);
	}
	return median(samples);
}

/** The most that a process holds while some work goes on. */
export async function peakBytes(
	observed: ObservedProcess,
	work: () => Promise<unknown>,
): Promise<number> {
	let peak = observed.residentBytes();
	const timer = setInterval(() => {
		try {
			peak = Math.max(peak, observed.residentBytes());
		} catch {
			// It has ended; the work says so better.
			clearInterval(timer);
		}
	}, sampleEveryMs);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return Math.max(peak, observed.residentBytes());
}
