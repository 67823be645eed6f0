import { AsyncResource } from 'node:async_hooks';
import { openSync, readSync } from 'node:fs';
import { performance as realPerformance } from 'node:perf_hooks';
import * as realTimers from 'node:timers';
import { promisify } from 'node:util';

const longestDelayMs = 2 ** 31 - 1;
/** What a socket or a file brings counts against a part of a sleep only, so that little of it is lost. */
const longestSleepMs = 5;
/** How long an answer of the system about the process holds. */
const askAgainMs = 2;

type Callback = (...parameters: unknown[]) => void;

interface WaitOptions {
	signal?: AbortSignal;
	ref?: boolean;
}

/** What is handed out for a timer; it can do what Node's own handles can. */
export class ScaledTimeout {
	dueMs = 0;
	readonly #clock: ScaledClock;
	readonly #resource = new AsyncResource('Timeout');
	#isReferenced = true;

	constructor(
		clock: ScaledClock,
		readonly id: number,
		readonly delayMs: number,
		readonly repeats: boolean,
		readonly callback: Callback,
		readonly parameters: unknown[],
	) {
		this.#clock = clock;
	}

	run(): void {
		this.#resource.runInAsyncScope(this.callback, this, ...this.parameters);
	}

	ref(): this {
		return this.#keepAlive(true);
	}

	unref(): this {
		return this.#keepAlive(false);
	}

	hasRef(): boolean {
		return this.#isReferenced;
	}

	refresh(): this {
		this.#clock.start(this);
		return this;
	}

	close(): this {
		this.#clock.stop(this);
		return this;
	}

	[Symbol.toPrimitive](): number {
		return this.id;
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#keepAlive(isWanted: boolean): this {
		if (this.#isReferenced !== isWanted) {
			this.#isReferenced = isWanted;
			this.#clock.countReferenced(this);
		}
		return this;
	}
}

/**
 * A clock on which waiting is short and work takes its time. While the process computes, or sockets and
 * files bring something, a second is a second. While it waits for a timer, `scale` seconds pass in one.
 * While it waits for a processor that others keep busy, none passes.
 *
 * - A timer is never late on this clock: when it fires, it is exactly its time, or later only where
 *   the process itself has computed longer than that.
 * - Timers fire one by one in the order of their times, and only after everything that the sockets
 *   have brought so far was dealt with. A process that the machine has kept waiting therefore sees
 *   the answer first and the timeout after it, as it does on an idle machine.
 */
export class ScaledClock {
	readonly #scale: number;
	readonly #pending: ScaledTimeout[] = [];
	/** The handles that somebody may name by their number. */
	readonly #byId = new Map<number, ScaledTimeout>();
	/** How many of those that wait keep the process alive. */
	#referenced = 0;
	#aheadMs = 0;
	#lastId = 0;
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;
	#armedFor: ScaledTimeout | undefined;
	/** How long the process has waited for nothing but timers, as far as that has moved no clock yet. */
	#quietMs = 0;
	#asleepSince = { idleMs: 0, events: 0 };
	#isClosed = false;
	#nowMs = 0;
	#kept = { askedAtMs: 0, waitingMs: 0 };
	readonly #epochMs: number;

	constructor(scale: number) {
		this.#scale = scale;
		this.#epochMs = Date.now() - this.now();
	}

	/** Milliseconds, as `performance.now` counts them; never goes back. */
	readonly now = (): number => {
		const realMs = realPerformance.now();
		if (realMs - this.#kept.askedAtMs >= askAgainMs) {
			this.#kept = { askedAtMs: realMs, waitingMs: waitedForProcessorMs() };
		}
		this.#nowMs = Math.max(this.#nowMs, realMs - this.#kept.waitingMs + this.#aheadMs);
		return this.#nowMs;
	};

	/** Milliseconds since 1970. */
	readonly dateNow = (): number => Math.floor(this.#epochMs + this.now());

	readonly setTimeout = (
		callback: Callback,
		delayMs?: number,
		...parameters: unknown[]
	): ScaledTimeout => this.#add(callback, delayMs, false, parameters);

	readonly setInterval = (
		callback: Callback,
		delayMs?: number,
		...parameters: unknown[]
	): ScaledTimeout => this.#add(callback, delayMs, true, parameters);

	/** Takes a handle or its number; handles of Node's own timers are passed on. */
	readonly clearTimeout = (handle?: unknown): void => {
		if (handle instanceof ScaledTimeout) {
			this.stop(handle);
			return;
		}
		const known =
			typeof handle === 'number' || typeof handle === 'string'
				? this.#byId.get(Number(handle))
				: undefined;
		if (known) this.stop(known);
		else realTimers.clearTimeout(handle as NodeJS.Timeout);
	};

	/** Node's `AbortSignal.timeout`: it keeps no process alive. */
	readonly abortAfter = (delayMs: number): AbortSignal => {
		const controller = new AbortController();
		const reason = (): DOMException =>
			new DOMException('The operation was aborted due to timeout', 'TimeoutError');
		this.setTimeout(() => controller.abort(reason()), delayMs).unref();
		return controller.signal;
	};

	/** Node's `timers/promises`. */
	readonly promises = {
		setTimeout: <T>(
			delayMs?: number,
			value?: T,
			options: WaitOptions = {},
		): Promise<T | undefined> => this.#wait(delayMs, value, options),
		setImmediate: promisify(realTimers.setImmediate),
		setInterval: (delayMs?: number, value?: unknown, options: WaitOptions = {}) =>
			this.#ticks(delayMs, value, options),
		scheduler: {
			wait: (delayMs?: number, options: WaitOptions = {}): Promise<unknown> =>
				this.#wait(delayMs, undefined, options),
			yield: promisify(realTimers.setImmediate),
		},
	};

	/** Puts a timer among those that wait, or at another time where it waits already. */
	start(timeout: ScaledTimeout): void {
		if (this.#isClosed) return;
		this.#remove(timeout);
		timeout.dueMs = this.now() + timeout.delayMs;
		this.#byId.set(timeout.id, timeout);
		this.#pending.splice(this.#placeAfter(timeout.dueMs), 0, timeout);
		if (timeout.hasRef()) this.#referenced++;
		this.arm();
	}

	/** Must be called when a timer begins to keep the process alive, or no longer does. */
	countReferenced(timeout: ScaledTimeout): void {
		if (this.#placeOf(timeout) < 0) return;
		this.#referenced += timeout.hasRef() ? 1 : -1;
		this.arm();
	}

	/** Behind all timers of the same time: hundreds of timeouts of a minute wait behind the next one. */
	#placeAfter(dueMs: number): number {
		let [from, to] = [0, this.#pending.length];
		while (from < to) {
			const middle = (from + to) >>> 1;
			if ((this.#pending[middle]?.dueMs ?? 0) > dueMs) to = middle;
			else from = middle + 1;
		}
		return from;
	}

	stop(timeout: ScaledTimeout): void {
		this.#byId.delete(timeout.id);
		this.#remove(timeout);
		this.arm();
	}

	/** Ends the clock: what still waits never fires. */
	close(): void {
		this.#isClosed = true;
		this.#pending.length = 0;
		this.#referenced = 0;
		this.#byId.clear();
		this.arm();
	}

	/** Has Node wake this clock for the first of its timers. */
	arm(): void {
		const first = this.#pending[0];
		if (first !== this.#armedFor) {
			this.#disarm();
			if (first) {
				this.#armedFor = first;
				this.#sleepFor(this.#missingMs(first));
			}
		}
		if (this.#referenced > 0) this.#timer?.ref();
		else this.#timer?.unref();
	}

	#disarm(): void {
		this.#armedFor = undefined;
		realTimers.clearTimeout(this.#timer);
		realTimers.clearImmediate(this.#immediate);
	}

	#sleepFor(milliseconds: number): void {
		if (milliseconds <= 0) {
			this.#afterSockets();
			return;
		}
		this.#asleepSince = { idleMs: idleMs(), events: socketEvents() };
		const realMs = Math.min(longestSleepMs, Math.ceil(milliseconds / this.#scale));
		this.#timer = realTimers.setTimeout(() => this.#wake(), realMs);
	}

	/** What the process waited counts by the scale, unless something else than time went on meanwhile. */
	#wake(): void {
		const first = this.#armedFor;
		if (!first) return;
		if (!waitsForFiles()) this.#quietMs += idleMs() - this.#asleepSince.idleMs;
		this.#sleepFor(this.#missingMs(first));
		this.arm();
	}

	/** What is left of a sleep. What is quiet no more has to fall quiet again. */
	#missingMs({ dueMs }: ScaledTimeout): number {
		if (socketEvents() !== this.#asleepSince.events) this.#quietMs = 0;
		return dueMs - this.now() - (this.#scale - 1) * this.#quietMs;
	}

	/** Only a timer whose time has come anyway does not wait for the sockets to fall silent. */
	#afterSockets(): void {
		const events = socketEvents();
		this.#immediate = realTimers.setImmediate(() => {
			const first = this.#armedFor;
			if (!first) return;
			const overdue = this.#pending.findIndex(({ dueMs }) => dueMs > this.now());
			if (overdue !== 0) this.#fireAll(overdue < 0 ? this.#pending.length : overdue);
			else if (socketEvents() === events && !waitsForFiles()) this.#fire(first);
			else this.#afterSockets();
		});
	}

	/** One by one, with what each has begun in between, as Node does it. */
	#fireAll(count: number): void {
		for (let number = 0; number < count; number++) {
			realTimers.setImmediate(() => {
				const first = this.#pending[0];
				if (first && first.dueMs <= this.now()) this.#fire(first);
			});
		}
	}

	#fire(first: ScaledTimeout): void {
		const aheadMs = Math.max(0, first.dueMs - this.now());
		this.#aheadMs += aheadMs;
		this.#quietMs = Math.max(0, this.#quietMs - aheadMs / (this.#scale - 1));
		this.#remove(first);
		if (first.repeats) this.start(first);
		else this.#byId.delete(first.id);
		try {
			first.run();
		} finally {
			this.arm();
		}
	}

	#remove(timeout: ScaledTimeout): void {
		if (timeout === this.#armedFor) this.#disarm();
		const place = this.#placeOf(timeout);
		if (place < 0) return;
		this.#pending.splice(place, 1);
		if (timeout.hasRef()) this.#referenced--;
	}

	/** Where it waits; below 0: it does not. */
	#placeOf(timeout: ScaledTimeout): number {
		let place = this.#placeAfter(timeout.dueMs) - 1;
		while (place >= 0 && this.#pending[place] !== timeout) {
			place = this.#pending[place]?.dueMs === timeout.dueMs ? place - 1 : -1;
		}
		return place;
	}

	#add(
		callback: Callback,
		delayMs: number | undefined,
		repeats: boolean,
		parameters: unknown[],
	): ScaledTimeout {
		// Node's own says what is wrong with a callback that is none.
		if (typeof callback !== 'function') realTimers.setTimeout(callback);
		const wanted = Number(delayMs);
		const allowed = wanted >= 1 && wanted <= longestDelayMs ? Math.trunc(wanted) : 1;
		const timeout = new ScaledTimeout(this, ++this.#lastId, allowed, repeats, callback, parameters);
		this.start(timeout);
		return timeout;
	}

	#wait<T>(
		delayMs: number | undefined,
		value: T | undefined,
		{ signal, ref = true }: WaitOptions,
	): Promise<T | undefined> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) {
				reject(abortError(signal));
				return;
			}
			const onAbort = (): void => {
				this.stop(timeout);
				reject(abortError(signal));
			};
			const timeout = this.setTimeout(() => {
				signal?.removeEventListener('abort', onAbort);
				resolve(value);
			}, delayMs);
			if (!ref) timeout.unref();
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	async *#ticks<T>(
		delayMs: number | undefined,
		value: T | undefined,
		options: WaitOptions,
	): AsyncGenerator<T | undefined> {
		let nextMs = this.now();
		for (;;) {
			nextMs += Math.max(1, delayMs ?? 1);
			yield await this.#wait(nextMs - this.now(), value, options);
		}
	}
}

/** How long the process has waited so far, for whatever it was. */
function idleMs(): number {
	return realPerformance.eventLoopUtilization().idle;
}

/** Linux says how long this thread has run and how long it was ready to, in ns; other systems do not. */
const schedule = openIfThere('/proc/thread-self/schedstat');
const scheduleText = Buffer.alloc(64);

/** How long this thread has waited for a processor so far. */
function waitedForProcessorMs(): number {
	if (schedule === undefined) return 0;
	const length = readSync(schedule, scheduleText, 0, scheduleText.length, 0);
	return Number(scheduleText.toString('latin1', 0, length).split(' ')[1]) / 1_000_000;
}

function openIfThere(path: string): number | undefined {
	try {
		return openSync(path, 'r');
	} catch {
		return undefined;
	}
}

/** Files and names of hosts are read by other threads, which a busy machine keeps waiting. */
function waitsForFiles(): boolean {
	return activeRequests().some((request) => request.constructor.name.includes('Req'));
}

/** `getActiveResourcesInfo` without the names of every socket and timer, of which there may be hundreds. */
const activeRequests = (
	process as unknown as { _getActiveRequests: () => readonly object[] }
)._getActiveRequests.bind(process);

/** How much sockets and files have brought so far; Node before 20.18 does not count it. */
function socketEvents(): number {
	const { uvMetricsInfo } = realPerformance.nodeTiming as unknown as {
		uvMetricsInfo?: { events: number };
	};
	return uvMetricsInfo?.events ?? 0;
}

function abortError(signal: AbortSignal | undefined): Error {
	const error = new Error('The operation was aborted', { cause: signal?.reason });
	return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}
