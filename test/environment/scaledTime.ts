import { performance as realPerformance } from 'node:perf_hooks';
import * as realPerfHooks from 'node:perf_hooks';
import * as realTimers from 'node:timers';
import { promisify } from 'node:util';

import PlainContextEnvironment from './plainContext';
import { ScaledClock } from './scaledClock';

/** Where `coreModules/` finds what stands in for Node's own modules. */
const standInsKey = 'scaledCoreModules';

const realAbortTimeout = AbortSignal.timeout.bind(AbortSignal);

/**
 * Node's environment on a scaled clock (`TIME_SCALE`): the test, the sandbox, n8n-core and the node
 * all see the same `Date`, `performance.now`, timers and `AbortSignal.timeout`. Everything else is
 * real. Jest's own time limits and durations stay on the real clock.
 */
export default class ScaledTimeEnvironment extends PlainContextEnvironment {
	readonly #clock: ScaledClock;

	constructor(...parameters: ConstructorParameters<typeof PlainContextEnvironment>) {
		super(...parameters);
		const [configuration] = parameters;
		this.#clock = new ScaledClock(Number(configuration.projectConfig.testEnvironmentOptions.scale));
	}

	/** Jest's own code takes the timers that it finds when it is loaded, which is before `setup`. */
	handleTestEvent(event: { name: string }): void {
		if (event.name === 'setup') this.#install();
	}

	override async teardown(): Promise<void> {
		this.#clock.close();
		AbortSignal.timeout = realAbortTimeout;
		await super.teardown();
	}

	#install(): void {
		const clock = this.#clock;
		const { setTimeout, setInterval, clearTimeout } = clock;
		Object.defineProperty(setTimeout, promisify.custom, { value: clock.promises.setTimeout });
		const timers = { setTimeout, setInterval, clearTimeout, clearInterval: clearTimeout };
		const performance = scaledPerformance(clock);
		Object.assign(this.global, timers, {
			performance,
			Date: scaledDate(this.global.Date, clock),
			[standInsKey]: {
				timers: { ...realTimers, ...timers, promises: clock.promises },
				timersPromises: clock.promises,
				perfHooks: { ...realPerfHooks, performance },
			},
		});
		AbortSignal.timeout = clock.abortAfter;
	}
}

/** The same class with another idea of now: its instances and its prototype stay what they are. */
function scaledDate(RealDate: DateConstructor, clock: ScaledClock): DateConstructor {
	RealDate.now = clock.dateNow;
	const Scaled = new Proxy(RealDate, {
		construct: (target, parameters: unknown[], newTarget) =>
			Reflect.construct(
				target,
				parameters.length === 0 ? [clock.dateNow()] : parameters,
				newTarget,
			) as Date,
		apply: (target) => new target(clock.dateNow()).toString(),
	});
	RealDate.prototype.constructor = Scaled;
	return Scaled;
}

function scaledPerformance(clock: ScaledClock): typeof realPerformance {
	return new Proxy(realPerformance, {
		get: (target, name) => {
			if (name === 'now') return clock.now;
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		},
	});
}
