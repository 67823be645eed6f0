import type { Clock } from '../../../nodes/NanoBanana/core/clock';

/**
 * A clock for many sleepers at once: time moves to the next alarm when nothing else is left to do. It
 * begins at 0 and draws one half.
 */
export class VirtualClock implements Clock {
	#nowMs = 0;

	#alarms: Array<{ readonly atMs: number; readonly ring: () => void }> = [];

	now(): number {
		return this.#nowMs;
	}

	random(): number {
		return 0.5;
	}

	sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted === true) return Promise.resolve();
		return new Promise((ring) => {
			this.#alarms.push({ atMs: this.#nowMs + Math.max(0, milliseconds), ring });
			signal?.addEventListener('abort', () => ring(), { once: true });
		});
	}

	/** Runs the work to its end, moving time whenever all of it sleeps. */
	async run(work: () => Promise<void>): Promise<void> {
		let isDone = false;
		const done = work().finally(() => {
			isDone = true;
		});
		while (!isDone) {
			// Everything that is due without time going by.
			await new Promise((resolve) => setImmediate(resolve));
			if (isDone) break;
			const next = Math.min(...this.#alarms.map(({ atMs }) => atMs));
			if (!Number.isFinite(next)) throw new Error('Nothing sleeps and nothing is done');
			this.#nowMs = Math.max(this.#nowMs, next);
			const due = this.#alarms.filter(({ atMs }) => atMs <= this.#nowMs);
			this.#alarms = this.#alarms.filter(({ atMs }) => atMs > this.#nowMs);
			for (const { ring } of due) ring();
		}
		await done;
	}
}
