import type { Clock } from '../../../nodes/NanoBanana/core/clock';

/** A clock that stands still but for its sleeps, and notes each of them. */
export class FakeClock implements Clock {
	readonly slept: number[] = [];

	#nowMs: number;

	readonly #randoms: readonly number[];

	#drawn = 0;

	#alarms: Array<{ readonly atMs: number; readonly ring: () => void }> = [];

	constructor(options: { readonly startMs?: number; readonly randoms?: readonly number[] } = {}) {
		this.#nowMs = options.startMs ?? 1_000_000;
		this.#randoms = options.randoms ?? [0];
	}

	now(): number {
		return this.#nowMs;
	}

	/** The given numbers one after the other, then the last one for ever. */
	random(): number {
		const index = Math.min(this.#drawn++, this.#randoms.length - 1);
		return this.#randoms[index] ?? 0;
	}

	sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		this.slept.push(milliseconds);
		const wakeAtMs = this.#nowMs + milliseconds;
		for (const alarm of this.#alarms.filter(({ atMs }) => atMs <= wakeAtMs)) {
			this.#nowMs = Math.max(this.#nowMs, alarm.atMs);
			alarm.ring();
			this.#alarms = this.#alarms.filter((other) => other !== alarm);
			if (signal?.aborted === true) return Promise.resolve();
		}
		if (signal?.aborted !== true) this.#nowMs = wakeAtMs;
		return Promise.resolve();
	}

	/** Time that goes by while a request is on its way. */
	advance(milliseconds: number): void {
		this.#nowMs += milliseconds;
	}

	/** Calls back when a sleep reaches the time. */
	at(afterMs: number, ring: () => void): void {
		this.#alarms.push({ atMs: this.#nowMs + afterMs, ring });
	}
}
